package io.dawncache.core;

import java.util.Objects;

/**
 * A value of a {@link TypedGroup}, as {@link Entry} is one of a group.
 *
 * @param value the decoded value
 * @param isStale whether it had expired and is answered all the same, because the origin failed
 * @param <T> the type of the values
 */
public record TypedEntry<T>(T value, boolean isStale) {
  /** Refuses null. */
  public TypedEntry {
    Objects.requireNonNull(value, "value");
  }
}
