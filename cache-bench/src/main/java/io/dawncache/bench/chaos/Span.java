package io.dawncache.bench.chaos;

/**
 * A part of a run.
 *
 * @param fromNanos its begin, by {@link System#nanoTime}
 * @param toNanos its end, which is not a part of it
 */
record Span(long fromNanos, long toNanos) {
  boolean contains(long nanos) {
    return nanos - fromNanos >= 0 && nanos - toNanos < 0;
  }

  double seconds() {
    return (toNanos - fromNanos) / 1e9;
  }
}
