package io.dawncache.server.wire;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What an answer says beside its value: how long that holds, and how often it is asked for.
 *
 * @param minuteQps how often a minute other nodes ask for the key; 0 is not written
 * @param expireUnixNanos when the value stops being true, by the wall clock; 0, not written, means
 *     never
 * @param ttlNanos how long the value holds from now on; {@link Long#MAX_VALUE}, not written, means
 *     for ever
 * @param stale whether it has expired already and the origin failed; false is not written
 */
public record Freshness(double minuteQps, long expireUnixNanos, long ttlNanos, boolean stale) {
  /** Says nothing: the value holds for ever. */
  public static final Freshness NONE = new Freshness(0, 0, Long.MAX_VALUE, false);

  /**
   * Returns what one of our nodes is told: time that is left, for its clock may be wrong.
   *
   * @param left how long the value holds, null for ever
   */
  public static Freshness toOurs(@Nullable Duration left, boolean stale, double minuteQps) {
    return new Freshness(minuteQps, 0, left == null ? Long.MAX_VALUE : left.toNanos(), stale);
  }

  /**
   * Returns what everybody else is told, a moment of the wall clock as Go nodes have it; nothing if
   * the value holds for ever.
   */
  public static Freshness toOthers(@Nullable Duration left, InstantSource clock) {
    return left == null
        ? NONE
        : new Freshness(0, unixNanos(clock.instant().plus(left)), Long.MAX_VALUE, false);
  }

  /**
   * Returns how much is left at {@code now} of a TTL that ends at {@code expireUnixNanos}, 0 or
   * less if nothing is.
   */
  static long ttlNanos(long expireUnixNanos, Instant now) {
    long nowUnixNanos = unixNanos(now);
    if (expireUnixNanos <= nowUnixNanos) {
      return 0;
    }
    long ttlNanos = expireUnixNanos - nowUnixNanos;
    return ttlNanos > 0 ? ttlNanos : Long.MAX_VALUE; // before 1970 it may be too large
  }

  /**
   * Returns the moment in nanoseconds since 1970; what lies beyond the year 2262 or before 1677, as
   * that year.
   */
  private static long unixNanos(Instant moment) {
    try {
      return Math.addExact(
          Math.multiplyExact(moment.getEpochSecond(), 1_000_000_000L), moment.getNano());
    } catch (ArithmeticException e) {
      return moment.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }
}
