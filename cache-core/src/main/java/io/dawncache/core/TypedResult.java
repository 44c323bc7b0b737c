package io.dawncache.core;

import org.jspecify.annotations.Nullable;

/**
 * The result of the get of one key among many of a {@link TypedGroup}: exactly one of the two is
 * non-null.
 *
 * @param entry the value, or null
 * @param error why there is no value: an error of a {@link GetResult}, or a {@link CodecException};
 *     or null
 * @param <T> the type of the values
 * @since 0.1.0
 */
public record TypedResult<T>(@Nullable TypedEntry<T> entry, @Nullable RuntimeException error) {
  /** Rejects both and neither. */
  public TypedResult {
    if ((entry == null) == (error == null)) {
      throw new IllegalArgumentException(
          "entry: " + entry + ", error: " + error + " (expected: one of them)");
    }
  }

  /** {@return whether there is a value} */
  public boolean isFound() {
    return entry != null;
  }

  /**
   * {@return the value}
   *
   * @throws GetException if there is none
   * @throws CodecException if it could not be decoded
   */
  public T value() {
    if (entry == null) {
      throw error == null ? new IllegalStateException("no end") : error;
    }
    return entry.value();
  }
}
