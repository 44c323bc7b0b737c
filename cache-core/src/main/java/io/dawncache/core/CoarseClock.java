package io.dawncache.core;

import java.util.function.LongSupplier;

/**
 * The time by which entries expire, read without a system call: a timer advances it, readers read a
 * field.
 */
final class CoarseClock {
  /*
   * The returned time is one tick ahead of the timer's last reading. So an entry ends up to a tick
   * early and, while the timer keeps up, never late. If the timer does not keep up, the process was
   * stopped or starved. The thread that advances the clock finds out by how much before any other
   * thread reads the new time.
   *
   * A clock by a user's ticker has no timer: it reads the ticker each time, so a test that moves the
   * ticker sees what follows at once, and no jump counts as a stop of the process.
   *
   * Time counts from the clock's own start, because nanoTime may be negative and overflow.
   */
  static final long TICK_NANOS = 10_000_000;

  /** A timer that is later than a busy machine explains: the process was stopped. */
  static final long STOPPED_NANOS = 20 * TICK_NANOS;

  /** The end of an entry that never ends. */
  static final long NEVER = Long.MAX_VALUE;

  private final LongSupplier nanoTime;
  private final long startNanos;
  private final boolean readsAlways;

  private volatile long readNanos;

  /** Makes a clock that a timer advances. */
  CoarseClock(LongSupplier nanoTime) {
    this(nanoTime, false);
  }

  /** Makes a clock that nobody need advance. */
  static CoarseClock by(Ticker ticker) {
    return new CoarseClock(ticker::nanos, true);
  }

  private CoarseClock(LongSupplier nanoTime, boolean readsAlways) {
    this.nanoTime = nanoTime;
    this.readsAlways = readsAlways;
    this.startNanos = nanoTime.getAsLong();
  }

  /**
   * Returns the time to compare ends with: at most one tick early, and late only with the timer.
   */
  long now() {
    return readsAlways ? exact() : readNanos + TICK_NANOS;
  }

  /** Reads the true time; for what happens once per load, fetch or message. */
  long exact() {
    return nanoTime.getAsLong() - startNanos;
  }

  /** Returns the end of a TTL that begins now; {@link #NEVER} for a TTL of {@link #NEVER}. */
  long endOf(long durationNanos) {
    return durationNanos == NEVER ? NEVER : end(exact(), durationNanos);
  }

  /** Returns how long ago the clock was advanced. */
  long behindNanos(long exact) {
    return readsAlways ? 0 : exact - readNanos;
  }

  /** Advances the clock to a reading of the true time. */
  void tick(long exact) {
    readNanos = exact;
  }

  /**
   * Returns {@code fromNanos + durationNanos}: {@link #NEVER} if that is too large for a long,
   * {@link Long#MIN_VALUE} if it is too small. A peer may send any TTL, so all times are added here
   * and subtracted in {@link #leftUntil}.
   */
  static long end(long fromNanos, long durationNanos) {
    long end = fromNanos + durationNanos;
    boolean overflows = ((fromNanos ^ end) & (durationNanos ^ end)) < 0;
    return overflows ? beyond(durationNanos) : end;
  }

  /**
   * Returns the time left until {@code endNanos}, negative if that is past; {@link #NEVER} if there
   * is no end. A result that does not fit in a long is the nearest long.
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
