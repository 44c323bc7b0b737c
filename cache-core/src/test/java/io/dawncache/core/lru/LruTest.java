package io.dawncache.core.lru;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Values here are their own weight in bytes; keys weigh nothing. */
class LruTest {
  private final List<String> told = new ArrayList<>();
  private final Lru<String, Long> lru = lru(10);

  @AfterEach
  void theBooksAddUp() {
    assertBooks(lru);
  }

  @Test
  void whatWasPutIsFound() {
    assertNull(lru.get("a"));
    assertTrue(lru.put("a", 3L));

    assertEquals(3L, lru.get("a"));
    assertEquals(3, lru.bytes());
    assertEquals(1, lru.size());
  }

  @Test
  void theLeastRecentlyUsedGoesFirst() {
    putAll("a", "b", "c");
    lru.get("a");

    lru.put("d", 4L);

    assertEquals(List.of("d", "a", "c"), order(lru));
    assertEquals(List.of("b=3"), told);
  }

  @Test
  void peekingLeavesTheOrderAlone() {
    putAll("a", "b", "c");

    assertEquals(3L, lru.peek("a"));
    assertNull(lru.peek("x"));

    assertEquals(List.of("c", "b", "a"), order(lru));
  }

  @Test
  void whatIsFoundMayBeUsedLater() {
    putAll("a", "b", "c");
    assertNull(lru.find("x"));
    var found = lru.find("a");
    assertEquals(3L, found.value());
    assertEquals(List.of("c", "b", "a"), order(lru), "finding leaves the order alone");

    lru.use(found);
    lru.use(found);

    assertEquals(List.of("a", "c", "b"), order(lru));
  }

  @Test
  void whatLeftAfterItWasFoundDoesNotComeBackByItsUse() {
    putAll("a", "b");
    var left = lru.find("a");
    lru.remove("a");
    lru.use(left);
    assertEquals(List.of("b"), order(lru));

    lru.put("a", 4L);
    lru.use(left);

    assertEquals(List.of("a", "b"), order(lru));
    assertEquals(4L, lru.get("a"));
    assertEquals(3L, left.value());
  }

  @Test
  void whatWasOverwrittenAfterItWasFoundIsUsedWithItsNewValue() {
    putAll("a", "b");
    var found = lru.find("a");
    lru.put("a", 4L);
    lru.put("b", 4L);

    lru.use(found);

    assertEquals(4L, found.value());
    assertEquals(List.of("a", "b"), order(lru));
  }

  @Test
  void marksOrderAllEntriesAtOnceAndEqualMarksStayAsTheyStand() {
    Lru<String, Long> unbounded = lru(0);
    for (String key : List.of("a", "b", "c", "d", "e")) {
      unbounded.put(key, 1L);
    }
    unbounded.find("a").mark(Integer.MAX_VALUE);
    unbounded.find("d").mark(7);
    unbounded.find("c").mark(9);

    unbounded.orderByMarks();

    assertEquals(List.of("a", "c", "d", "e", "b"), order(unbounded));
    assertBooks(unbounded);
  }

  @Test
  void anEntryEvictsAsManyAsItNeedsOldestFirst() {
    putAll("a", "b", "c");

    assertTrue(lru.put("d", 7L));

    assertEquals(List.of("d", "c"), order(lru));
    assertEquals(List.of("a=3", "b=3"), told);
    assertEquals(2, lru.evictions());
  }

  @Test
  void aFullBudgetEvictsNothing() {
    lru.put("a", 4L);
    lru.put("b", 6L);

    assertEquals(10, lru.bytes());
    assertEquals(0, lru.evictions());
  }

  @Test
  void overwritingCorrectsTheWeightUpAndDown() {
    lru.put("a", 3L);
    lru.put("a", 8L);
    assertEquals(8, lru.bytes());

    lru.put("a", 1L);

    assertEquals(1, lru.bytes());
    assertEquals(1, lru.size());
    assertEquals(List.of(), told, "an overwritten entry is not purged");
  }

  @Test
  void overwritingMovesToTheFrontAndMayEvictOthersButNeverItself() {
    putAll("a", "b", "c");

    assertTrue(lru.put("a", 10L));

    assertEquals(List.of("a"), order(lru));
    assertEquals(List.of("b=3", "c=3"), told);
  }

