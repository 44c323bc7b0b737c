package io.dawncache.core;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Changes that a member that leaves has recorded, for a member that stays.
 *
 * @param what the keys that were changed
 * @param missedBy the URL of a member that has not received these changes; null if every present
 *     member has received them, so that only members that join later must still receive them
 * @since 0.1.0
 */
public record PastChanges(Forget what, @Nullable String missedBy) {
  /** Rejects null for {@code what}. */
  public PastChanges {
    Objects.requireNonNull(what, "what");
  }
}
