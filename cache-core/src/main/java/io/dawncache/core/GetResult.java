package io.dawncache.core;

import org.jspecify.annotations.Nullable;

/**
 * How the get of one key among many ended: exactly one of the two is non-null.
 *
 * @param entry the value, or null
 * @param error why there is none: {@link NotFoundException}, {@link RejectedException}, {@link
 *     GetFailedException} or {@link OverloadedException}; or null
 */
public record GetResult(@Nullable Entry entry, @Nullable GetException error) {
  /** Refuses both and neither. */
  public GetResult {
    if ((entry == null) == (error == null)) {
      throw new IllegalArgumentException(
          "entry: " + entry + ", error: " + error + " (expected: one of them)");
    }
  }

  /** Returns whether there is a value. */
  public boolean isFound() {
    return entry != null;
  }

  /**
   * Returns the value's bytes.
   *
   * @throws GetException if there is none
   */
  public ByteView value() {
    if (entry == null) {
      throw error == null ? new IllegalStateException("no end") : error;
    }
    return entry.value();
  }
}