  @Test
  void anEntryHeavierThanTheBudgetIsNotKeptAndEvictsNothing() {
    putAll("a", "b", "c");

    assertFalse(lru.put("d", 11L));

    assertEquals(List.of("c", "b", "a"), order(lru));
    assertEquals(List.of(), told);
    assertEquals(0, lru.evictions());
  }

  @Test
  void anEntryHeavierThanTheBudgetTakesItsOlderValueAlong() {
    putAll("a", "b");

    assertFalse(lru.put("a", Long.MAX_VALUE));

    assertNull(lru.get("a"));
    assertEquals(List.of("b"), order(lru));
    assertEquals(List.of("a=3"), told);
    assertEquals(0, lru.evictions(), "out of date, not evicted for weight");
  }

  @Test
  void removingAnswersTheValueAndTellsTheListener() {
    putAll("a", "b", "c");

    assertEquals(3L, lru.remove("b"));
    assertNull(lru.remove("b"));

    assertEquals(List.of("c", "a"), order(lru));
    assertEquals(List.of("b=3"), told);
    assertEquals(0, lru.evictions());
  }

  @Test
  void removingByKeyTakesAllThatMatchOldestFirst() {
    putAll("a", "b", "c");

    assertEquals(2, lru.removeIf(key -> !key.equals("b")));
    assertEquals(0, lru.removeIf(key -> false));

    assertEquals(List.of("b"), order(lru));
    assertEquals(List.of("a=3", "c=3"), told);
  }

  @Test
  void aPredicateThatThrowsLeavesWhatItDidNotChoose() {
    putAll("a", "b", "c");

    assertThrows(
        ArithmeticException.class,
        () ->
            lru.removeIf(
                key -> {
                  if (key.equals("b")) {
                    throw new ArithmeticException();
                  }
                  return true;
                }));

    assertEquals(List.of("c", "b"), order(lru));
    assertEquals(List.of("a=3"), told);
  }

  @Test
  void clearingTellsOfEveryEntry() {
    putAll("a", "b", "c");

    lru.clear();
    lru.clear();

    assertEquals(0, lru.size());
    assertEquals(0, lru.bytes());
    assertEquals(List.of("a=3", "b=3", "c=3"), told);
    assertEquals(0, lru.evictions());
    assertTrue(lru.put("a", 3L), "usable as before");
  }

  @Test
  void aListenerThatReentersSeesBooksThatAddUp() {
    var reentrant = new ArrayList<Lru<String, Long>>();
    var small =
        new Lru<String, Long>(
            10,
            (key, value) -> value,
            (key, value) -> {
              Lru<String, Long> self = reentrant.get(0);
              assertBooks(self);
              assertNull(self.peek(key));
              told.add(key + "=" + value);
              if (key.equals("a")) {
                self.put("a", 8L); // comes back and drives out d
              }
            });
    reentrant.add(small);
    small.put("a", 3L);
    small.put("b", 3L);

    assertTrue(small.put("d", 9L));

    assertEquals(List.of("a=3", "b=3", "d=9"), told, "each once, in the order of leaving");
    assertEquals(List.of("a"), order(small));
    assertEquals(3, small.evictions());
    assertBooks(small);
  }

  @Test
  void afterAListenerThatThrowsTheRestIsToldByTheNextChange() {
    var angry =
        new Lru<String, Long>(
            10,
            (key, value) -> value,
            (key, value) -> {
              told.add(key);
              if (key.equals("a")) {
                throw new IllegalStateException("no");
              }
            });
    angry.put("a", 3L);
    angry.put("b", 3L);

    assertThrows(IllegalStateException.class, () -> angry.put("c", 10L));
    assertBooks(angry);
    assertEquals(List.of("c"), order(angry));
    assertEquals(List.of("a"), told);

    angry.put("d", 10L);
    assertEquals(List.of("a", "b", "c"), told);
  }

  @Test
  void aMapWithoutBoundEvictsNothing() {
    Lru<String, Long> unbounded = lru(0);
    for (long i = 0; i < 1_000; i++) {
      assertTrue(unbounded.put("key-" + i, 1L << 40));
    }

    assertEquals(1_000L << 40, unbounded.bytes());
    assertEquals(0, unbounded.evictions());
    assertBooks(unbounded);
  }

