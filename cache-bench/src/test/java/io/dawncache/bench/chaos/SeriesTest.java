package io.dawncache.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class SeriesTest {
  @Test
  void requestsAreDueAtEqualDistances() {
    Series series = Series.endless(3, () -> 7);
    series.startAt(1000);

    assertEquals(1000, series.nextNanos());
    assertEquals(7, series.take());
    assertEquals(1000 + 333_333_333, series.nextNanos());
    series.take();
    series.take();
    assertEquals(1000 + 1_000_000_000, series.nextNanos(), "a third of a second does not add up");
  }

  @Test
  void aSweepTakesEachKeyOnceAndEndsWhenTheLastIsAnswered() {
    Series sweep = Series.sweep(1000, 3);
    for (int key = 0; key < 3; key++) {
      assertFalse(sweep.isAllSent());
      assertEquals(key, sweep.take());
    }
    assertTrue(sweep.isAllSent());

    sweep.oneIsOver();
    sweep.oneIsOver();
    assertFalse(sweep.ended().isDone());
    sweep.oneIsOver();
    assertTrue(sweep.ended().isDone());
  }

  @Test
  void oneWithoutAnEndEndsWhenWhatWasSentIsAnswered() {
    Series series = Series.endless(1000, () -> 0);
    series.take();
    series.take();
    series.oneIsOver();

    series.end();

    assertTrue(series.isAllSent());
    assertFalse(series.ended().isDone());
    series.oneIsOver();
    assertTrue(series.ended().isDone());
  }

  @Test
  void oneThatHasNothingOnItsWayEndsAtOnce() {
    Series series = Series.endless(1000, () -> 0);
    series.end();
    assertTrue(series.ended().isDone());
  }
}
