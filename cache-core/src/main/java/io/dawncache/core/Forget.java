package io.dawncache.core;

import java.util.List;
import java.util.Objects;

/**
 * What a node is told to forget: it drops it and keeps no value that was asked for before.
 *
 * @param group the group's name, never empty
 * @param keys the keys, none empty; no keys at all mean the whole group
 */
public record Forget(String group, List<String> keys) {
  /** Refuses nulls. */
  public Forget {
    Objects.requireNonNull(group, "group");
    keys = List.copyOf(keys);
  }

  /** Returns that the whole group is to be forgotten. */
  public static Forget all(String group) {
    return new Forget(group, List.of());
  }

  /** Returns that one key is to be forgotten. */
  public static Forget key(String group, String key) {
    return new Forget(group, List.of(key));
  }

  /** Returns whether the whole group is meant. */
  public boolean isAll() {
    return keys.isEmpty();
  }
}
