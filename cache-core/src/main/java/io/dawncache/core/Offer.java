package io.dawncache.core;

import java.util.List;
import java.util.Objects;

/**
 * Keys of values that a member holds and does not own any more, for the one that owns them now: it
 * may look into the other's memory for them.
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
