package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both policies, behind the one seam. Keys here are three chars and weigh alike. */
class LocalCacheTest {
  private final List<LocalCache<Entry>> caches = new ArrayList<>();
  private final Queue<Entry> evicted = new ConcurrentLinkedQueue<>();

  private LocalCache<Entry> cache(CachePolicy policy, long maxBytes) {
    LocalCache<Entry> cache = LocalCache.of(policy, maxBytes, evicted::add);
    caches.add(cache);
    return cache;
  }

  @AfterEach
  void theBooksAddUp() {
    caches.forEach(LocalCacheTest::assertBooks);
    assertEquals(evictions(), evicted.size(), "each eviction told once");
  }

  private long evictions() {
    return caches.stream().mapToLong(cache -> cache.stats().evictions()).sum();
  }

  private static void assertBooks(LocalCache<Entry> cache) {
    var bytes = new AtomicLong();
    var items = new AtomicLong();
    CacheStats stats = cache.stats();
    cache.forEach(
        entry -> {
          bytes.addAndGet(cache.weigh(entry));
          items.incrementAndGet();
        });
    assertAll(
        () -> assertEquals(bytes.get(), stats.bytes()),
        () -> assertEquals(items.get(), stats.items()));
  }

  private static String key(int i) {
    return String.format("%03d", i);
  }

  private static Entry entry(String key, int valueBytes) {
    ByteView value = ByteView.copyOf(new byte[valueBytes]);
    return new Entry.Own(key, value, CoarseClock.NEVER, CoarseClock.NEVER);
  }

  /** What an entry with a value of so many bytes weighs under the policy. */
  private static long weight(CachePolicy policy, int valueBytes) {
    return LocalCache.of(policy, 0, entry -> {}).weigh(entry("Tom", valueBytes));
  }

  @ParameterizedTest
  @EnumSource
  void whatWasPutIsThereUntilItIsRemoved(CachePolicy policy) {
    LocalCache<Entry> cache = cache(policy, 10_000);
    Entry tom = entry("Tom", 3);
    assertNull(cache.get("Tom"));

    assertTrue(cache.put(tom));
    assertSame(tom, cache.get("Tom"));
    assertSame(tom, cache.peek("Tom"));
    assertSame(tom, cache.remove("Tom"));
    assertNull(cache.remove("Tom"));

    assertNull(cache.get("Tom"));
    assertNull(cache.peek("Tom"));
    assertEquals(new CacheStats(0, 0, 0), cache.stats());
  }

  @ParameterizedTest
  @EnumSource
  void removingAnEntrySparesItsSuccessor(CachePolicy policy) {
    LocalCache<Entry> cache = cache(policy, 10_000);
    Entry before = entry("Tom", 3);
    Entry after = entry("Tom", 3);
    cache.put(before);
    cache.put(after);

    assertFalse(cache.remove(before));
    assertSame(after, cache.get("Tom"));
    assertTrue(cache.remove(after));
    assertNull(cache.get("Tom"));
  }

  @ParameterizedTest
  @EnumSource
  void theBudgetHoldsAfterEveryPutAndEveryEvictionIsToldByThen(CachePolicy policy) {
    long maxBytes = 5 * weight(policy, 200);
    LocalCache<Entry> cache = cache(policy, maxBytes);
    var random = new Random(630);
    for (int i = 0; i < 1_000; i++) {
      Entry entry = entry(key(i), random.nextInt(200));
      boolean kept = cache.put(entry);

      CacheStats stats = cache.stats();
      assertTrue(stats.bytes() <= maxBytes, "bytes: " + stats.bytes());
      assertEquals(i + 1, stats.items() + stats.evictions());
      assertEquals(stats.evictions(), evicted.size());
      assertEquals(kept, cache.peek(entry.key()) == entry);
      assertEquals(kept, !evicted.contains(entry));
    }
    assertTrue(cache.stats().items() > 0);
  }

  @ParameterizedTest
  @EnumSource
  void overwritingCorrectsTheWeightExactlyAndIsNoEviction(CachePolicy policy) {
    LocalCache<Entry> cache = cache(policy, weight(policy, 1_000));
    for (int length : new int[] {10, 500, 0, 1_000, 3, 3}) {
      assertTrue(cache.put(entry("Tom", length)));
      assertEquals(new CacheStats(weight(policy, length), 1, 0), cache.stats());
    }
  }

  @ParameterizedTest
  @EnumSource
  void manyOverwritesDoNotDrift(CachePolicy policy) {
    LocalCache<Entry> cache = cache(policy, 0);
    var random = new Random(630);
    for (int i = 0; i < 10_000; i++) {
      String key = key(random.nextInt(50));
      if (random.nextInt(10) == 0) {
        cache.remove(key);
      } else {
        cache.put(entry(key, random.nextInt(100)));
      }
    }
    assertBooks(cache);
  }

