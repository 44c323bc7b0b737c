package io.dawncache.core;

import java.util.List;
import java.util.Objects;

/**
 * The keys of values that a member still holds but no longer owns, sent to the member that owns the
 * keys now; the receiver may peek them at the sender.
 *
 * @param group the group's name
 * @param keys the keys, at most {@link #MOST_KEYS}
 * @since 0.1.0
 */
public record Offer(String group, List<String> keys) {
  /** How many keys one offer may name. */
  public static final int MOST_KEYS = 256;

  /** Rejects nulls, and too many keys. */
  public Offer {
    Objects.requireNonNull(group, "group");
    keys = List.copyOf(keys);
    if (keys.size() > MOST_KEYS) {
      throw new IllegalArgumentException(
          "offer: " + keys.size() + " keys (expected: <= " + MOST_KEYS + ")");
    }
  }
}
