package io.dawncache.core;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An owner's measure of how many gets per minute the other nodes make of each of its keys, in a
 * fixed size for any number of keys.
 *
 * <p>The result is an estimate over about the last minute, in which new gets weigh more than old
 * ones. It is right for a steady rate from the first second on. It is too high for a key that
 * shares all its counters with busier keys, up to twice too high while counters are being halved,
 * and too low by the gets that threads count for one key at the same instant. Safe for use by any
 * thread; no thread waits for another.
 */
final class RateSketch {
  /*
   * A count-min sketch (Cormode and Muthukrishnan 2005): a key has one counter in each of four
   * rows. Its count is the smallest of the four, because keys that share a counter only add to it.
   * A count raises the four counters only up to the new smallest value (conservative update, Estan
   * and Varghese 2002), so that rare keys do not inherit the counts of frequent ones.
   *
   * After every period all counters are halved, and so is the time in which they were counted:
   *
   *   count = gets of this period + 1/2 of the gets of the last one + 1/4 of the one before ...
   *   time  = time into this one  + 1/2 period                      + 1/4 period ...
   *
   * So a steady rate is count / time from the start; a fixed divisor would give too low a rate for
   * minutes. The first thread after a pause of n periods shifts by n, so a pause needs no timer.
   *
   * Races. A thread adds the difference that it found between a counter and its target, so threads
   * that count one key at the same time add up. If one thread reads between the four steps of
   * another, one of the two counts may be lost. One thread wins the change of period and halves
   * while others still count:
   *   1. A publishes the new period, whose time is halved;
   *   2. B reads a counter that A has not reached yet, and returns up to twice the rate;
   *   3. B raises it while A halves it, and one of the two writes may be lost: plain writes make
   *      this pass, which runs on an event loop, ten times shorter.
   * This takes a fraction of a millisecond every thirty seconds.
   */
  private static final int ROWS = 4;
  private static final int MIN_WIDTH = 1 << 10;
  private static final int MAX_WIDTH = 1 << 16;

  /** One byte of counters for this many bytes of the group's budget. */
  private static final int BUDGET_SHARE = 256;

  private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** The shortest time for a rate: one get in a group's first millisecond is no rate. */
  private static final long MIN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final double NANOS_A_MINUTE = TimeUnit.MINUTES.toNanos(1);

  /**
   * Counters are in sixteenths of a get, so that halving does not reduce a rare key to 0 at once.
   */
  private static final int UNITS_A_GET = 16;

  private static final long MAX_GETS = Integer.MAX_VALUE / UNITS_A_GET;

  private static final AtomicReferenceFieldUpdater<RateSketch, Period> PERIOD =
      AtomicReferenceFieldUpdater.newUpdater(RateSketch.class, Period.class, "period");

  private final int width;
  private final LongSupplier nanoTime;

  @SuppressWarnings("FieldCanBeFinal") // PERIOD sets it
  private volatile Period period;

  /** The rows, one after the other; made at the first count, because many groups have no peers. */
  private volatile @Nullable AtomicIntegerArray counters;

