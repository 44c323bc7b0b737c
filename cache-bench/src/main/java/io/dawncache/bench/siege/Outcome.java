package io.dawncache.bench.siege;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** What became of the gets that were due in one part of a scene. Safe for use by any thread. */
final class Outcome {
  /** An answer that comes later than this is of no use to a caller. */
  static final long USEFUL_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A get that is sent this much later than it was due was not sent when it should have been. */
  static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final long MOST_NANOS = TimeUnit.MINUTES.toNanos(2);
  private static final int DIGITS = 3;

  @GuardedBy("this")
  private final Histogram latencies = new Histogram(MOST_NANOS, DIGITS);

  @GuardedBy("this")
  private final Map<String, Long> failures = new TreeMap<>();

  @GuardedBy("this")
  private long due;

  @GuardedBy("this")
  private long late;

  @GuardedBy("this")
  private long waited;

  @GuardedBy("this")
  private long useful;

  @GuardedBy("this")
  private long refused;

  @GuardedBy("this")
  private long ended;

  /** One more get is due, and was sent this much later. */
  synchronized void sent(long lateNanos) {
    due++;
    late += lateNanos > LATE_NANOS ? 1 : 0;
  }

  /** A get that is due found no connection free. */
  synchronized void waits() {
    waited++;
  }

  /** A get was answered with the right value. */
  synchronized void answered(long latencyNanos) {
    latencies.recordValue(Math.min(MOST_NANOS, Math.max(1, latencyNanos)));
    useful += latencyNanos <= USEFUL_NANOS ? 1 : 0;
    end();
  }

  /** A get was refused as a node in overload does: with 503, and when to come back. */
  synchronized void refused() {
    refused++;
    end();
  }

  synchronized void failed(String reason) {
    failures.merge(reason, 1L, Long::sum);
    end();
  }

  @GuardedBy("this")
  private void end() {
    ended++;
    notifyAll();
  }

  /**
   * Waits until that many gets have ended, or for this long.
   *
   * @return whether they have
   */
  synchronized boolean awaitEnded(long count, long millis) throws InterruptedException {
    long deadline = deadline(millis);
    for (long left = millis; ended < count && left > 0; left = leftMillis(deadline)) {
      wait(left);
    }
    return ended >= count;
  }

  /** Waits until a get was refused, or for this long. */
  synchronized void awaitRefused(long millis) throws InterruptedException {
    long deadline = deadline(millis);
    for (long left = millis; refused == 0 && left > 0; left = leftMillis(deadline)) {
      wait(left);
    }
  }

  private static long deadline(long millis) {
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private static long leftMillis(long deadline) {
    return TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
  }

  synchronized long due() {
    return due;
  }

  /** Returns how many were answered with the right value within a second. */
  synchronized long useful() {
    return useful;
  }

  synchronized long refusals() {
    return refused;
  }

  /** Returns how many ended in another way than with the right value, however late. */
  synchronized long failures() {
    return refused + unexpected();
  }

  /** Returns how many ended in another way than with the right value or as refused. */
  synchronized long unexpected() {
    return failures.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns why gets failed, and how often, in words; empty if none did. */
  synchronized String reasons() {
    return failures.entrySet().stream()
        .map(failure -> failure.getValue() + " x " + failure.getKey())
        .collect(Collectors.joining(", "));
  }

  /** Returns the part of the gets that the sender was ready to send when they were due. */
  synchronized double sentInTime() {
    return due == 0 ? 0 : (double) (due - late) / due;
  }

  /** Returns the part that was sent when due, and did not wait for a free connection either. */
  synchronized double sentAtOnce() {
    return due == 0 ? 0 : (double) Math.max(0, due - late - waited) / due;
  }

  /** Returns the latency of those that were answered with the right value, from when due. */
  synchronized long percentile(double percent) {
    return latencies.getValueAtPercentile(percent);
  }
}
