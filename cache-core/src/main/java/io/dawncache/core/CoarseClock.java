package io.dawncache.core;

import java.util.function.LongSupplier;

/**
 * The time by which entries live, read without a system call: a timer moves it on, readers look at
 * a field.
 */
final class CoarseClock {
  /*
   * Told time is one tick ahead of what the timer last read, so an entry ends up to a tick early
   * and, while the timer keeps up, never late. When the timer does not keep up the process was
   * stopped or starved; whoever moves the clock on sees by how much, before anybody is told the new
   * time.
   *
   * Time is counted from the clock's own start: nanoTime may be negative and wrap.
   */
  static final long TICK_NANOS = 10_000_000;

  /** The timer is late by more than load explains: the process was stopped. */
  static final long STOPPED_NANOS = 20 * TICK_NANOS;

  /** The end of what has none. */
  static final long NEVER = Long.MAX_VALUE;

  private final LongSupplier nanoTime;
  private final long startNanos;

  private volatile long readNanos;

  CoarseClock(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.startNanos = nanoTime.getAsLong();
  }

  /** Returns the present time for an entry's end: at most one tick early, late with the timer. */
  long now() {
    return readNanos + TICK_NANOS;
  }

  /** Reads the true time; for what happens once a load, a fetch or a message. */
  long exact() {
    return nanoTime.getAsLong() - startNanos;
  }

  /** Returns the end of what begins now; {@link #NEVER} for what lives so long. */
  long endOf(long durationNanos) {
    return durationNanos == NEVER ? NEVER : end(exact(), durationNanos);
  }

  /** Returns how long ago the clock was moved on. */
  long behindNanos(long exact) {
    return exact - readNanos;
  }

  /** Moves the clock on to a reading of the true time. */
  void tick(long exact) {
    readNanos = exact;
  }

  /**
   * Returns {@code fromNanos + durationNanos}: {@link #NEVER} where that is too large for a long,
   * {@link Long#MIN_VALUE} where it is too small. A peer may name any TTL, so all sums of times are
   * made here and in {@link #leftUntil}.
   */
  static long end(long fromNanos, long durationNanos) {
    long end = fromNanos + durationNanos;
    boolean overflows = ((fromNanos ^ end) & (durationNanos ^ end)) < 0;
    return overflows ? beyond(durationNanos) : end;
  }

  /**
   * Returns how much time is left until {@code endNanos}, negative if that is past; {@link #NEVER}
   * if there is no end. What does not fit in a long is the nearest long.
   */
  long leftUntil(long endNanos) {
    return endNanos == NEVER ? NEVER : left(endNanos, exact());
  }

  private static long left(long endNanos, long nowNanos) {
    long left = endNanos - nowNanos;
    boolean overflows = ((endNanos ^ nowNanos) & (endNanos ^ left)) < 0;
    return overflows ? beyond(endNanos) : left;
  }

  private static long beyond(long sign) {
    return sign < 0 ? Long.MIN_VALUE : NEVER;
  }
}
