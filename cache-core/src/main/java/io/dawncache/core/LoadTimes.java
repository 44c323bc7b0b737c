package io.dawncache.core;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * How long loads took: a histogram from a microsecond on, with eight buckets for each power of two.
 * Safe for use by any thread; recording takes no lock.
 */
final class LoadTimes {
  /*
   * A time of n bits in microseconds belongs to one of the eight buckets of its power of two, by n
   * - 1 and by the three bits after the first: a bucket's upper bound is at most 12.5 % above its
   * times.
   */
  private static final int BITS = 3;
  private static final int BUCKETS = (64 - BITS) << BITS;

  private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);
  private final LongAdder totalNanos = new LongAdder();

  void record(long nanos) {
    totalNanos.add(Math.max(0, nanos));
    counts.incrementAndGet(bucket(Math.max(0, nanos) / 1_000));
  }

  LoadTimeStats snapshot() {
    long[] snapshot = new long[BUCKETS];
    for (int i = 0; i < BUCKETS; i++) {
      snapshot[i] = counts.get(i);
    }
    return new LoadTimeStats(snapshot, totalNanos.sum());
  }

  static int bucket(long micros) {
    if (micros < 1 << BITS) {
      return (int) micros;
    }
    int shift = 63 - Long.numberOfLeadingZeros(micros) - BITS;
    return (shift << BITS) + (int) (micros >>> shift);
  }

  /** Returns the largest number of microseconds that belongs to the bucket. */
  static long upperMicros(int bucket) {
    if (bucket < 2 << BITS) {
      return bucket;
    }
    int shift = (bucket >>> BITS) - 1;
    return ((((bucket & ((1L << BITS) - 1)) | (1L << BITS)) + 1) << shift) - 1;
  }
}
