package io.dawncache.core;

import static io.dawncache.core.Answers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Groups whose bounds, policies and origin change while they serve. */
@Timeout(30)
class ReconfigureTest {
  private static final long MIB = 1L << 20;

  @RegisterExtension final Books books = new Books();

  private final AtomicLong nanos = new AtomicLong(630_000_000_000L);
  private final CacheNode node =
      books.keepFor(
          CacheNode.builder()
              .nanoTime(nanos::get)
              .heapBytes(256 * MIB)
              .threads(new HandThreads(Runnable::run, nanos::get))
              .build());

  private static GroupConfig.Builder lru() {
    return GroupConfig.builder().policy(CachePolicy.LRU);
  }

  private Group echo(GroupConfig.Builder config) {
    return node.addGroup("scores", config.build(), Loaded::ofUtf8);
  }

  private void pass(Duration time) {
    long end = nanos.get() + time.toNanos();
    while (nanos.get() < end) { // in steps, since a longer one looks like a stopped process
      nanos.set(Math.min(end, nanos.get() + 10_000_000));
      node.tick();
    }
  }

  @Test
  void aLargerBudgetLosesNothing() {
    Group group = echo(lru().maxBytes(MIB));
    group.get("Tom");

    node.reconfigureGroup("scores", lru().maxBytes(2 * MIB).build());

    assertEquals(2 * MIB, group.config().maxBytes());
    assertEquals("Tom", group.peek("Tom").value().toUtf8());
  }

  @Test
  void aSmallerBudgetHasEvictedWhatExceedsIt() {
    Group group = echo(lru().maxBytes(MIB));
    for (int i = 0; i < 1000; i++) {
      group.get("key " + i);
    }

    node.reconfigureGroup("scores", lru().maxBytes(10_000).build());

    assertTrue(group.stats().mainCache().bytes() <= 10_000, group.stats()::toString);
    assertEquals("key 999", group.peek("key 999").value().toUtf8());
    assertNull(group.peek("key 0"));
  }

  @Test
  void defaultBudgetsOfOthersGetWhatIsLeft() {
    Group other = node.addGroup("other", Loaded::ofUtf8);
    Group group = echo(GroupConfig.builder());

    node.reconfigureGroup("scores", GroupConfig.builder().maxBytes(160 * MIB).build());

    assertEquals(160 * MIB, group.config().maxBytes());
    assertEquals(32 * MIB, other.config().maxBytes());

    node.reconfigureGroup("scores", GroupConfig.builder().build());

    assertEquals(64 * MIB, group.config().maxBytes());
    assertEquals(64 * MIB, other.config().maxBytes());
  }

  @Test
  void aBudgetForWhichTheHeapHasNoRoomChangesNothing() {
    Group group = echo(lru().maxBytes(MIB).ttl(Duration.ofMinutes(1)));
    GroupConfig before = group.config();

    assertThrows(
        IllegalArgumentException.class,
        () -> node.reconfigureGroup("scores", lru().maxBytes(193 * MIB).build()));

    assertEquals(before.toString(), group.config().toString());
    node.addGroup("other", GroupConfig.builder().maxBytes(191 * MIB).build(), Loaded::ofUtf8);
  }

  @Test
  void thePolicyCannotChange() {
    Group group = echo(lru());

    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> node.reconfigureGroup("scores", GroupConfig.builder().build()));

