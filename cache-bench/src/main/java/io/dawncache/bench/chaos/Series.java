package io.dawncache.bench.chaos;

import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;

/**
 * Requests that are due at equal distances of time, whether earlier ones are answered or not.
 * Belongs to the event loop of an {@link OpenLoad}, except for {@link #ended}.
 */
final class Series {
  private final double periodNanos;
  private final IntSupplier keys;
  private long count; // how many there are at most
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private long startNanos;
  private long due; // how many have been due
  private long over; // how many have ended

  private Series(double rate, IntSupplier keys, long count) {
    this.periodNanos = 1e9 / rate;
    this.keys = keys;
    this.count = count;
  }

  /** Returns requests without an end. */
  static Series endless(double rate, IntSupplier keys) {
    return new Series(rate, keys, Long.MAX_VALUE);
  }

  /** Returns requests for each key once. */
  static Series sweep(double rate, int keys) {
    int[] next = {0};
    return new Series(rate, () -> next[0]++, keys);
  }

  /** Completes when the last request has ended. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  void startAt(long nanos) {
    startNanos = nanos;
  }

  /** Has no further request due. */
  void end() {
    count = due;
    if (over == count) {
      ended.complete(null);
    }
  }

  boolean isAllSent() {
    return due == count;
  }

  /** Returns when the next request is due. */
  long nextNanos() {
    return startNanos + (long) (due * periodNanos);
  }

  /** Takes the next request, and returns its key. */
  int take() {
    due++;
    return keys.getAsInt();
  }

  void oneIsOver() {
    over++;
    if (over == count) {
      ended.complete(null);
    }
  }
}
