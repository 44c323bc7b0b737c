package io.dawncache.core;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Changes of which a member that leaves knows, for one that stays.
 *
 * @param what the keys that were changed
 * @param missedBy the URL of a member that has not received these changes; null if they are those
 *     that every present member knows of, and that members which join must still receive
 * @since 0.1.0
 */
public record PastChanges(Forget what, @Nullable String missedBy) {
  /** Rejects null for {@code what}. */
  public PastChanges {
    Objects.requireNonNull(what, "what");
  }
}