  @ParameterizedTest
  @EnumSource
  void anEntryOfExactlyTheBudgetIsKept(CachePolicy policy) {
    LocalCache<Entry> cache = cache(policy, weight(policy, 1_000));

    assertTrue(cache.put(entry("Tom", 1_000)));

    assertEquals(new CacheStats(weight(policy, 1_000), 1, 0), cache.stats());
  }

  @ParameterizedTest
  @EnumSource
  void anEntryHeavierThanTheBudgetIsNotKeptAndEvictsNothing(CachePolicy policy) {
    LocalCache<Entry> cache = cache(policy, 2 * weight(policy, 300));
    Entry tom = entry("Tom", 300);
    Entry sam = entry("Sam", 300);
    cache.put(tom);
    cache.put(sam);

    assertFalse(cache.put(entry("Big", 10_000)));

    assertNull(cache.get("Big"));
    assertSame(tom, cache.get("Tom"));
    assertSame(sam, cache.get("Sam"));
    assertEquals(new CacheStats(2 * weight(policy, 300), 2, 0), cache.stats());
  }

  @ParameterizedTest
  @EnumSource
  void anOlderValueGoesEvenIfTheNewerIsTooHeavyAndIsNoEviction(CachePolicy policy) {
    LocalCache<Entry> cache = cache(policy, weight(policy, 300));
    cache.put(entry("Tom", 300));

    assertFalse(cache.put(entry("Tom", 10_000)));

    assertNull(cache.get("Tom"));
    assertEquals(new CacheStats(0, 0, 0), cache.stats());
  }

  @ParameterizedTest
  @EnumSource
  void aBudgetOfOneByteKeepsNothing(CachePolicy policy) {
    LocalCache<Entry> cache = cache(policy, 1);

    assertFalse(cache.put(entry("Tom", 0)));

    assertNull(cache.get("Tom"));
    assertEquals(new CacheStats(0, 0, 0), cache.stats());
  }

  @ParameterizedTest
  @EnumSource
  void aBudgetOfZeroIsNone(CachePolicy policy) {
    LocalCache<Entry> cache = cache(policy, 0);

    for (int i = 0; i < 1_000; i++) {
      assertTrue(cache.put(entry(key(i), 10_000)));
    }

    assertEquals(new CacheStats(1_000 * weight(policy, 10_000), 1_000, 0), cache.stats());
  }

  @ParameterizedTest
  @EnumSource
  void aSmallerBudgetEvictsWhatNoLongerFitsAndALargerOneHoldsMore(CachePolicy policy) {
    long each = weight(policy, 10);
    LocalCache<Entry> cache = cache(policy, 0);
    for (int i = 0; i < 100; i++) {
      cache.put(entry(key(i), 10));
    }

    cache.resize(30 * each);
    assertEquals(new CacheStats(30 * each, 30, 70), cache.stats());
    assertEquals(70, evicted.size(), "told before resize returns");

    cache.resize(40 * each);
    for (int i = 100; i < 200; i++) {
      cache.put(entry(key(i), 10));
    }
    assertEquals(40, cache.stats().items());

    cache.resize(each - 1);
    assertEquals(0, cache.stats().items());
    assertFalse(cache.put(entry("Tom", 10)));
  }

  @ParameterizedTest
  @EnumSource
  void removeIfRemovesWhatItIsToldAndCountsNoEviction(CachePolicy policy) {
    LocalCache<Entry> cache = cache(policy, 0);
    for (int i = 0; i < 100; i++) {
      cache.put(entry(key(i), 1));
    }

    cache.removeIf(entry -> entry.key().endsWith("7"));

    for (int i = 0; i < 100; i++) {
      assertEquals(i % 10 == 7, cache.get(key(i)) == null);
    }
    assertEquals(new CacheStats(90 * weight(policy, 1), 90, 0), cache.stats());
  }

  @ParameterizedTest
  @EnumSource
  void theConditionOfRemoveIfRunsUnderNoLock(CachePolicy policy) throws Exception {
    LocalCache<Entry> cache = cache(policy, 0);
    cache.put(entry("Tom", 1));
    var others = new ArrayList<Thread>();

    cache.removeIf(
        entry -> {
          others.add(
              inAnotherThread(
                  () -> {
                    cache.put(entry("Tom", 2)); // the very entry that is looked at
                    cache.put(entry("Sam", 2));
                    cache.get("Tom");
                    cache.stats();
                  }));
          return false;
        });

    assertTrue(others.size() >= 1);
    assertEquals(2, cache.get("Tom").value().length());
    assertEquals(2, cache.get("Sam").value().length());
  }

