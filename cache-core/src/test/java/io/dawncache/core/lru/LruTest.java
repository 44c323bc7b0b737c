package io.dawncache.core.lru;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Values here are their own weight in bytes; keys weigh nothing. */
class LruTest {
  private final Lru<String, Long> lru = lru(10);

  private static Lru<String, Long> lru(long maxBytes) {
    return new Lru<>(maxBytes, new AccessClock());
  }

  private boolean put(String key, long value) {
    return lru.put(key, value, value);
  }

  /** Puts entries of 3 bytes each. */
  private void putAll(String... keys) {
    for (String key : keys) {
      put(key, 3);
    }
  }

  /** Finds an entry and uses it at once. */
  private static @Nullable Long get(Lru<String, Long> lru, String key) {
    Lru.Entry<String, Long> found = lru.find(key);
    if (found == null) {
      return null;
    }
    if (!lru.mark(found)) {
      lru.use(found);
    }
    return found.value;
  }

  private @Nullable Long get(String key) {
    return get(lru, key);
  }

  /** Returns the keys from most to least recent, once the order is kept. */
  private static List<String> order(Lru<String, Long> lru) {
    var keys = new ArrayList<String>();
    for (Lru.Entry<String, Long> entry = lru.mostRecent; entry != null; entry = entry.older) {
      keys.add(entry.key);
    }
    return keys;
  }

  private static List<String> takeEvicted(Lru<String, Long> lru) {
    var evicted = new ArrayList<String>();
    for (var entry = lru.takeEvicted(); entry != null; entry = entry.newer) {
      evicted.add(entry.key + "=" + entry.value);
    }
    return evicted;
  }

  @AfterEach
  void theBooksAddUp() {
    assertBooks(lru);
  }

  /** List, map and sums hold the same. */
  private static void assertBooks(Lru<String, Long> lru) {
    Map<String, Long> inList = new HashMap<>();
    for (Lru.Entry<String, Long> entry = lru.mostRecent; entry != null; entry = entry.older) {
      assertNull(inList.put(entry.key, entry.value));
    }
    Map<String, Long> inMap = new HashMap<>();
    lru.forEach(inMap::put);

    assertEquals(inMap, inList);
    assertEquals(inMap.size(), lru.size());
    assertEquals(inMap.values().stream().mapToLong(value -> value).sum(), lru.bytes());
  }

  @Test
  void aValueThatWasPutIsFound() {
    assertNull(lru.find("a"));
    assertTrue(put("a", 3));

    assertEquals(3L, get("a"));
    assertEquals(3, lru.bytes());
    assertEquals(1, lru.size());
  }

  @Test
  void theLeastRecentlyUsedEntryIsEvictedFirst() {
    putAll("a", "b", "c");
    get("a");

    put("d", 4);

    assertEquals(List.of("d", "a", "c"), order(lru));
    assertEquals(List.of("b=3"), takeEvicted(lru));
  }

  @Test
  void anEntryThatIsFoundMovesToTheFrontWhenItIsUsed() {
    putAll("a", "b", "c");
    var found = lru.find("a");
    assertEquals(List.of("c", "b", "a"), order(lru), "finding leaves the order as it is");

    lru.use(found);
    assertEquals(List.of("a", "c", "b"), order(lru));

    lru.use(found);
    assertEquals(List.of("a", "c", "b"), order(lru));
  }

  @Test
  void anEntryThatLeftAfterItWasFoundDoesNotComeBackByItsUse() {
    putAll("a", "b");
    var removed = lru.find("a");
    lru.remove("a");
    lru.use(removed);
    assertEquals(List.of("b"), order(lru));

    put("a", 4);
    lru.use(removed);

    assertEquals(List.of("a", "b"), order(lru));
    assertEquals(4L, get("a"));
    assertEquals(3L, removed.value);
  }

  @Test
  void anEntryThatWasEvictedAfterItWasFoundDoesNotComeBackByItsUse() {
    putAll("a", "b");
    var evicted = lru.find("a");
    put("c", 5);

    lru.use(evicted);

    assertEquals(List.of("c", "b"), order(lru));
    assertEquals(List.of("a=3"), takeEvicted(lru));
  }

  @Test
  void anEntryThatWasOverwrittenAfterItWasFoundIsUsedWithItsNewValue() {
    putAll("a", "b");
    var found = lru.find("a");
    put("a", 4);
    put("b", 4);

    lru.use(found);

    assertEquals(4L, found.value);
    assertEquals(List.of("a", "b"), order(lru));
  }

