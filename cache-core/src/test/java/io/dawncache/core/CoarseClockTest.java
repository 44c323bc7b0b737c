package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Sums of times, of which a peer may name any. */
class CoarseClockTest {
  private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

  /** Extreme numbers, and others of all sizes. */
  private static long[] numbers() {
    long[] extreme = {
      Long.MIN_VALUE, Long.MIN_VALUE + 1, -1, 0, 1, Long.MAX_VALUE - 1, Long.MAX_VALUE
    };
    LongStream others = new Random(11).longs(200).map(number -> number >> (number & 63));
    return LongStream.concat(Arrays.stream(extreme), others).toArray();
  }

  private static long nearest(BigInteger number) {
    return number.max(LEAST).min(MOST).longValueExact();
  }

  @Test
  void anEndIsTheSumOrTheNearestNumber() {
    for (long from : numbers()) {
      for (long ttl : numbers()) {
        assertEquals(
            nearest(BigInteger.valueOf(from).add(BigInteger.valueOf(ttl))),
            CoarseClock.end(from, ttl),
            () -> from + " + " + ttl);
      }
    }
  }

  @Test
  void whatIsLeftIsTheDifferenceOrTheNearestNumberAndForEverStaysForEver() {
    for (long end : numbers()) {
      for (long now : numbers()) {
        long expected =
            end == CoarseClock.NEVER
                ? CoarseClock.NEVER
                : nearest(BigInteger.valueOf(end).subtract(BigInteger.valueOf(now)));
        long left = at(now).leftUntil(end);
        assertEquals(expected, left, () -> end + " - " + now);
      }
    }
  }

  @Test
  void whatLivesForEverCostsNoReadingOfTheClock() {
    AtomicInteger readings = new AtomicInteger();
    CoarseClock clock = new CoarseClock(readings::getAndIncrement);
    int atFirst = readings.get();

    assertEquals(CoarseClock.NEVER, clock.endOf(CoarseClock.NEVER));
    assertEquals(CoarseClock.NEVER, clock.leftUntil(CoarseClock.NEVER));

    assertEquals(atFirst, readings.get());
  }

  /** Returns a clock that was started at 0. */
  private static CoarseClock at(long now) {
    AtomicLong time = new AtomicLong();
    CoarseClock clock = new CoarseClock(time::get);
    time.set(now);
    return clock;
  }
}
