package io.dawncache.bench.chaos;

import org.jspecify.annotations.Nullable;

/** From when on something has held, by one look at it after the other. For use by one thread. */
final class Since {
  private @Nullable Long nanos;

  /** Notes whether it held then, which is after all earlier looks. */
  void look(long atNanos, boolean holds) {
    if (!holds) {
      nanos = null;
    } else if (nanos == null) {
      nanos = atNanos;
    }
  }

  /** Returns the first look from which on it held at each; null if it did not at the last. */
  @Nullable Long nanos() {
    return nanos;
  }
}
