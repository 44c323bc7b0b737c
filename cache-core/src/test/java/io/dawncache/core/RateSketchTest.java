package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Rates by a clock that the tests move. */
class RateSketchTest {
  private static final long SMALLEST = 1; // byte of budget: the smallest sketch there is
  private static final long UNBOUNDED = 0;

  private long nowNanos = -5_000_000_000L; // nanoTime may begin anywhere
  private final RateSketch sketch = new RateSketch(UNBOUNDED, () -> nowNanos);

  private void pass(long millis) {
    nowNanos += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @Test
  void aKeyThatWasNeverCountedHasNoRate() {
    assertEquals(0, sketch.minuteQps("Tom"));
    assertEquals(0, sketch.count("Tom", 0));
    sketch.count("Sam", 1_000);
    assertEquals(0, sketch.minuteQps("Tom"));
  }

  @Test
  void countingAnswersTheRateWithTheseGetsIncluded() {
    pass(10_000);

    assertEquals(6 * 5, sketch.count("Tom", 5));
    assertEquals(6 * 12, sketch.count("Tom", 7));

    assertEquals(6 * 12, sketch.minuteQps("Tom"));
  }

  @Test
  void aSteadyRateIsRightFromTheFirstSecondsOn() {
    for (int tenth = 1; tenth <= 6_000; tenth++) {
      pass(100);
      double rate = sketch.count("Tom", 2);
      if (tenth >= 10) {
        assertEquals(1_200, rate, 5, "after " + tenth + " tenths of a second");
      }
    }
  }

  @Test
  void aRareKeyIsNotHalvedToNothing() {
    for (int quarter = 0; quarter < 40; quarter++) {
      pass(15_000);
      sketch.count("Tom", 1);
    }
    pass(15_000);

    assertEquals(4, sketch.minuteQps("Tom"), 0.2);
  }

  @Test
  void theFirstGetsOfAGroupAreNoAbsurdRate() {
    assertEquals(60, sketch.count("Tom", 1));
    pass(1);
    assertEquals(120, sketch.count("Tom", 1));
  }

  @Test
  void whatIsNoLongerAskedForIsHalvedEveryHalfMinute() {
    pass(30_000 - 1);
    sketch.count("Tom", 1_600);
    assertEquals(3_200, sketch.minuteQps("Tom"), 1);

    pass(1); // halved: 800 in 15 s
    assertEquals(3_200, sketch.minuteQps("Tom"), 1);
    pass(30_000); // 400 in 22.5 s
    assertEquals(400 * 60 / 22.5, sketch.minuteQps("Tom"), 1);
    pass(30_000); // 200 in 26.25 s
    assertEquals(200 * 60 / 26.25, sketch.minuteQps("Tom"), 1);
  }

  @Test
  void aLongPauseHalvesAsOftenAsManyShortOnes() {
    RateSketch watched = new RateSketch(UNBOUNDED, () -> nowNanos);
    for (RateSketch each : new RateSketch[] {sketch, watched}) {
      each.count("Tom", 100_000);
    }

    for (int i = 0; i < 7; i++) {
      pass(31_000);
      watched.minuteQps("Tom");
    }

    assertEquals(watched.minuteQps("Tom"), sketch.minuteQps("Tom"), 1e-6);
    assertTrue(sketch.minuteQps("Tom") > 0);
  }

  @Test
  void aPauseOfYearsLeavesNothingAndTheTimeAfterItCounts() {
    sketch.count("Tom", Long.MAX_VALUE);

    pass(TimeUnit.DAYS.toMillis(3_650));
    assertEquals(0, sketch.minuteQps("Tom"));

    for (int tenth = 1; tenth <= 3_000; tenth++) {
      pass(100);
      sketch.count("Tom", 2);
    }
    assertEquals(1_200, sketch.minuteQps("Tom"), 5);
  }

  @Test
  void aRateBeyondMeasureStaysAtTheMost() {
    pass(60_000);
    double most = sketch.count("Tom", Long.MAX_VALUE);

    assertEquals(most, sketch.count("Tom", Long.MAX_VALUE));
    assertTrue(most > 100e6, "a minute: " + most);
  }

  @Test
  void keysWithOneHashCodeAreToldApart() {
    assertEquals("AaAa".hashCode(), "BBBB".hashCode());

    sketch.count("AaAa", 1_000);

    assertEquals(0, sketch.minuteQps("BBBB"));
  }

  @Test
  void noRateIsTooLowAndThoseOfTheBusyAreRightHoweverManyKeysThereAre() {
    RateSketch small = new RateSketch(SMALLEST, () -> nowNanos);
    int keys = 20_000; // twenty to a counter
    var random = new Random(630);
    int[] counted = new int[keys];
    for (int i = 0; i < 1_000_000; i++) {
      int key = (int) Math.pow(keys, random.nextDouble()); // Zipf's law, as near as need be
      counted[key]++;
      small.count("key" + key, 1);
    }
    pass(29_000);

    double much = 0;
    for (int key = 1; key < keys; key++) {
      double gets = small.minuteQps("key" + key) * 29 / 60;
      assertTrue(gets > counted[key] - 0.01, "key" + key + ": " + gets);
      if (key <= 100) {
        assertEquals(counted[key], gets, 0.02 * counted[key], "key" + key);
      }
      much += gets - counted[key];
    }
    double shared = 1e6 / 1_024; // what others add to a counter if all of them always do
    assertTrue(much / keys < shared / 5, "too much for a key, on average: " + much / keys);
  }

  @Test
  void racingCountsAreNeverMoreThanThereWereAndTheNextOneIsExact() throws Exception {
    var threads = new ArrayList<Thread>();
    for (int t = 0; t < 4; t++) {
      String own = "own" + t;
      threads.add(
          new Thread(
              () -> {
                for (int i = 0; i < 10_000; i++) {
                  sketch.count("Tom", 1);
                  sketch.count(own, 1);
                }
              }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    pass(20_000);

    double counted = sketch.minuteQps("Tom") / 3;
    assertTrue(counted >= 1 && counted <= 40_000, "of 40,000: " + counted);
    assertEquals(3 * counted + 3, sketch.count("Tom", 1), 1e-6);
    for (int t = 0; t < 4; t++) {
      assertEquals(3 * 10_000, sketch.minuteQps("own" + t));
    }
  }
}