  @Test
  void untilMoreThanHalfOfTheBoundIsUsedUsesAreMarkedAndThenTheyDecideTheOrder() {
    Lru<String, Long> large = lru(12);
    for (String key : List.of("a", "b", "c", "d")) {
      large.put(key, 1L, 1);
    }
    for (String key : List.of("c", "a", "d", "a")) {
      assertTrue(large.mark(large.find(key)));
    }
    large.put("b", 2L, 2);
    assertTrue(large.mark(large.find("c")));
    assertEquals(List.of("b", "d", "c", "a"), order(large), "in order of puts");

    large.put("e", 2L, 2); // 7 of 12

    assertEquals(List.of("e", "c", "b", "a", "d"), order(large));
    assertFalse(large.mark(large.find("a")));
    assertBooks(large);
  }

  @Test
  void aSmallerBoundThatIsMoreThanHalfUsedPutsTheEntriesInOrderBeforeItEvicts() {
    Lru<String, Long> large = lru(100);
    for (String key : List.of("a", "b", "c")) {
      large.put(key, 1L, 1);
    }
    large.mark(large.find("a"));

    large.resize(2);

    assertEquals(List.of("b=1"), takeEvicted(large));
    assertEquals(List.of("a", "c"), order(large));
    assertBooks(large);
  }

  @Test
  void theOrderIsKeptWhenTheNumbersEnd() {
    for (int left = 0; left < 8; left++) {
      Lru<String, Long> old = new Lru<>(100, new AccessClock(Integer.MAX_VALUE - left));
      for (String key : List.of("a", "b", "c")) {
        old.put(key, 1L, 1);
      }
      for (String key : List.of("b", "a", "b")) {
        get(old, key);
      }

      old.resize(1);

      assertEquals(List.of("c=1", "a=1"), takeEvicted(old), left + " numbers left");
    }
  }

  @Test
  void anEntryEvictsAsManyAsItNeedsOldestFirst() {
    putAll("a", "b", "c");

    assertTrue(put("d", 7));

    assertEquals(List.of("d", "c"), order(lru));
    assertEquals(List.of("a=3", "b=3"), takeEvicted(lru));
    assertEquals(2, lru.evictions());
  }

  @Test
  void evictedEntriesWaitInOrderUntilTheyAreTakenAndAreTakenOnce() {
    putAll("a", "b", "c", "d");
    put("e", 6);
    assertEquals(List.of("a=3", "b=3", "c=3"), takeEvicted(lru));
    assertEquals(List.of(), takeEvicted(lru));

    put("f", 2);
    assertEquals(List.of("d=3"), takeEvicted(lru));
  }

  @Test
  void aFullBudgetEvictsNothing() {
    put("a", 4);
    put("b", 6);

    assertEquals(10, lru.bytes());
    assertEquals(0, lru.evictions());
  }

  @Test
  void overwritingCorrectsTheWeightUpAndDown() {
    put("a", 3);
    put("a", 8);
    assertEquals(8, lru.bytes());

    put("a", 1);

    assertEquals(1, lru.bytes());
    assertEquals(1, lru.size());
    assertEquals(List.of(), takeEvicted(lru), "overwriting evicts nothing");
  }

  @Test
  void overwritingMovesToTheFrontAndMayEvictOthersButNeverItself() {
    putAll("a", "b", "c");

    assertTrue(put("a", 10));

    assertEquals(List.of("a"), order(lru));
    assertEquals(List.of("b=3", "c=3"), takeEvicted(lru));
  }

  @Test
  void anEntryHeavierThanTheBudgetIsNotKeptAndEvictsNothing() {
    putAll("a", "b", "c");

    assertFalse(put("d", 11));

    assertEquals(List.of("c", "b", "a"), order(lru));
    assertEquals(List.of(), takeEvicted(lru));
    assertEquals(0, lru.evictions());
  }

  @Test
  void anEntryHeavierThanTheBudgetRemovesItsOlderValue() {
    putAll("a", "b");

    assertFalse(put("a", Long.MAX_VALUE));

    assertNull(lru.find("a"));
    assertEquals(List.of("b"), order(lru));
    assertEquals(List.of(), takeEvicted(lru), "out of date, not evicted for weight");
    assertEquals(0, lru.evictions());
  }

