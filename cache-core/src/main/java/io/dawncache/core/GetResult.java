package io.dawncache.core;

import org.jspecify.annotations.Nullable;

/**
 * The result of the get of one key among many: exactly one of the two is non-null.
 *
 * @param entry the value, or null
 * @param error why there is no value: {@link NotFoundException}, {@link RejectedException}, {@link
 *     GetFailedException} or {@link OverloadedException}; or null
 * @since 0.1.0
 */
public record GetResult(@Nullable Entry entry, @Nullable GetException error) {
  /** Rejects both and neither. */
  public GetResult {
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
   * {@return the value's bytes}
   *
   * @throws GetException if there is no value
   */
  public ByteView value() {
    if (entry == null) {
      throw error == null ? new IllegalStateException("no end") : error;
    }
    return entry.value();
  }
}
