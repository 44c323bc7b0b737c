package io.dawncache.core;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Keys of one group that were changed; all of the group if they are too many, so that anyone may
 * change as many as they like. Not safe for use by several threads.
 */
final class ChangedKeys {
  static final int MOST_KEYS = 10_000;
  static final int MOST_CHARS = 1 << 20;

  private final Set<String> keys = new LinkedHashSet<>();
  private long chars;
  private boolean all;

  void add(Forget what) {
    add(what.keys(), what.isAll());
  }

  void addAll(ChangedKeys others) {
    add(others.keys, others.all);
  }

  private void add(Collection<String> others, boolean allOthers) {
    for (String key : others) {
      if (!all && keys.add(key)) {
        chars += key.length();
      }
    }
    if (allOthers || keys.size() > MOST_KEYS || chars > MOST_CHARS) {
      addEverything();
    }
  }

  void addEverything() {
    all = true;
    keys.clear();
    chars = 0;
  }

  boolean isEmpty() {
    return !all && keys.isEmpty();
  }

  boolean contains(String key) {
    return all || keys.contains(key);
  }

  /** Returns the message that makes a member forget them. */
  Forget message(String group) {
    return all ? Forget.all(group) : new Forget(group, List.copyOf(keys));
  }
}
