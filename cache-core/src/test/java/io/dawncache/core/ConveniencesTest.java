package io.dawncache.core;

import static io.dawncache.core.Answers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Peeking, warming, key samples, listeners and load times. */
class ConveniencesTest {
  @RegisterExtension final Books books = new Books();

  private final CacheNode node = books.keepFor(CacheNode.create());

  // Peek

  @Test
  void peekLooksIntoMemoryAndLeavesNoTrace() {
    HandOrigin origin = new HandOrigin();
    Group group =
        node.addAsyncGroup("scores", GroupConfig.builder().policy(CachePolicy.LRU).build(), origin);

    assertNull(group.peek("Tom"));
    group.put("Tom", ByteView.ofUtf8("630"));
    assertEquals("630", group.peek("Tom").value().toUtf8());

    assertEquals(0, origin.runs());
    assertEquals(0, group.stats().gets());
  }

  // Warm

  @Test
  void warmGetsEveryKeyOnceAndTellsHowItWent() throws Exception {
    List<WarmProgress> told = new ArrayList<>();
    Group group =
        node.addGroup(
            "scores",
            key -> {
              if (key.equals("bad")) {
                throw new IllegalStateException("down");
              }
              return key.equals("none") ? Loaded.notFound() : Loaded.ofUtf8(key);
            });
    List<String> keys = new ArrayList<>(IntStream.range(0, 1000).mapToObj(i -> "k" + i).toList());
    keys.addAll(List.of("bad", "none", "k1"));

    WarmProgress end = group.warm(keys, 1e9, told::add).get();

    assertEquals(new WarmProgress(1002, 1000, 1, 1), end);
    assertEquals(end, told.get(told.size() - 1));
    assertEquals(1000, group.stats().mainCache().items());
  }

  @Test
  void warmKeepsToItsPace() throws Exception {
    Group group = node.addGroup("scores", Loaded::ofUtf8);
    long start = System.nanoTime();

    group.warm(IntStream.range(0, 21).mapToObj(i -> "k" + i).toList(), 100, p -> {}).get();

    assertTrue(System.nanoTime() - start >= 190_000_000, "21 keys, one each 10 ms");
  }

  @Test
  void aWarmingThatIsCancelledBeginsNoMore() throws Exception {
    AtomicLong nanos = new AtomicLong();
    Queue<Runnable> tasks = new ArrayDeque<>();
    HandThreads threads = new HandThreads(tasks::add, nanos::get);
    CacheNode driven =
        books.keepFor(CacheNode.builder().nanoTime(nanos::get).threads(threads).build());
    AtomicInteger loads = new AtomicInteger();
    Group group =
        driven.addGroup(
            "scores",
            key -> {
              loads.incrementAndGet();
              return Loaded.ofUtf8(key);
            });
    Runnable aSecond =
        () -> {
          nanos.addAndGet(1_000_000_000);
          do {
            threads.wake();
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
              task.run();
            }
          } while (!tasks.isEmpty());
        };

    CompletableFuture<WarmProgress> warming =
        group.warm(IntStream.range(0, 1_000).mapToObj(i -> "k" + i).toList(), 1, p -> {});
    for (int second = 0; second < 5; second++) {
      aSecond.run();
    }
    int before = loads.get();
    assertTrue(before >= 5, "begun so far: " + before);
    warming.cancel(false);
    for (int second = 0; second < 5; second++) {
      aSecond.run();
    }

