package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The order, and what readers that take no lock must not upset. Entries here weigh alike. */
class LruCacheTest {
  private final ConcurrentLinkedQueue<Entry> evicted = new ConcurrentLinkedQueue<>();

  private static Entry entry(int key) {
    return Entry.copy(String.format("%04d", key), ByteView.empty(), CoarseClock.NEVER);
  }

  private static String key(int key) {
    return entry(key).key();
  }

  private static long bytes(int entries) {
    return entries * new LruCache(0, entry -> {}).weigh(entry(0));
  }

  private LruCache cache(int entries) {
    return new LruCache(bytes(entries), evicted::add);
  }

  /** Evicts all that is there and returns the keys in the order in which they leave. */
  private List<String> order(LruCache cache) {
    evicted.clear();
    cache.resize(1);
    return evicted.stream().map(Entry::key).toList();
  }

  /**
   * Gets by the hundreds between changes, so that buffers fill, and a budget that is now far from
   * full and now tight: the entries that leave are compared one by one.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void oneThreadAgreesWithAMapInAccessOrderStepByStep(int seed) {
    var random = new Random(seed);
    var model = new LinkedHashMap<String, Entry>(16, 0.75f, true);
    var modelEvicted = new ArrayList<Entry>();
    int budget = 100;
    LruCache cache = cache(budget);
    for (int step = 0; step < 3_000; step++) {
      String key = key(random.nextInt(step < 300 ? 40 : 200));
      switch (random.nextInt(12)) {
        case 0 -> assertEquals(model.remove(key), cache.remove(key));
        case 1 -> {
          budget = 20 + random.nextInt(step < 300 ? 200 : 120);
          cache.resize(bytes(budget));
        }
        case 2, 3, 4 -> {
          Entry entry = Entry.copy(key, ByteView.empty(), CoarseClock.NEVER);
          assertTrue(cache.put(entry));
          model.remove(key);
          model.put(key, entry);
        }
        case 5 -> {
          Entry peeked = cache.peek(key);
          assertEquals(model.containsKey(key), peeked != null);
        }
        default -> {
          for (int gets = random.nextInt(300); gets >= 0; gets--) {
            String asked = key(random.nextInt(200));
            assertEquals(model.get(asked), cache.get(asked));
          }
        }
      }
      while (model.size() > budget) {
        modelEvicted.add(model.remove(model.keySet().iterator().next()));
      }
      assertEquals(modelEvicted, List.copyOf(evicted));
      assertEquals(
          new CacheStats(bytes(model.size()), model.size(), evicted.size()), cache.stats());
    }
    assertTrue(evicted.size() > 200, "evicted: " + evicted.size());
    assertEquals(List.copyOf(model.keySet()), order(cache));
  }

  @Test
  void usesFarBelowTheBudgetDecideWhatLeavesWhenItIsFull() {
    LruCache cache = cache(8);
    for (int i = 0; i < 4; i++) {
      cache.put(entry(i));
    }
    for (int i : new int[] {2, 0, 3, 1, 0}) {
      assertNotNull(cache.get(key(i)));
    }
    for (int i = 4; i < 8; i++) {
      cache.put(entry(i));
    }

    assertEquals(
        List.of("0002", "0003", "0001", "0000", "0004", "0005", "0006", "0007"), order(cache));
  }

  @Test
  void aUseOnAnotherThreadCountsBeforeALaterPut() throws Exception {
    for (int budget : new int[] {6, 3}) {
      LruCache cache = cache(budget);
      for (int i = 0; i < 3; i++) {
        cache.put(entry(i));
      }
      var reader = new Thread(() -> cache.get(key(0)));
      reader.start();
      reader.join();

      cache.put(entry(3));

      List<String> left = order(cache);
      assertTrue(left.indexOf("0000") > left.indexOf("0002"), left + " of " + budget);
    }
  }

  /** Below half of its budget uses are marks, above they are in buffers. */
  @ParameterizedTest
  @ValueSource(ints = {10_000, 1_000})
  void eachOfManyThreadsKeepsItsOwnOrder(int budget) throws Exception {
    int threads = 8;
    int each = 100;
    LruCache cache = cache(budget);
    for (int i = 0; i < threads * each; i++) {
      cache.put(entry(i));
    }
    var expected = new ConcurrentHashMap<Integer, List<String>>();
    var readers = new ArrayList<Thread>();
    for (int t = 0; t < threads; t++) {
      int thread = t;
      readers.add(
          new Thread(
              () -> {
                var random = new Random(thread);
                var order = new LinkedHashMap<String, Boolean>(16, 0.75f, true);
                for (int i = 0; i < each; i++) {
                  order.put(key(thread * each + i), true);
                }
                for (int i = 0; i < 50_000; i++) {
                  String key = key(thread * each + random.nextInt(each));
                  order.get(key);
                  cache.get(key);
                }
                expected.put(thread, List.copyOf(order.keySet()));
              }));
    }
    readers.forEach(Thread::start);
    for (Thread reader : readers) {
      reader.join();
    }

    List<String> order = order(cache);
    assertEquals(threads * each, order.size());
    expected.forEach(
        (thread, ofThread) ->
            assertEquals(
                ofThread, order.stream().filter(new HashSet<>(ofThread)::contains).toList()));
  }

  /** Readers that race with every kind of change, across the half of the budget and above it. */
  @Test
  void readersAndWritersTogetherLeaveBooksThatAddUp() throws Exception {
    LruCache cache = cache(100);
    var put = new AtomicLong();
    var removed = new AtomicLong();
    var threads = new ArrayList<Thread>();
    for (int t = 0; t < 8; t++) {
      boolean reads = t % 2 == 0;
      var random = new Random(t);
      threads.add(
          new Thread(
              () -> {
                for (int i = 0; i < 40_000; i++) {
                  int key = random.nextInt(200);
                  if (reads) {
                    Entry found = cache.get(key(key));
                    assertTrue(found == null || found.key().equals(key(key)));
                  } else if (random.nextInt(4) == 0) {
                    removed.addAndGet(cache.remove(key(key)) == null ? 0 : 1);
                  } else if (random.nextInt(1_000) == 0) {
                    cache.resize(bytes(50 + random.nextInt(100)));
                  } else if (cache.peek(key(key)) == null) {
                    put.incrementAndGet();
                    cache.put(entry(key));
                  }
                }
              }));
    }
    var failures = new ConcurrentLinkedQueue<Throwable>();
    threads.forEach(thread -> thread.setUncaughtExceptionHandler((t, e) -> failures.add(e)));
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }

    assertEquals(List.of(), List.copyOf(failures));
    Set<Entry> held = Collections.newSetFromMap(new IdentityHashMap<>());
    cache.forEach(held::add);
    CacheStats stats = cache.stats();
    assertEquals(held.size(), stats.items());
    assertEquals(bytes(held.size()), stats.bytes());
    assertEquals(evicted.size(), stats.evictions());
    held.forEach(entry -> assertEquals(entry, cache.peek(entry.key())));
    int told = evicted.size();
    held.addAll(evicted);
    assertEquals(stats.items() + told, held.size(), "each told once, and none that is still there");
    long overwritten = put.get() - removed.get() - told - stats.items();
    assertTrue(overwritten >= 0, "overwritten by another's put: " + overwritten);
  }
}
