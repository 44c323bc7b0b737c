package io.dawncache.core;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A decoded value of a {@link TypedGroup}; an {@link Entry} is its form in bytes.
 *
 * @param value the decoded value
 * @param isStale whether the value has expired and is answered because the origin failed
 * @param metadata what is known of the value beside its bytes, or null if nothing is
 * @param <T> the type of the values
 * @since 0.1.0
 */
public record TypedEntry<T>(T value, boolean isStale, @Nullable Metadata metadata) {
  /** Rejects a null value. */
  public TypedEntry {
    Objects.requireNonNull(value, "value");
  }
}
