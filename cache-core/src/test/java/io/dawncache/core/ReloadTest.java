package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Held values that the getter finds unchanged; one thread plays all of the node's. */
@Timeout(30)
class ReloadTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration SECOND = Duration.ofSeconds(1);

  @RegisterExtension final Books books = new Books();

  private final HandNode time = new HandNode();
  private final CacheNode node = books.keepFor(time.node());
  private final VersionedOrigin origin = new VersionedOrigin();

  /** An origin whose values have a version, which it compares when it is asked again. */
  private static final class VersionedOrigin implements Getter {
    final Map<String, Integer> versions = new HashMap<>();
    final List<String> calls = new ArrayList<>();
    Loaded unchanged = Loaded.unchanged();
    Runnable beforeItAnswers = () -> {};
    boolean down;

    @Override
    public Loaded load(String key) {
      calls.add("load " + key);
      return answer(value(versions.getOrDefault(key, 1)));
    }

    @Override
    public Loaded reload(String key, Entry held) {
      Metadata metadata = Objects.requireNonNull(held.metadata());
      calls.add("reload " + key + " " + metadata.etag());
      int version = versions.getOrDefault(key, 1);
      return answer(etag(version).equals(metadata.etag()) ? unchanged : value(version));
    }

    private Loaded answer(Loaded answer) {
      if (down) {
        throw new IllegalStateException("down");
      }
      Runnable before = beforeItAnswers;
      beforeItAnswers = () -> {};
      before.run();
      return answer;
    }

    private static Loaded value(int version) {
      return Loaded.ofUtf8("value " + version)
          .withMetadata(new Metadata("text/plain", etag(version)));
    }

    private static String etag(int version) {
      return "\"v" + version + "\"";
    }
  }

  private Group group(GroupConfig.Builder config) {
    return node.addGroup("scores", config.ttl(MINUTE).build(), origin);
  }

  private static GroupConfig.Builder refreshing() {
    return GroupConfig.builder().refreshAfterWrite(SECOND);
  }

  private static GroupConfig.Builder stale() {
    return GroupConfig.builder().staleIfError(Duration.ofHours(1));
  }

  private static Duration ttl(Group group) {
    return group.forServers().remainingTtl(Objects.requireNonNull(group.peek("Tom")));
  }

  private static String etag(Group group) {
    Entry held = Objects.requireNonNull(group.peek("Tom"));
    return Objects.requireNonNull(held.metadata()).etag();
  }

  @Test
  void aRefreshThatFindsTheValueUnchangedRenewsItsTtl() {
    Group group = group(refreshing());
    assertEquals("value 1", group.get("Tom").toUtf8());
    time.pass(Duration.ofSeconds(30));
    assertEquals(Duration.ofSeconds(30), ttl(group));

    assertEquals("value 1", group.get("Tom").toUtf8());

    assertEquals(List.of("load Tom", "reload Tom \"v1\""), origin.calls);
    assertEquals(MINUTE, ttl(group));
    assertEquals("value 1", group.get("Tom").toUtf8());
    assertEquals(2, origin.calls.size());
    assertEquals("\"v1\"", etag(group));
    assertEquals(1, group.stats().mainCache().items());
    assertEquals(1, group.stats().events().refreshes());
  }

  @Test
  void aRefreshThatFindsAnotherVersionReplacesValueAndMetadata() {
    Group group = group(refreshing());
    assertEquals("value 1", group.get("Tom").toUtf8());
    origin.versions.put("Tom", 2);
    time.pass(SECOND);

    assertEquals("value 1", group.get("Tom").toUtf8());

    assertEquals("value 2", group.get("Tom").toUtf8());
    assertEquals("\"v2\"", etag(group));
  }

  @Test
  void unchangedWithATtlRenewsTheValueForThatTime() {
    Group group = group(refreshing());
    origin.unchanged = Loaded.unchanged().withTtl(Duration.ofSeconds(5));
    assertEquals("value 1", group.get("Tom").toUtf8());
    time.pass(SECOND);

    assertEquals("value 1", group.get("Tom").toUtf8());

    assertEquals(Duration.ofSeconds(5), ttl(group));
  }

  @Test
  void anExpiredValueIsFoundUnchangedWhileItMayBeAnsweredAsStale() {
    Group group = group(stale());
    assertEquals("value 1", group.get("Tom").toUtf8());
    time.pass(MINUTE.plus(SECOND));

    Entry entry = group.getEntry("Tom", MINUTE);

    assertEquals("value 1", entry.value().toUtf8());
    assertFalse(entry.isStale());
    assertEquals(List.of("load Tom", "reload Tom \"v1\""), origin.calls);
    assertEquals(MINUTE, ttl(group));
  }

  @Test
  void anExpiredValueThatMayNotBeAnsweredAnyMoreIsLoaded() {
    Group group = group(GroupConfig.builder());
    assertEquals("value 1", group.get("Tom").toUtf8());
    time.pass(MINUTE.plus(SECOND));

    assertEquals("value 1", group.get("Tom").toUtf8());

    assertEquals(List.of("load Tom", "load Tom"), origin.calls);
  }

  @Test
  void aRetryBehindAStaleAnswerMayFindTheValueUnchanged() {
    Group group = group(stale());
    assertEquals("value 1", group.get("Tom").toUtf8());
    time.pass(MINUTE.plus(SECOND));
    origin.down = true;
    assertTrue(group.getEntry("Tom", MINUTE).isStale());
    origin.down = false;
    time.pass(SECOND.multipliedBy(2));

    assertTrue(group.getEntry("Tom", MINUTE).isStale(), "the retry runs behind this answer");

    assertFalse(group.getEntry("Tom", MINUTE).isStale());
    assertEquals(MINUTE, ttl(group));
    assertEquals(3, origin.calls.size());
  }

  @Test
  void aReloadThatFailsIsAFailedLoad() {
    Group group = group(stale());
    assertEquals("value 1", group.get("Tom").toUtf8());
    time.pass(MINUTE.plus(SECOND));
    origin.down = true;

    Entry entry = group.getEntry("Tom", MINUTE);

    assertTrue(entry.isStale());
    assertEquals("\"v1\"", Objects.requireNonNull(entry.metadata()).etag());
    assertEquals(1, group.stats().localLoadErrs());
  }

  @Test
  void anOrderedRefreshAsksWhetherTheValueIsUnchanged() throws Exception {
    Group group = group(GroupConfig.builder());
    assertEquals("value 1", group.get("Tom").toUtf8());
    time.pass(SECOND);

    assertEquals("value 1", group.refreshAsync("Tom").get().toUtf8());

    assertEquals(List.of("load Tom", "reload Tom \"v1\""), origin.calls);
    assertEquals(MINUTE, ttl(group));
  }

  @Test
  void aValueThatIsRemovedDuringItsReloadIsNotKeptAsUnchanged() {
    Group group = group(refreshing());
    assertEquals("value 1", group.get("Tom").toUtf8());
    time.pass(SECOND);
    origin.beforeItAnswers =
        () -> {
          origin.versions.put("Tom", 2);
          assertTrue(group.remove("Tom").isEverywhere());
        };

    assertEquals("value 1", group.get("Tom").toUtf8());

    assertNull(group.peek("Tom"));
    assertEquals(1, group.stats().events().notKept());
    assertEquals("value 2", group.get("Tom").toUtf8());
  }

  @Test
  void aValueThatIsPutDuringAReloadStays() {
    Group group = group(refreshing());
    assertEquals("value 1", group.get("Tom").toUtf8());
    time.pass(SECOND);
    origin.beforeItAnswers =
        () -> assertTrue(group.put("Tom", ByteView.ofUtf8("put")).isEverywhere());

    assertEquals("value 1", group.get("Tom").toUtf8());

    assertEquals("put", group.get("Tom").toUtf8());
  }

  @Test
  void aGetterWithoutAReloadLoads() {
    AtomicLong loads = new AtomicLong();
    Group group =
        node.addGroup(
            "scores",
            refreshing().build(),
            key -> Loaded.ofUtf8("value " + loads.incrementAndGet()));
    assertEquals("value 1", group.get("Tom").toUtf8());
    time.pass(SECOND);

    assertEquals("value 1", group.get("Tom").toUtf8());

    assertEquals("value 2", group.get("Tom").toUtf8());
  }

  @Test
  void onlyAReloadMayAnswerThatAValueIsUnchanged() throws Exception {
    Group one = node.addGroup("one", key -> Loaded.unchanged());
    Group async =
        node.addAsyncGroup(
            "async",
            GroupConfig.builder().build(),
            key -> CompletableFuture.completedFuture(Loaded.unchanged()));
    Group many =
        node.addGroup(
            "many",
            new BulkGetter() {
              @Override
              public Loaded load(String key) {
                return Loaded.unchanged();
              }

              @Override
              public Map<String, Loaded> loadAll(Set<String> keys) {
                return Map.of("Tom", Loaded.unchanged(), "Jack", Loaded.ofUtf8("589"));
              }
            });

    String fault = ": unchanged (expected: a value; only reload may answer that it is unchanged)";
    assertEquals(
        "load one/Tom" + fault,
        assertThrows(GetFailedException.class, () -> one.get("Tom")).getMessage());
    assertEquals(
        "load async/Tom" + fault,
        assertThrows(GetFailedException.class, () -> async.get("Tom")).getMessage());
    Map<String, GetResult> all = many.getAll(List.of("Tom", "Jack"));
    assertEquals("load many/Tom" + fault, all.get("Tom").error().getMessage());
    assertEquals("589", all.get("Jack").value().toUtf8());
  }

  @Test
  void aReloadThatReturnsNullIsAFailure() {
    Group group =
        node.addGroup(
            "null",
            refreshing().build(),
            new Getter() {
              @Override
              public Loaded load(String key) {
                return Loaded.ofUtf8("630");
              }

              @Override
              @SuppressWarnings("NullAway") // as a getter may that is compiled without it
              public Loaded reload(String key, Entry held) {
                return null;
              }
            });
    assertEquals("630", group.get("Tom").toUtf8());
    time.pass(SECOND);

    assertEquals("630", group.get("Tom").toUtf8());

    assertEquals(1, group.stats().localLoadErrs());
    assertEquals("630", group.get("Tom").toUtf8());
  }

  /**
   * Writes, removals, reloads and steps of the clock in random order: a get that follows the write
   * of the origin and the removal of its key never returns an older value.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aGetAfterARemovalSeesNoOlderVersion(long seed) {
    Random random = new Random(seed);
    Group group = group(refreshing().staleIfError(Duration.ofHours(1)));
    Map<String, Integer> removedAt = new HashMap<>();
    for (int step = 0; step < 2_000; step++) {
      String key = "key " + random.nextInt(3);
      Runnable change =
          () -> {
            int version = origin.versions.merge(key, 2, (was, two) -> was + 1);
            assertTrue(group.remove(key).isEverywhere());
            removedAt.put(key, version);
          };
      switch (random.nextInt(6)) {
        case 0 -> change.run();
        case 1 -> origin.beforeItAnswers = change;
        case 2 -> origin.versions.merge(key, 2, (was, two) -> was + 1); // and nobody is told
        case 3 -> time.pass(random.nextInt(4) == 0 ? MINUTE : SECOND);
        default -> {
          int expected = removedAt.getOrDefault(key, 1);
          String value = group.get(key).toUtf8();
          int version = Integer.parseInt(value.substring("value ".length()));
          assertTrue(version >= expected, () -> key + ": " + value + ", removed at " + expected);
        }
      }
    }
    assertTrue(origin.calls.stream().anyMatch(call -> call.startsWith("reload")));
  }
}