  @Test
  void weightsNearTheLargestLongDoNotOverflow() {
    for (long maxBytes : new long[] {0, Long.MAX_VALUE}) {
      Lru<String, Long> huge = lru(maxBytes);
      huge.put("a", Long.MAX_VALUE - 1);
      huge.put("b", 1L);
      assertEquals(Long.MAX_VALUE, huge.bytes());

      assertTrue(huge.put("c", Long.MAX_VALUE));

      assertEquals(List.of("c"), order(huge));
      assertBooks(huge);
    }
  }

  @Test
  void entriesWithoutWeightStayUntilTheirTurn() {
    lru.put("empty", 0L);
    lru.put("a", 10L);
    assertEquals(List.of("a", "empty"), order(lru));

    lru.put("b", 10L);

    assertEquals(List.of("b"), order(lru));
    assertEquals(List.of("empty=0", "a=10"), told);
  }

  @Test
  void aSmallerBudgetEvictsOldestFirstAndALargerOneHoldsMore() {
    putAll("a", "b", "c");

    lru.resize(9);
    assertEquals(List.of(), told);
    lru.resize(5);
    assertEquals(List.of("a=3", "b=3"), told);
    assertEquals(2, lru.evictions());

    assertFalse(lru.put("d", 6L));
    lru.resize(9);
    assertTrue(lru.put("d", 6L));
    lru.resize(0);
    assertTrue(lru.put("e", Long.MAX_VALUE - 9));
    assertEquals(List.of("e", "d", "c"), order(lru));
  }

  @Test
  void aNegativeBudgetIsRefused() {
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

    var e = assertThrows(IllegalArgumentException.class, () -> lru.put("a", -1L));

    assertEquals("weight: -1 (expected: >= 0)", e.getMessage());
    assertEquals(List.of("b", "a"), order(lru));
    assertEquals(3L, lru.peek("a"));
  }

  @Test
  void aMapWithoutListenerEvictsInSilence() {
    var silent = new Lru<String, Long>(1, (key, value) -> value);
    silent.put("a", 1L);
    silent.put("b", 1L);

    assertEquals(List.of("b"), order(silent));
    assertEquals("Lru[1 entries, 1 of 1 bytes]", silent.toString());
  }

  @Test
  void tenThousandRandomStepsAgreeWithASimplerMap() {
    var random = new Random(17);
    var model = new LinkedHashMap<String, Long>(16, 0.75f, true); // from least to most recent
    for (int step = 0; step < 10_000; step++) {
      String key = "key-" + random.nextInt(12);
      switch (random.nextInt(8)) {
        case 0 -> assertEquals(model.remove(key), lru.remove(key));
        case 1, 2, 3 -> assertEquals(model.get(key), lru.get(key));
        default -> {
          long weight = random.nextInt(12);
          assertEquals(weight <= 10, lru.put(key, weight));
          model.remove(key);
          if (weight <= 10) {
            model.put(key, weight);
          }
          while (sum(model.values()) > 10) {
            model.remove(model.keySet().iterator().next());
          }
        }
      }
      var fromLeastRecent = order(lru);
      Collections.reverse(fromLeastRecent);
      assertEquals(List.copyOf(model.keySet()), fromLeastRecent);
      assertBooks(lru);
    }
  }

  private Lru<String, Long> lru(long maxBytes) {
    return new Lru<>(maxBytes, (key, value) -> value, (key, value) -> told.add(key + "=" + value));
  }

  /** Puts entries of 3 bytes each. */
  private void putAll(String... keys) {
    for (String key : keys) {
      lru.put(key, 3L);
    }
  }

  private static List<String> order(Lru<String, Long> lru) {
    var keys = new ArrayList<String>();
    lru.forEach((key, value) -> keys.add(key));
    return keys;
  }

  private static long sum(Iterable<Long> values) {
    long sum = 0;
    for (long value : values) {
      sum += value;
    }
    return sum;
  }

  private static void assertBooks(Lru<String, Long> lru) {
    var values = new ArrayList<Long>();
    lru.forEach(
        (key, value) -> {
          assertEquals(value, lru.peek(key));
          values.add(value);
        });
    assertEquals(values.size(), lru.size());
    assertEquals(sum(values), lru.bytes());
  }
}