  @ParameterizedTest
  @EnumSource
  void anEvictionIsToldUnderNoLock(CachePolicy policy) {
    var caches = new ArrayList<LocalCache<Entry>>();
    var told = new ArrayList<Entry>();
    LocalCache<Entry> cache =
        LocalCache.of(
            policy,
            weight(policy, 10),
            entry -> {
              if (told.isEmpty()) {
                told.add(entry);
                inAnotherThread(() -> caches.get(0).put(entry("Joe", 10)));
              }
            });
    caches.add(cache);
    cache.put(entry("Tom", 10));

    cache.put(entry("Sam", 10));

    assertEquals(1, told.size());
    assertEquals(1, cache.stats().items());
  }

  /** Runs it to its end: for ever, if it needs a lock that the caller holds. */
  private static Thread inAnotherThread(Runnable work) {
    var other = new Thread(work);
    other.start();
    try {
      other.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return other;
  }

  @Test
  void strictLruEvictsWhatWasUsedLeastRecently() {
    LocalCache<Entry> cache = cache(CachePolicy.LRU, 3 * weight(CachePolicy.LRU, 10));
    for (String key : List.of("Tom", "Sam", "Max")) {
      cache.put(entry(key, 10));
    }
    cache.get("Tom");
    cache.peek("Sam");

    cache.put(entry("Joe", 10));

    assertNull(cache.get("Sam"));
    for (String key : List.of("Tom", "Max", "Joe")) {
      assertNotNull(cache.get(key));
    }
    assertEquals(List.of("Sam"), evicted.stream().map(Entry::key).toList());
  }

  @Test
  void tinyLfuKeepsWhatIsAskedForOftenThroughAScan() {
    LocalCache<Entry> cache = cache(CachePolicy.TINY_LFU, 100 * weight(CachePolicy.TINY_LFU, 10));
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < 50; i++) {
        if (cache.get(key(i)) == null) {
          cache.put(entry(key(i), 10));
        }
      }
    }

    for (int i = 100; i < 1_000; i++) {
      cache.get(key(i));
      cache.put(entry(key(i), 10));
    }

    long kept = 0;
    for (int i = 0; i < 50; i++) {
      kept += cache.get(key(i)) == null ? 0 : 1;
    }
    assertTrue(kept >= 45, "of 50 often used: " + kept);
  }

  @ParameterizedTest
  @EnumSource
  void manyWritersOfLargeValuesTogetherHoldOneTooManyAtMost(CachePolicy policy) throws Exception {
    int writers = 16;
    int valueBytes = 1 << 16;
    long maxBytes = 8 * weight(policy, valueBytes);
    LocalCache<Entry> cache = cache(policy, maxBytes);
    var begin = new CountDownLatch(1);
    var writing = new CountDownLatch(writers);
    var threads = new ArrayList<Thread>();
    for (int t = 0; t < writers; t++) {
      int writer = t;
      threads.add(
          new Thread(
              () -> {
                await(begin);
                for (int i = 0; i < 100; i++) {
                  cache.put(entry(writer + "-" + i, valueBytes));
                }
                writing.countDown();
              }));
    }
    threads.forEach(Thread::start);
    begin.countDown();

    // What stands in the cache before and after a moment stood there in it.
    long most = 0;
    Set<Entry> before = held(cache);
    while (writing.getCount() > 0) {
      Set<Entry> after = held(cache);
      before.retainAll(after);
      most = Math.max(most, before.stream().mapToLong(cache::weigh).sum());
      before = after;
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertTrue(most <= maxBytes + weight(policy, valueBytes) + 64, "most: " + most);
    assertTrue(cache.stats().bytes() <= maxBytes);
  }

  private static Set<Entry> held(LocalCache<Entry> cache) {
    Set<Entry> held = Collections.newSetFromMap(new IdentityHashMap<>());
    cache.forEach(held::add);
    return held;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void underConcurrentUseTheBooksStillAddUp(CachePolicy policy) throws Exception {
    long maxBytes = 10 * weight(policy, 100);
    LocalCache<Entry> cache = cache(policy, maxBytes);
    var threads = new ArrayList<Thread>();
    for (int t = 0; t < 4; t++) {
      var random = new Random(t);
      threads.add(
          new Thread(
              () -> {
                for (int i = 0; i < 5_000; i++) {
                  String key = key(random.nextInt(100));
                  switch (random.nextInt(8)) {
                    case 0 -> cache.remove(key);
                    case 1, 2, 3 -> cache.put(entry(key, random.nextInt(100)));
                    default -> cache.get(key);
                  }
                }
                cache.removeIf(entry -> entry.key().endsWith("3"));
              }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }

    assertBooks(cache);
    assertTrue(cache.stats().bytes() <= maxBytes);
    Entry[] told = evicted.toArray(Entry[]::new);
    assertEquals(told.length, new HashSet<>(Arrays.asList(told)).size(), "each told once");
    cache.forEach(entry -> assertFalse(evicted.contains(entry), "evicted and still there"));
  }
}