    assertEquals("policy: TINY_LFU (expected: LRU, as the group was added with)", e.getMessage());
    assertEquals(CachePolicy.LRU, group.config().policy());
  }

  @Test
  void aNewTtlIsThatOfValuesLoadedFromNowOn() {
    Group group = echo(lru().ttl(Duration.ofMinutes(1)));
    group.get("before");

    node.reconfigureGroup("scores", lru().ttl(Duration.ofMinutes(3)).build());
    group.get("after");
    pass(Duration.ofMinutes(2));

    assertNull(group.peek("before"));
    assertEquals("after", group.peek("after").value().toUtf8());
  }

  @Test
  void aLongerGraceHoldsForValuesThatAreInMemory() {
    Group group = echo(lru().ttl(Duration.ofMinutes(1)).staleIfError(Duration.ofSeconds(1)));
    group.get("Tom");
    GroupConfig longer = lru().ttl(Duration.ofMinutes(1)).staleIfError(Duration.ofHours(1)).build();

    node.reconfigureGroup("scores", longer);
    pass(Duration.ofMinutes(2));

    assertEquals(1, group.stats().mainCache().items());
  }

  @Test
  void morePermitsStartWhatWaitsInTheQueue() throws Exception {
    HandOrigin origin = new HandOrigin();
    Group group = node.addAsyncGroup("scores", lru().maxLoads(1).build(), origin);
    CompletableFuture<ByteView> first = group.getAsync("first");
    CompletableFuture<ByteView> second = group.getAsync("second");
    assertEquals(1, origin.runs());

    node.reconfigureGroup("scores", lru().maxLoads(2).build());

    assertEquals(2, origin.runs());
    var unused = origin.next().is("1");
    unused = origin.next().is("2");
    assertEquals("1", value(first));
    assertEquals("2", value(second));
  }

  @Test
  void aShorterLimitOfKeysAndValuesHoldsAtOnce() {
    Group group = echo(lru());

    node.reconfigureGroup("scores", lru().maxKeyBytes(2).maxValueBytes(1).build());

    assertThrows(IllegalArgumentException.class, () -> group.get("Tom"));
    assertThrows(GetFailedException.class, () -> group.get("To"));
  }

  @Test
  void nothingOfAFormerOriginIsAnswered() {
    Group group = echo(lru());
    assertEquals("Tom", group.get("Tom").toUtf8());

    node.changeOrigin("scores", key -> Loaded.ofUtf8("new " + key));

    assertEquals("new Tom", group.get("Tom").toUtf8());
  }

  @Test
  void aLoadFromAFormerOriginAnswersItsWaitersAndIsNotKept() throws Exception {
    HandOrigin former = new HandOrigin();
    Group group = node.addAsyncGroup("scores", lru().build(), former);
    CompletableFuture<ByteView> waits = group.getAsync("Tom");
    HandOrigin.Question question = former.next();

    node.changeOrigin("scores", key -> Loaded.ofUtf8("new " + key));
    assertEquals("new Tom", group.get("Tom").toUtf8());
    var unused = question.is("old Tom");

    assertEquals("old Tom", value(waits));
    assertEquals("new Tom", group.get("Tom").toUtf8());
  }

  @Test
  void manyKeysAreLoadedAsTheNewOriginCan() {
    Group group = echo(lru());
    AtomicLong calls = new AtomicLong();
    BulkGetter bulk =
        new BulkGetter() {
          @Override
          public Loaded load(String key) {
            return Loaded.ofUtf8(key);
          }

          @Override
          public Map<String, Loaded> loadAll(Set<String> keys) {
            calls.incrementAndGet();
            Map<String, Loaded> found = new LinkedHashMap<>();
            keys.forEach(key -> found.put(key, Loaded.ofUtf8(key)));
            return found;
          }
        };

    node.changeOrigin("scores", bulk);
    group.getAll(List.of("Tom", "Jack", "Sam"));
    assertEquals(1, calls.get());

    node.changeOrigin("scores", Loaded::ofUtf8);
    assertEquals("Tom", group.getAll(List.of("Tom", "Jack")).get("Tom").value().toUtf8());
    assertEquals(1, calls.get());
  }

  @Test
  void aGroupThatIsNotThereCannotChange() {
    Group group = echo(lru());
    node.removeGroup("scores");

    assertThrows(
        IllegalArgumentException.class, () -> node.reconfigureGroup("scores", lru().build()));
    assertThrows(IllegalArgumentException.class, () -> node.changeOrigin("scores", Loaded::ofUtf8));
    assertThrows(IllegalStateException.class, () -> group.reconfigure(lru().build()));
    assertFalse(node.groups().contains(group));
  }
}
