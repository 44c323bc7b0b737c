package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Getters that get: their loads need no second permit, and a load that would wait for itself fails
 * at once. No load here may end by its time-out, which is an hour.
 */
@Timeout(60)
class NestedLoadTest {
  private static final GroupConfig ONE_LOAD_AT_ONCE =
      GroupConfig.builder().maxLoads(1).loadTimeout(Duration.ofHours(1)).build();

  @RegisterExtension final Books books = new Books();

  private final CacheNode node = books.keepFor(CacheNode.create());
  private final AtomicReference<Group> self = new AtomicReference<>();

  private Group group(Getter getter) {
    Group group = node.addGroup("scores", ONE_LOAD_AT_ONCE, getter);
    self.set(group);
    return group;
  }

  private ByteView nested(String key) {
    return self.get().get(key);
  }

  @Test
  void aGetterThatGetsKeysOfItsOwnGroupNeedsNoSecondPermit() {
    Group group =
        group(
            key -> {
              int depth = Integer.parseInt(key);
              return Loaded.ofUtf8(depth == 0 ? "." : nested("" + (depth - 1)).toUtf8() + ".");
            });

    assertEquals(".....", group.get("4").toUtf8());
  }

  @Test
  void moreLoadsAtOnceThanThereArePermitsMayAllWaitForTheSameKey() throws Exception {
    Group parts =
        node.addGroup("parts", ONE_LOAD_AT_ONCE, key -> Loaded.ofUtf8("part " + key.charAt(0)));
    Group group =
        node.addGroup(
            "wholes",
            GroupConfig.builder().maxLoads(3).loadTimeout(Duration.ofHours(1)).build(),
            key -> Loaded.of(parts.get(key.substring(0, 1))));

    List<CompletableFuture<ByteView>> all =
        IntStream.range(0, 60).mapToObj(i -> group.getAsync(i % 6 + "-" + i)).toList();

    for (int i = 0; i < 60; i++) {
      assertEquals("part " + i % 6, all.get(i).get().toUtf8());
    }
  }

  @Test
  void aLoadThatIsQueuedAlreadyStartsWhenTheOneThatRunsWaitsForIt() throws Exception {
    CountDownLatch queued = new CountDownLatch(1);
    Group group =
        group(
            key -> {
              if (key.equals("first")) {
                queued.await();
                return Loaded.of(nested("second"));
              }
              return Loaded.ofUtf8("630");
            });

    CompletableFuture<ByteView> first = group.getAsync("first");
    CompletableFuture<ByteView> second = group.getAsync("second"); // behind it in the queue
    queued.countDown();

    assertEquals("630", first.get().toUtf8());
    assertEquals("630", second.get().toUtf8());
    assertEquals(2, group.stats().localLoads());
  }

  @Test
  void aGetterThatGetsManyKeysAtOnceLendsItsPermitToOneAfterTheOther() {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Group group =
        group(
            key -> {
              if (key.equals("all")) {
                Map<String, GetResult> parts = self.get().getAll(List.of("a", "b", "c", "d"));
                return Loaded.ofUtf8(String.join("", parts.keySet()));
              }
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              running.decrementAndGet();
              return Loaded.ofUtf8(key);
            });

    assertEquals("abcd", group.get("all").toUtf8());
    assertEquals(1, most.get(), "at once");
  }

  @Test
  void anAsyncGetterThatGetsNeedsNoSecondPermit() throws Exception {
    AtomicReference<Group> own = new AtomicReference<>();
    Group group =
        node.addAsyncGroup(
            "futures",
            ONE_LOAD_AT_ONCE,
            key ->
                key.equals("leaf")
                    ? CompletableFuture.completedFuture(Loaded.ofUtf8("630"))
                    : own.get().getAsync("leaf").thenApply(Loaded::of));
    own.set(group);

    assertEquals("630", group.getAsync("root").get().toUtf8());
  }