    assertEquals(before, loads.get());
  }

  @Test
  void aWarmingEndsWhenItsNodeCloses() {
    // Its steps run on this thread: one on a load thread might still begin a key after the close.
    HandThreads threads = new HandThreads(Runnable::run, () -> 0);
    CacheNode closing =
        books.keepFor(CacheNode.builder().nanoTime(() -> 0).threads(threads).build());
    Group group = closing.addAsyncGroup("scores", GroupConfig.builder().build(), new HandOrigin());
    CompletableFuture<WarmProgress> before = group.warm(List.of("Tom", "Jack"), 1, p -> {});

    closing.close();
    CompletableFuture<WarmProgress> after = group.warm(List.of("Tom"), 1, p -> {});

    assertInstanceOf(IllegalStateException.class, Answers.failure(before));
    assertInstanceOf(IllegalStateException.class, Answers.failure(after));
  }

  @Test
  void aListenerThatWasRemovedHearsNoMore() throws Exception {
    Group group = node.addGroup("scores", Loaded::ofUtf8);
    List<GroupEvent> removed = new CopyOnWriteArrayList<>();
    BlockingQueue<GroupEvent> stays = new LinkedBlockingQueue<>();
    GroupListener listener = removed::add;
    group.addListener(listener);
    group.addListener(stays::add);

    assertTrue(group.removeListener(listener));
    group.remove("Tom");

    assertEquals("Tom", stays.take().key());
    assertEquals(List.of(), removed);
    assertFalse(group.removeListener(listener));
  }

  @Test
  void warmRefusesAPaceThatIsNone() {
    Group group = node.addGroup("scores", Loaded::ofUtf8);

    for (double pace : new double[] {0, -1, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> group.warm(List.of("Tom"), pace, p -> {}));
    }
  }

  // Samples of keys

  @Test
  void aSampleOfTheKeysIsOfThoseThatAreThere() {
    Group group = node.addGroup("scores", Loaded::ofUtf8);
    for (int i = 0; i < 100; i++) {
      group.get("k" + i);
    }

    assertEquals(10, Set.copyOf(group.sampleKeys(10)).size());
    assertEquals(100, Set.copyOf(group.sampleKeys(1000)).size());
    assertEquals(List.of(), group.sampleKeys(0));
    assertThrows(IllegalArgumentException.class, () -> group.sampleKeys(-1));
  }

  @Test
  void everyKeyIsAsLikelyInASampleAsAnyOther() {
    Group group = node.addGroup("scores", Loaded::ofUtf8);
    for (int i = 0; i < 20; i++) {
      group.get("k" + i);
    }
    Map<String, Integer> seen = new java.util.HashMap<>();

    for (int i = 0; i < 10_000; i++) {
      group.sampleKeys(5).forEach(key -> seen.merge(key, 1, Integer::sum));
    }

    // Binomial of 10,000 and 1/4: 2,500, with a deviation of 43.
    seen.forEach((key, times) -> assertTrue(times > 2_200 && times < 2_800, key + " " + times));
    assertEquals(20, seen.size());
  }

  // Listeners

  @Test
  void aListenerHearsInOrderOnTheCallbackExecutorWhatHappens() throws Exception {
    BlockingQueue<GroupEvent> heard = new LinkedBlockingQueue<>();
    BlockingQueue<String> threads = new LinkedBlockingQueue<>();
    Group group = node.addGroup("scores", Loaded::ofUtf8);
    group.addListener(
        event -> {
          threads.add(Thread.currentThread().getName());
          heard.add(event);
          throw new IllegalStateException("a listener that throws hears on");
        });

    group.remove("Tom");
    group.remove("Jack");
    group.clear();

    assertEquals(new GroupEvent(GroupEvent.Type.REMOVED, "scores", "Tom"), heard.take());
    assertEquals(new GroupEvent(GroupEvent.Type.REMOVED, "scores", "Jack"), heard.take());
    assertEquals(new GroupEvent(GroupEvent.Type.REMOVED, "scores", null), heard.take());
    assertTrue(threads.take().startsWith("dawncache-callback"));
  }

  @Test
  void aListenerHearsOfEvictions() throws Exception {
    BlockingQueue<GroupEvent> heard = new LinkedBlockingQueue<>();
    Group group =
        node.addGroup(
            "scores",
            GroupConfig.builder().maxBytes(2_000).hotBytes(0).build(),
            key -> Loaded.of(ByteView.copyOf(new byte[500])));
    group.addListener(heard::add);

    for (int i = 0; i < 10; i++) {
      group.get("k" + i);
    }

    assertEquals(GroupEvent.Type.EVICTED, heard.take().type());
  }

  @Test
  void eventsThatAListenerDoesNotKeepUpWithAreCounted() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    Group group = node.addGroup("scores", Loaded::ofUtf8);
    group.addListener(event -> awaitUninterrupted(release));

    for (int i = 0; i < 11_000; i++) {
      group.forServers().forget(Forget.key("scores", "k"));
    }
    long unheard = group.stats().events().unheard();
    release.countDown();

    assertTrue(unheard >= 900 && unheard <= 1_000, "" + unheard);
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  // Load times

  @Test
  void theTimesOfLoadsAreToldByTheirPercentiles() {
    LoadTimes times = new LoadTimes();
    for (int millis = 1; millis <= 1000; millis++) {
      times.record(Duration.ofMillis(millis).toNanos());
    }
    times.record(-1); // a clock that was set back

    LoadTimeStats stats = times.snapshot();

    assertEquals(1001, stats.count());
    assertWithin(500, stats.percentile(50));
    assertWithin(990, stats.percentile(99));
    assertWithin(1000, stats.percentile(100));
    assertThrows(IllegalArgumentException.class, () -> stats.percentile(0));
    assertThrows(IllegalArgumentException.class, () -> stats.percentile(101));
    assertEquals(Duration.ZERO, new LoadTimes().snapshot().percentile(99));
  }

  private static void assertWithin(long millis, Duration told) {
    assertTrue(
        told.toMillis() >= millis && told.toMillis() <= millis * 1.125, millis + " as " + told);
  }

  @Test
  void everyTimeFallsIntoTheBucketWhoseBoundIsNextAboveIt() {
    for (long micros = 0; micros < 100_000; micros++) {
      int bucket = LoadTimes.bucket(micros);
      assertTrue(LoadTimes.upperMicros(bucket) >= micros);
      assertTrue(bucket == 0 || LoadTimes.upperMicros(bucket - 1) < micros);
    }
    assertEquals(Long.MAX_VALUE, LoadTimes.upperMicros(LoadTimes.bucket(Long.MAX_VALUE)));
  }

  @Test
  void aGroupTellsHowLongItsLoadsTook() throws Exception {
    HandOrigin origin = new HandOrigin();
    HandClock time = new HandClock();
    Group group =
        books.keepFor(time.node()).addAsyncGroup("scores", GroupConfig.builder().build(), origin);
    CompletableFuture<ByteView> future = group.getAsync("Tom");
    HandOrigin.Question question = origin.next();

    time.pass(Duration.ofSeconds(2));
    question.is("630");

    assertEquals("630", value(future));
    assertWithin(2000, group.stats().loadTimes().percentile(50));
  }
}
