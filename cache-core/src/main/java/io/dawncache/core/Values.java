package io.dawncache.core;

import org.jspecify.annotations.Nullable;

/** Checks values. */
final class Values {
  private Values() {}

  /** Returns what is wrong with the length of {@code value}, or null. */
  static @Nullable String fault(@Nullable ByteView value, int maxBytes) {
    return value == null || value.length() <= maxBytes
        ? null
        : "value: " + value.length() + " bytes (expected: <= " + maxBytes + ")";
  }

  /** Rejects a value that is longer than {@code maxBytes}. */
  static void check(@Nullable ByteView value, int maxBytes) {
    String fault = fault(value, maxBytes);
    if (fault != null) {
      throw new IllegalArgumentException(fault);
    }
  }
}