  @Test
  void aPermitOnWhichAnotherLoadStillRunsIsNotGivenTwice() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    AtomicReference<CompletableFuture<ByteView>> stray = new AtomicReference<>();
    Group group =
        group(
            key -> {
              switch (key) {
                case "parent" -> // does not wait for what it began
                    stray.set(self.get().getAsync("stray"));
                case "stray" -> {
                  started.countDown();
                  released.await();
                }
                default -> assertEquals(0, released.getCount(), "one at once");
              }
              return Loaded.ofUtf8(key);
            });

    assertEquals("parent", group.get("parent").toUtf8());
    started.await();
    CompletableFuture<ByteView> other = group.getAsync("other");
    released.countDown();

    assertEquals("stray", stray.get().get().toUtf8());
    assertEquals("other", other.get().toUtf8());
  }

  @Test
  void aKeyThatGetsItselfFailsAtOnceAndSaysSo() {
    Group group = group(key -> Loaded.of(nested(key)));

    GetFailedException failure = assertThrows(GetFailedException.class, () -> group.get("Tom"));

    assertTrue(failure.getMessage().contains("scores/Tom -> scores/Tom"), failure.getMessage());
  }

  @Test
  void aCircleThroughSeveralGroupsFailsAtOnceAndIsNamed() {
    Group group = group(key -> Loaded.of(node.group("b").get(key)));
    node.addGroup("b", ONE_LOAD_AT_ONCE, key -> Loaded.of(node.group("c").get(key)));
    node.addGroup("c", ONE_LOAD_AT_ONCE, key -> Loaded.of(nested(key)));

    GetFailedException failure = assertThrows(GetFailedException.class, () -> group.get("Tom"));

    String circle = "c/Tom -> scores/Tom -> b/Tom -> c/Tom";
    assertTrue(failure.getMessage().contains(circle), failure.getMessage());
  }

  @Test
  void aCircleOfFuturesFailsAtOnceToo() {
    AtomicReference<Group> own = new AtomicReference<>();
    Group group =
        node.addAsyncGroup(
            "futures",
            ONE_LOAD_AT_ONCE,
            key ->
                own.get()
                    .getAsync(key.equals("chicken") ? "egg" : "chicken")
                    .thenApply(Loaded::of));
    own.set(group);

    GetFailedException failure = assertThrows(GetFailedException.class, () -> group.get("egg"));

    assertTrue(
        failure.getMessage().contains("futures/chicken -> futures/egg -> futures/chicken"),
        failure.getMessage());
  }

  @Test
  void aBulkGetterThatGetsOneOfItsKeysFailsAtOnce() throws Exception {
    Group group =
        group(
            new BulkGetter() {
              @Override
              public Loaded load(String key) {
                return Loaded.ofUtf8(key);
              }

              @Override
              public Map<String, Loaded> loadAll(Set<String> keys) {
                return Map.of("a", Loaded.of(nested("a")));
              }
            });

    Map<String, GetResult> results =
        group.getAllAsync(List.of("a", "b"), null).get(50, TimeUnit.SECONDS);

    results.values().forEach(r -> assertInstanceOf(GetFailedException.class, r.error()));
  }

  @Test
  void twoLoadsThatComeToWaitForEachOtherDoNotWaitForEver() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    Group group =
        node.addGroup(
            "scores",
            GroupConfig.builder().maxLoads(2).loadTimeout(Duration.ofHours(1)).build(),
            key -> {
              both.countDown();
              both.await();
              return Loaded.of(nested(key.equals("a") ? "b" : "a"));
            });
    self.set(group);

    CompletableFuture<ByteView> a = group.getAsync("a");
    CompletableFuture<ByteView> b = group.getAsync("b");

    assertInstanceOf(GetFailedException.class, Answers.failure(a));
    assertInstanceOf(GetFailedException.class, Answers.failure(b));
  }
}
