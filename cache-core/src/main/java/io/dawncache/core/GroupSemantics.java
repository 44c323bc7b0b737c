package io.dawncache.core;

import io.dawncache.core.consistenthash.HashFunction;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What must be the same in the groups of all nodes of a fleet, as fingerprints: the groups' names,
 * and of each the TTL, refresh age, grace for expired values, negative TTL, hot TTL, and the limits
 * of keys and values. Budgets, policies, origins and bounds on loads may differ.
 *
 * @param fingerprint of all groups
 * @param groups the fingerprint of each group by its name; only of the first {@link #MOST_GROUPS}
 *     groups in the order of their names, and of none whose name is longer than {@link
 *     #MOST_NAME_CHARS}
 * @since 0.1.0
 */
public record GroupSemantics(long fingerprint, SortedMap<String, Long> groups) {
  /** How many groups have a fingerprint of their own. */
  public static final int MOST_GROUPS = 1000;

  /** How long the name of a group may be that has a fingerprint of its own. */
  public static final int MOST_NAME_CHARS = 256;

  /** Copies the map. */
  public GroupSemantics {
    groups = Collections.unmodifiableSortedMap(new TreeMap<>(groups));
  }

  /**
   * {@return the semantics of groups}
   *
   * @param configs the groups' bounds and policies by their names
   */
  static GroupSemantics of(Map<String, GroupConfig> configs) {
    TreeMap<String, Long> first = new TreeMap<>();
    StringBuilder all = new StringBuilder();
    new TreeMap<>(configs)
        .forEach(
            (name, config) -> {
              long fingerprint = HashFunction.XX64.hash(config.semantics());
              all.append(name).append('\n').append(fingerprint).append('\n');
              if (first.size() < MOST_GROUPS && name.length() <= MOST_NAME_CHARS) {
                first.put(name, fingerprint);
              }
            });
    return new GroupSemantics(HashFunction.XX64.hash(all.toString()), first);
  }

  /**
   * {@return the names of the groups that differ from those of another node, or that only one of
   * the two has} Empty if all are the same, or if those that differ have no fingerprint of their
   * own.
   *
   * @param other the semantics of another node's groups
   */
  public SortedSet<String> differing(GroupSemantics other) {
    SortedSet<String> differing = new TreeSet<>();
    if (fingerprint != other.fingerprint) {
      for (Set<String> names : List.of(groups.keySet(), other.groups.keySet())) {
        for (String name : names) {
          Long own = groups.get(name);
          if (own == null || !own.equals(other.groups.get(name))) {
            differing.add(name);
          }
        }
      }
    }
    return differing;
  }
}
