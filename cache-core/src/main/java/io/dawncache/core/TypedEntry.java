package io.dawncache.core;

import java.util.Objects;

/**
 * A decoded value of a {@link TypedGroup}; an {@link Entry} is its form in bytes.
 *
 * @param value the decoded value
 * @param isStale whether the value has expired and is answered because the origin failed
 * @param <T> the type of the values
 * @since 0.1.0
 */
public record TypedEntry<T>(T value, boolean isStale) {
  /** Rejects null. */
  public TypedEntry {
    Objects.requireNonNull(value, "value");
  }
}
