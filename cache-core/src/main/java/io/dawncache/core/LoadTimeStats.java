package io.dawncache.core;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long the ended loads of a group took, whatever their result; immutable. Percentiles are the
 * upper bounds of buckets, at most 12.5 % too long.
 *
 * @since 0.1.0
 */
public final class LoadTimeStats {
  private final long[] counts;
  private final long total;
  private final long totalNanos;

  LoadTimeStats(long[] counts, long totalNanos) {
    this.counts = counts;
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    this.total = sum;
    this.totalNanos = totalNanos;
  }

  /** {@return how many loads there were} */
  public long count() {
    return total;
  }

  /** {@return the times of all loads together} */
  public Duration totalTime() {
    return Duration.ofNanos(totalNanos);
  }

  /**
   * {@return the time within which {@code percent} of all loads ended; zero if there were none}
   *
   * @param percent the percentage of all loads
   * @throws IllegalArgumentException unless {@code 0 < percent <= 100}
   */
  public Duration percentile(double percent) {
    if (!(percent > 0 && percent <= 100)) {
      throw new IllegalArgumentException("percent: " + percent + " (expected: > 0, <= 100)");
    }
    long rank = (long) Math.ceil(total * percent / 100);
    long seen = 0;
    for (int i = 0; i < counts.length && total > 0; i++) {
      seen += counts[i];
      if (seen >= rank) {
        return Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(LoadTimes.upperMicros(i)));
      }
    }
    return Duration.ZERO;
  }

  @Override
  public String toString() {
    return "LoadTimeStats["
        + total
        + " loads, p50 "
        + percentile(50)
        + ", p99 "
        + percentile(99)
        + "]";
  }
}
