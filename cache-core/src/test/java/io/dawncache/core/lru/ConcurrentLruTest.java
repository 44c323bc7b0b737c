package io.dawncache.core.lru;

import static io.dawncache.core.Interleavings.atOnce;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The order, the weight, and what readers without a lock must not upset. */
class ConcurrentLruTest {
  /** A value that knows its weight; equal only to itself. */
  private static final class Item {
    final String key;
    final long bytes;

    Item(String key, long bytes) {
      this.key = key;
      this.bytes = bytes;
    }

    @Override
    public String toString() {
      return key + "=" + bytes;
    }
  }

  private static final List<String> KEYS =
      IntStream.range(0, 1_000).mapToObj(key -> String.format("%03d", key)).toList();

  private final Queue<Item> evicted = new ConcurrentLinkedQueue<>();

  private ConcurrentLru<String, Item> map(long maxBytes) {
    return map(maxBytes, new AccessClock());
  }

  private ConcurrentLru<String, Item> map(long maxBytes, AccessClock clock) {
    return new ConcurrentLru<>(
        maxBytes,
        (key, item) -> item.bytes,
        (key, item) -> {
          assertEquals(key, item.key);
          evicted.add(item);
        },
        clock);
  }

  private static String key(int key) {
    return KEYS.get(key);
  }

  /** Puts a value of one byte. */
  private static boolean put(ConcurrentLru<String, Item> map, String key) {
    return map.put(key, new Item(key, 1));
  }

  private static void putAll(ConcurrentLru<String, Item> map, String... keys) {
    for (String key : keys) {
      assertTrue(put(map, key));
    }
  }

  private List<String> evictedKeys() {
    return evicted.stream().map(item -> item.key).toList();
  }

  /** Evicts all entries and returns their keys in the order in which they leave. */
  private List<String> order(ConcurrentLru<String, Item> map) {
    evicted.clear();
    map.resize(1);
    assertTrue(map.put("last", new Item("last", 1)));
    assertNotNull(map.remove("last"));
    return evictedKeys();
  }

  /** Checks that the statistics say what the map holds. */
  private static void assertBooks(ConcurrentLru<String, Item> map, long evictions) {
    Map<String, Item> held = new HashMap<>();
    map.forEach((key, item) -> assertNull(held.put(key, item)));
    held.forEach((key, item) -> assertSame(item, map.peek(key)));
    long bytes = held.values().stream().mapToLong(item -> item.bytes).sum();
    assertEquals(new ConcurrentLru.Stats(bytes, held.size(), evictions), map.stats());
  }

  @Test
  void theMostRecentlyUsedAreNamedUpToAWeight() {
    for (long maxBytes : new long[] {100, 5}) { // with much of the bound free, and with less
      ConcurrentLru<String, Item> map = map(maxBytes);
      putAll(map, "a", "b", "c", "d");
      assertNotNull(map.get("b"));

      assertEquals(
          List.of("b", "d", "c"), map.mostRecent(3).stream().map(item -> item.key).toList());
      assertEquals(List.of(), map.mostRecent(0));
      assertEquals(4, map.mostRecent(Long.MAX_VALUE).size());
      assertBooks(map, 0);
    }
  }

  @Test
  void aValueIsThereUntilItIsRemoved() {
    ConcurrentLru<String, Item> map = map(10);
    var tom = new Item("Tom", 3);
    assertNull(map.get("Tom"));

    assertTrue(map.put("Tom", tom));
    assertSame(tom, map.get("Tom"));
    assertSame(tom, map.peek("Tom"));
    assertSame(tom, map.remove("Tom"));
    assertNull(map.remove("Tom"));

    assertNull(map.get("Tom"));
    assertNull(map.peek("Tom"));
    assertBooks(map, 0);
  }