  /**
   * Makes a sketch without counts; its time begins now.
   *
   * @param maxBytes the group's budget, 0 for unbounded; the counters take 1/256 of it, but at
   *     least 16 KiB and at most 1 MiB
   */
  RateSketch(long maxBytes, LongSupplier nanoTime) {
    long affordable = maxBytes / BUDGET_SHARE / ROWS / Integer.BYTES;
    this.width =
        maxBytes == 0
            ? MAX_WIDTH
            : (int) Long.highestOneBit(Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, affordable)));
    this.nanoTime = nanoTime;
    this.period = new Period(nanoTime.getAsLong(), 0);
  }

  /**
   * Counts {@code gets} of {@code key} and returns its rate per minute, including these.
   *
   * @param gets at least 0; above some millions a second the rate does not rise further
   */
  double count(String key, long gets) {
    AtomicIntegerArray counters = makeCounters();
    long nanos = nanosAfterHalving(counters);
    long hash = hash(key);
    int[] read = new int[ROWS];
    int least = Integer.MAX_VALUE;
    for (int row = 0; row < ROWS; row++) {
      read[row] = counters.get(index(hash, row));
      least = Math.min(least, read[row]);
    }
    int counted = sum(least, units(gets));
    for (int row = 0; row < ROWS; row++) {
      if (read[row] < counted) {
        counters.accumulateAndGet(index(hash, row), counted - read[row], RateSketch::sum);
      }
    }
    return perMinute(counted, nanos);
  }

  /** Returns the gets per minute of {@code key}; counts nothing. */
  double minuteQps(String key) {
    AtomicIntegerArray counters = this.counters;
    if (counters == null) {
      return 0;
    }
    long nanos = nanosAfterHalving(counters);
    long hash = hash(key);
    int least = Integer.MAX_VALUE;
    for (int row = 0; row < ROWS; row++) {
      least = Math.min(least, counters.get(index(hash, row)));
    }
    return perMinute(least, nanos);
  }

  private AtomicIntegerArray makeCounters() {
    AtomicIntegerArray made = counters;
    if (made == null) {
      synchronized (this) { // once per group
        made = counters;
        if (made == null) {
          made = new AtomicIntegerArray(ROWS * width);
          counters = made;
        }
      }
    }
    return made;
  }

  /**
   * Halves the counters if that is due; returns the time in which their present counts were
   * counted.
   */
  private long nanosAfterHalving(AtomicIntegerArray counters) {
    long now = nanoTime.getAsLong();
    Period present = period;
    long over = present.over(now);
    if (over > 0 && PERIOD.compareAndSet(this, present, present.after(over))) {
      int shift = (int) Math.min(over, Integer.SIZE - 1);
      for (int i = 0; i < counters.length(); i++) {
        counters.setPlain(i, counters.getPlain(i) >> shift);
      }
    }
    return period.nanos(now);
  }

  private static double perMinute(int units, long nanos) {
    return units * (NANOS_A_MINUTE / UNITS_A_GET) / Math.max(nanos, MIN_NANOS);
  }

  private static int units(long gets) {
    return gets > MAX_GETS ? Integer.MAX_VALUE : (int) gets * UNITS_A_GET;
  }

  private static int sum(int counter, int units) {
    return (int) Math.min(Integer.MAX_VALUE, (long) counter + units);
  }

  /** Returns the index of the key's counter in a row: the two halves of one hash give all rows. */
  private int index(long hash, int row) {
    int step = (int) (hash >>> 32) | 1;
    return row * width + (((int) hash + row * step) & (width - 1));
  }

  /**
   * Hashes all characters to 64 bits: keys with equal hash codes are common, and would count as
   * one.
   */
  static long hash(String key) {
    long hash = key.length();
    for (int i = 0; i < key.length(); i++) {
      hash = (hash ^ key.charAt(i)) * 0x9E3779B97F4A7C15L; // odd, so nothing is lost
    }
    hash = (hash ^ (hash >>> 33)) * 0xFF51AFD7ED558CCDL; // MurmurHash3's finalizer
    hash = (hash ^ (hash >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return hash ^ (hash >>> 33);
  }

  /**
   * The time between two halvings.
   *
   * @param beganNanos when it began
   * @param nanosBefore the time before it, after all halvings
   */
  private record Period(long beganNanos, long nanosBefore) {
    /** Returns how many periods have ended since this one began. */
    long over(long now) {
      return Math.max(0, now - beganNanos) / PERIOD_NANOS;
    }

    /** Returns the period that begins after {@code over} periods. */
    Period after(long over) {
      long shortOfPeriod = (nanosBefore - PERIOD_NANOS) >> Math.min(over, Long.SIZE - 1);
      return new Period(beganNanos + over * PERIOD_NANOS, PERIOD_NANOS + shortOfPeriod);
    }

    /** Returns the time in which the counts were counted, halved like them. */
    long nanos(long now) {
      return nanosBefore + Math.max(0, now - beganNanos);
    }
  }
}
