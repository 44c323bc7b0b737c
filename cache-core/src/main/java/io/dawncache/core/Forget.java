package io.dawncache.core;

import java.util.List;
import java.util.Objects;

/**
 * What a node must forget: it drops these keys and keeps no value that was asked for earlier.
 *
 * @param group the group's name, never empty
 * @param keys the keys, none empty; an empty list means the whole group
 * @since 0.1.0
 */
public record Forget(String group, List<String> keys) {
  /** Rejects nulls. */
  public Forget {
    Objects.requireNonNull(group, "group");
    keys = List.copyOf(keys);
  }

  /**
   * {@return a message to forget the whole group}
   *
   * @param group the name of a group
   */
  public static Forget all(String group) {
    return new Forget(group, List.of());
  }

  /**
   * {@return a message to forget one key}
   *
   * @param group the name of a group
   * @param key the key to forget
   */
  public static Forget key(String group, String key) {
    return new Forget(group, List.of(key));
  }

  /** {@return whether it means the whole group} */
  public boolean isAll() {
    return keys.isEmpty();
  }
}