  /**
   * Gets by the hundred between changes, so that rings fill, and a bound that changes and is at
   * first far from used up: after each step the entries that have left are compared one by one. For
   * some seeds the clock's numbers end before the bound is half used.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void oneThreadAgreesWithAMapInAccessOrderStepByStep(int seed) {
    var random = new Random(seed);
    var model = new LinkedHashMap<String, Item>(16, 0.75f, true); // from least to most recent
    var modelEvicted = new ArrayList<Item>();
    int maxBytes = 1_000;
    ConcurrentLru<String, Item> map =
        map(maxBytes, new AccessClock(seed < 4 ? 0 : Integer.MAX_VALUE - 300 * seed));
    for (int step = 0; step < 3_000; step++) {
      boolean early = step < 300;
      String key = key(random.nextInt(early ? 40 : 200));
      switch (random.nextInt(12)) {
        case 0 -> assertSame(model.remove(key), map.remove(key));
        case 1 -> {
          maxBytes = (early ? 400 : 100) + random.nextInt(500);
          map.resize(maxBytes);
        }
        case 2, 3, 4 -> {
          var item = new Item(key, random.nextInt(100) == 0 ? 1_100 : random.nextInt(7));
          boolean fits = item.bytes <= maxBytes;
          assertEquals(fits, map.put(key, item));
          model.remove(key);
          if (fits) {
            model.put(key, item);
          }
        }
        case 5 -> assertEquals(model.containsKey(key), map.peek(key) != null);
        default -> {
          for (int gets = random.nextInt(300); gets >= 0; gets--) {
            String read = key(random.nextInt(200));
            assertSame(model.get(read), map.get(read));
          }
        }
      }
      while (model.values().stream().mapToLong(item -> item.bytes).sum() > maxBytes) {
        modelEvicted.add(model.remove(model.keySet().iterator().next()));
      }
      assertEquals(modelEvicted, List.copyOf(evicted));
      assertBooks(map, evicted.size());
    }
    assertTrue(evicted.size() > 200, "evicted: " + evicted.size());
    model.values().removeIf(item -> item.bytes == 0); // a small bound need not evict these
    assertEquals(
        List.copyOf(model.keySet()), order(map).stream().filter(model::containsKey).toList());
  }

  @Test
  void getsWhileThereIsRoomDecideWhatLeavesWhenThereIsNone() {
    ConcurrentLru<String, Item> map = map(8);
    putAll(map, "a", "b", "c", "d");
    for (String key : List.of("c", "a", "d", "b", "a")) {
      assertNotNull(map.get(key));
    }
    putAll(map, "e", "f", "g", "h");

    putAll(map, "i", "j", "k", "l", "m");

    assertEquals(List.of("c", "d", "b", "a", "e"), evictedKeys());
  }

  @Test
  void peekingLeavesTheOrderAsItIs() {
    ConcurrentLru<String, Item> map = map(3);
    putAll(map, "a", "b", "c");
    map.peek("a");

    put(map, "d");

    assertEquals(List.of("a"), evictedKeys());
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 8}) // a full map, and one that is not half full
  void aGetOfAnotherThreadCountsBeforeALaterPut(int maxBytes) {
    ConcurrentLru<String, Item> map = map(maxBytes);
    putAll(map, "a", "b", "c");
    atOnce(() -> map.get("a"));

    put(map, "d");
    map.resize(3);

    assertEquals(List.of("b"), evictedKeys());
  }

  @ParameterizedTest
  @ValueSource(ints = {1_000, 10_000})
  void manyThreadsLoseNoGetAndEachKeepsItsOrder(int maxBytes) throws Exception {
    int threads = 8;
    int each = 100;
    ConcurrentLru<String, Item> map = map(maxBytes);
    for (int i = 0; i < threads * each; i++) {
      put(map, key(i));
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
                  map.get(key);
                }
                expected.put(thread, List.copyOf(order.keySet()));
              }));
    }
    readers.forEach(Thread::start);
    for (Thread reader : readers) {
      reader.join();
    }

    List<String> order = order(map);
    assertEquals(threads * each, order.size());
    expected.forEach(
        (thread, ofThread) ->
            assertEquals(
                ofThread, order.stream().filter(new HashSet<>(ofThread)::contains).toList()));
  }

  /** Readers race with every kind of change. */
  @Test
  void readersAndWritersTogetherLeaveBooksThatAddUp() throws Exception {
    ConcurrentLru<String, Item> map = map(300);
    Queue<Item> kept = new ConcurrentLinkedQueue<>();
    Queue<Item> removed = new ConcurrentLinkedQueue<>();
    var threads = new ArrayList<Thread>();
    for (int t = 0; t < 8; t++) {
      boolean reads = t % 2 == 0;
      var random = new Random(t);
      threads.add(
          new Thread(
              () -> {
                for (int i = 0; i < 40_000; i++) {
                  String key = key(random.nextInt(200));
                  if (reads) {
                    Item found = map.get(key);
                    assertTrue(found == null || found.key.equals(key));
                  } else if (random.nextInt(4) == 0) {
                    Item gone = map.remove(key);
                    if (gone != null) {
                      removed.add(gone);
                    }
                  } else if (random.nextInt(1_000) == 0) {
                    map.resize(150 + random.nextInt(300));
                  } else {
                    var item = new Item(key, random.nextInt(6));
                    if (map.put(key, item)) {
                      kept.add(item);
                    }
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
    assertBooks(map, evicted.size());
    var left = new ArrayList<>(evicted);
    left.addAll(removed);
    map.forEach((key, item) -> left.add(item));
    assertEquals(left.size(), new HashSet<>(left).size(), "evicted, removed or held, but once");
    assertTrue(new HashSet<>(kept).containsAll(left));
  }

  /** A key that runs an action, once, when a look-up has found it. */
  private static final class HookedKey {
    private final String name;
    private @Nullable Runnable whenFound;

    HookedKey(String name) {
      this.name = name;
    }

    static HookedKey lookingUp(String name, Runnable whenFound) {
      var key = new HookedKey(name);
      key.whenFound = whenFound;
      return key;
    }

    @Override
    public int hashCode() {
      return name.hashCode();
    }

    @Override
    public boolean equals(Object other) {
      boolean found = other instanceof HookedKey key && key.name.equals(name);
      Runnable action = whenFound;
      if (found && action != null) {
        whenFound = null;
        action.run();
      }
      return found;
    }
  }

  private static ConcurrentLru<HookedKey, String> hookedMap(long maxBytes, List<String> evicted) {
    return new ConcurrentLru<>(
        maxBytes, (key, value) -> value.length(), (key, value) -> evicted.add(value));
  }

  @Test
  void anEntryThatIsRemovedWhileItIsReadDoesNotComeBack() {
    var evictedValues = new ArrayList<String>();
    ConcurrentLru<HookedKey, String> map = hookedMap(3, evictedValues);
    map.put(new HookedKey("Tom"), "1");
    map.put(new HookedKey("Sam"), "2");

    String read =
        map.get(HookedKey.lookingUp("Tom", () -> assertNotNull(map.remove(new HookedKey("Tom")))));

    assertEquals("1", read, "the get found it first");
    map.resize(2); // brings the gets into the order
    assertNull(map.peek(new HookedKey("Tom")));
    assertEquals(new ConcurrentLru.Stats(1, 1, 0), map.stats());
    map.put(new HookedKey("Max"), "3");
    map.put(new HookedKey("Joe"), "4");
    assertEquals(List.of("2"), evictedValues);
    assertEquals(new ConcurrentLru.Stats(2, 2, 1), map.stats());
  }

  @Test
  void anEntryThatIsEvictedWhileItIsReadDoesNotComeBackNorMoveItsSuccessor() {
    var evictedValues = new ArrayList<String>();
    ConcurrentLru<HookedKey, String> map = hookedMap(2, evictedValues);
    map.put(new HookedKey("Tom"), "1");

    map.get(
        HookedKey.lookingUp(
            "Tom",
            () -> {
              map.put(new HookedKey("Sam"), "22"); // evicts Tom
              map.put(new HookedKey("Tom"), "3"); // evicts Sam
              map.put(new HookedKey("Max"), "4");
            }));
    map.put(new HookedKey("Joe"), "5"); // evicts the new Tom, used before Max

    assertEquals(List.of("1", "22", "3"), evictedValues);
    assertEquals(new ConcurrentLru.Stats(2, 2, 3), map.stats());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 100})
  void aGetTakesNoLock(int maxBytes) {
    ConcurrentLru<HookedKey, String> map = hookedMap(maxBytes, new ArrayList<>());
    map.put(new HookedKey("Tom"), "1");
    map.put(new HookedKey("Sam"), "2");
    var gets = new AtomicInteger();

    // A removal looks its key up under the lock.
    map.remove(
        HookedKey.lookingUp(
            "Tom",
            () ->
                atOnce(
                    () -> {
                      assertEquals("1", map.get(new HookedKey("Tom")));
                      assertEquals("2", map.get(new HookedKey("Sam")));
                      assertEquals("2", map.peek(new HookedKey("Sam")));
                      gets.incrementAndGet();
                    })));

    assertEquals(1, gets.get());
    assertEquals(new ConcurrentLru.Stats(1, 1, 0), map.stats());
  }

  @Test
  void theListenerIsCalledForEvictionsAloneOldestFirst() {
    ConcurrentLru<String, Item> map = map(4);
    putAll(map, "a", "b", "c", "d");
    map.put("a", new Item("a", 1));
    map.remove("b");
    assertFalse(map.put("c", new Item("c", 5)));
    assertEquals(List.of(), evictedKeys());

    putAll(map, "e", "f");
    map.put("g", new Item("g", 2));
    assertEquals(List.of("d", "a"), evictedKeys());

    map.resize(2);
    assertEquals(List.of("d", "a", "e", "f"), evictedKeys());
    assertBooks(map, 4);
  }

  @Test
  void theListenerRunsUnderNoLockWhenTheEntryHasLeft() {
    var self = new AtomicReference<ConcurrentLru<String, Item>>();
    var calls = new AtomicInteger();
    var map =
        new ConcurrentLru<String, Item>(
            1,
            (key, item) -> item.bytes,
            (key, item) -> {
              if (calls.getAndIncrement() == 0) {
                assertNull(self.get().peek(key));
                atOnce(
                    () -> {
                      assertBooks(self.get(), 1);
                      putAll(self.get(), "c");
                      self.get().remove("c");
                      self.get().resize(5);
                    });
              }
            });
    self.set(map);
    putAll(map, "a", "b");

    assertEquals(2, calls.get(), "for a, and for b that c evicted");
    assertBooks(map, 2);
  }

  @Test
  void theWeigherRunsUnderNoLock() {
    var self = new AtomicReference<ConcurrentLru<String, String>>();
    var map =
        new ConcurrentLru<String, String>(
            10,
            (key, value) -> {
              if (value.equals("outer")) {
                atOnce(() -> self.get().put("Sam", "inner"));
              }
              return value.length();
            },
            (key, value) -> {});
    self.set(map);

    map.put("Tom", "outer");

    assertEquals(new ConcurrentLru.Stats(10, 2, 0), map.stats());
  }

  @Test
  void theActionOfForEachRunsUnderNoLockAndMayChangeTheMap() {
    ConcurrentLru<String, Item> map = map(0);
    putAll(map, "a", "b", "c");

    map.forEach((key, item) -> atOnce(() -> assertTrue(map.remove(key, item))));

    assertBooks(map, 0);
    assertEquals(0, map.stats().size());
  }

  @Test
  void onlyTheVeryValueIsRemoved() {
    var map = new ConcurrentLru<String, String>(0, (key, value) -> 1, (key, value) -> {});
    String before = "630";
    map.put("Tom", before);
    String after = String.join("", "6", "30");
    map.put("Tom", after);

    assertFalse(map.remove("Tom", before));
    assertFalse(map.remove("Sam", after));
    assertSame(after, map.get("Tom"));
    assertTrue(map.remove("Tom", after));
    assertNull(map.get("Tom"));
  }

  @Test
  void aValueHeavierThanTheBoundRemovesItsPredecessorAndEvictsNothing() {
    ConcurrentLru<String, Item> map = map(3);
    putAll(map, "a", "b");

    assertFalse(map.put("a", new Item("a", 4)));
    assertFalse(map.put("c", new Item("c", Long.MAX_VALUE)));

    assertNull(map.peek("a"));
    assertNotNull(map.peek("b"));
    assertBooks(map, 0);
  }

  @Test
  void anOldWeightIsReplacedByTheNewOne() {
    ConcurrentLru<String, Item> map = map(10);
    for (long bytes : new long[] {3, 10, 0, 7, 7}) {
      map.put("a", new Item("a", bytes));
      assertEquals(new ConcurrentLru.Stats(bytes, 1, 0), map.stats());
    }
  }

  @Test
  void negativeBoundsAndWeightsAreRefusedAndChangeNothing() {
    var e = assertThrows(IllegalArgumentException.class, () -> map(-1));
    assertEquals("maxBytes: -1 (expected: >= 0)", e.getMessage());

    ConcurrentLru<String, Item> map = map(3);
    putAll(map, "a", "b");
    e = assertThrows(IllegalArgumentException.class, () -> map.resize(-1));
    assertEquals("maxBytes: -1 (expected: >= 0)", e.getMessage());
    e = assertThrows(IllegalArgumentException.class, () -> map.put("a", new Item("a", -1)));
    assertEquals("weight: -1 (expected: >= 0)", e.getMessage());
    assertBooks(map, 0);
    assertEquals(2, map.stats().size());
  }
}
