package io.dawncache.core;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A user's change of one key, as its node sends it to the key's owner.
 *
 * @param group the group's name, never empty
 * @param key the key, never empty
 * @param value the value that the owner is to hold; null to remove
 * @param ttlNanos the value's TTL from now on, more than 0; {@link Long#MAX_VALUE} for ever
 * @since 0.1.0
 */
public record Operation(String group, String key, @Nullable ByteView value, long ttlNanos) {
  /** Rejects nulls, except for the value, and a TTL that is not positive. */
  public Operation {
    Objects.requireNonNull(group, "group");
    Objects.requireNonNull(key, "key");
    if (ttlNanos <= 0) {
      throw new IllegalArgumentException("ttlNanos: " + ttlNanos + " (expected: > 0)");
    }
  }

  /**
   * {@return the removal of a key}
   *
   * @param group the name of a group
   * @param key the key that is changed
   */
  public static Operation remove(String group, String key) {
    return new Operation(group, key, null, Long.MAX_VALUE);
  }

  /**
   * {@return the put of a value that holds for {@code ttlNanos}}
   *
   * @param group the name of a group
   * @param key the key that is changed
   * @param value the new value
   * @param ttlNanos how long it holds, in nanoseconds
   */
  public static Operation put(String group, String key, ByteView value, long ttlNanos) {
    return new Operation(group, key, Objects.requireNonNull(value, "value"), ttlNanos);
  }

  /**
   * Returns what is left of this change after it has waited for {@code nanos}, at least 0: the TTL
   * of a put is shorter by that, and a put whose TTL is over is a removal.
   */
  Operation after(long nanos) {
    if (value == null || ttlNanos == Long.MAX_VALUE) {
      return this;
    }
    return nanos < ttlNanos ? put(group, key, value, ttlNanos - nanos) : remove(group, key);
  }
}