  @Test
  void removingReturnsTheValueAndIsNoEviction() {
    putAll("a", "b", "c");

    assertEquals(3L, lru.remove("b"));
    assertNull(lru.remove("b"));

    assertEquals(List.of("c", "a"), order(lru));
    assertEquals(List.of(), takeEvicted(lru));
    assertEquals(0, lru.evictions());
  }

  @Test
  void aMapWithoutBoundEvictsNothing() {
    Lru<String, Long> unbounded = lru(0);
    for (long i = 0; i < 1_000; i++) {
      assertTrue(unbounded.put("key-" + i, 1L << 40, 1L << 40));
    }

    assertEquals(1_000L << 40, unbounded.bytes());
    assertEquals(0, unbounded.evictions());
    assertBooks(unbounded);
  }

  @Test
  void weightsNearTheLargestLongDoNotOverflow() {
    for (long maxBytes : new long[] {0, Long.MAX_VALUE}) {
      Lru<String, Long> huge = lru(maxBytes);
      huge.put("a", Long.MAX_VALUE - 1, Long.MAX_VALUE - 1);
      huge.put("b", 1L, 1);
      assertEquals(Long.MAX_VALUE, huge.bytes());

      assertTrue(huge.put("c", Long.MAX_VALUE, Long.MAX_VALUE));

      assertEquals(List.of("c"), order(huge));
      assertBooks(huge);
    }
  }

  @Test
  void entriesWithoutWeightStayUntilTheirTurn() {
    put("empty", 0);
    put("a", 10);
    assertEquals(List.of("a", "empty"), order(lru));

    put("b", 10);

    assertEquals(List.of("b"), order(lru));
    assertEquals(List.of("empty=0", "a=10"), takeEvicted(lru));
  }

  @Test
  void aSmallerBudgetEvictsOldestFirstAndALargerOneHoldsMore() {
    putAll("a", "b", "c");

    lru.resize(9);
    assertEquals(List.of(), takeEvicted(lru));
    lru.resize(5);
    assertEquals(List.of("a=3", "b=3"), takeEvicted(lru));
    assertEquals(2, lru.evictions());

    assertFalse(put("d", 6));
    lru.resize(9);
    assertTrue(put("d", 6));
    lru.resize(0);
    assertTrue(put("e", Long.MAX_VALUE - 9));
    assertEquals(List.of("e", "d", "c"), order(lru));
  }

  @Test
  void aNegativeBudgetIsRefusedAndChangesNothing() {
    var e = assertThrows(IllegalArgumentException.class, () -> lru(-1));
    assertEquals("maxBytes: -1 (expected: >= 0)", e.getMessage());

    putAll("a", "b", "c");
    e = assertThrows(IllegalArgumentException.class, () -> lru.resize(-1));
    assertEquals("maxBytes: -1 (expected: >= 0)", e.getMessage());
    assertEquals(9, lru.bytes());
  }

  @Test
  void aNegativeWeightIsRefusedAndChangesNothing() {
    putAll("a", "b");

    var e = assertThrows(IllegalArgumentException.class, () -> put("a", -1));

    assertEquals("weight: -1 (expected: >= 0)", e.getMessage());
    assertEquals(List.of("b", "a"), order(lru));
    assertEquals(3L, lru.find("a").value);
  }

  @Test
  void tenThousandRandomStepsAgreeWithASimplerMap() {
    var random = new Random(17);
    var model = new LinkedHashMap<String, Long>(16, 0.75f, true); // from least to most recent
    for (int step = 0; step < 10_000; step++) {
      String key = "key-" + random.nextInt(12);
      switch (random.nextInt(8)) {
        case 0 -> assertEquals(model.remove(key), lru.remove(key));
        case 1, 2, 3 -> assertEquals(model.get(key), get(key));
        default -> {
          long weight = random.nextInt(12);
          assertEquals(weight <= 10, put(key, weight));
          model.remove(key);
          if (weight <= 10) {
            model.put(key, weight);
          }
          var modelEvicted = new ArrayList<String>();
          while (model.values().stream().mapToLong(value -> value).sum() > 10) {
            String eldest = model.keySet().iterator().next();
            modelEvicted.add(eldest + "=" + model.remove(eldest));
          }
          assertEquals(modelEvicted, takeEvicted(lru));
        }
      }
      var fromLeastRecent = order(lru);
      Collections.reverse(fromLeastRecent);
      assertEquals(List.copyOf(model.keySet()), fromLeastRecent);
      assertBooks(lru);
    }
  }
}
