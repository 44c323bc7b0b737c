package io.dawncache.server.wire;

import io.dawncache.core.Metadata;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What an answer holds beside its value: how long the value holds, how often it is asked for, and
 * what it is.
 *
 * @param minuteQps how often a minute other nodes ask for the key; 0 is not written
 * @param expireUnixNanos when the value expires, by the wall clock; 0, not written, means never
 * @param ttlNanos how long the value holds from now on; {@link Long#MAX_VALUE}, not written, means
 *     for ever
 * @param stale whether it has expired and the origin failed; false is not written
 * @param metadata the value's content type and ETag; null is not written
 */
public record Freshness(
    double minuteQps,
    long expireUnixNanos,
    long ttlNanos,
    boolean stale,
    @Nullable Metadata metadata) {
  /** Nothing beside the value, which holds for ever. */
  public static final Freshness NONE = new Freshness(0, 0, Long.MAX_VALUE, false);

  /** Makes one of a value without metadata. */
  public Freshness(double minuteQps, long expireUnixNanos, long ttlNanos, boolean stale) {
    this(minuteQps, expireUnixNanos, ttlNanos, stale, null);
  }

  /**
   * Returns what one of our nodes receives: the TTL that is left, since clocks may differ.
   *
   * @param left how long the value holds, null for ever
   */
  public static Freshness toOurs(@Nullable Duration left, boolean stale, double minuteQps) {
    return new Freshness(minuteQps, 0, left == null ? Long.MAX_VALUE : left.toNanos(), stale);
  }

  /** Returns this with the metadata of the value, which only our nodes receive. */
  public Freshness with(@Nullable Metadata metadata) {
    return metadata == null
        ? this
        : new Freshness(minuteQps, expireUnixNanos, ttlNanos, stale, metadata);
  }

  /**
   * Returns what all others receive: an instant of the wall clock, as in Go nodes; nothing if the
   * value holds for ever.
   */
  public static Freshness toOthers(@Nullable Duration left, InstantSource clock) {
    return left == null
        ? NONE
        : new Freshness(0, unixNanos(clock.instant().plus(left)), Long.MAX_VALUE, false);
  }

  /**
   * Returns whether the number of gets is written: as by protobuf's generated classes, which omit
   * 0.0, whose bits are all zero, but write -0.0.
   */
  public boolean hasMinuteQps() {
    return Double.doubleToRawLongBits(minuteQps) != 0;
  }

  /**
   * Returns how much is left at {@code now} of a TTL that ends at {@code expireUnixNanos}; 0 or
   * less if it is over.
   */
  static long ttlNanos(long expireUnixNanos, Instant now) {
    long nowUnixNanos = unixNanos(now);
    if (expireUnixNanos <= nowUnixNanos) {
      return 0;
    }
    long ttlNanos = expireUnixNanos - nowUnixNanos;
    return ttlNanos > 0 ? ttlNanos : Long.MAX_VALUE; // if now is before 1970 it may overflow
  }

  /** Returns the instant in nanoseconds since 1970, limited to the years 1677 to 2262. */
  private static long unixNanos(Instant moment) {
    try {
      return Math.addExact(
          Math.multiplyExact(moment.getEpochSecond(), 1_000_000_000L), moment.getNano());
    } catch (ArithmeticException e) {
      return moment.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }
}
