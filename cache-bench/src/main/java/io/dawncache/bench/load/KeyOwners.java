package io.dawncache.bench.load;

import io.dawncache.core.Membership;
import io.dawncache.core.consistenthash.Ring;
import io.dawncache.core.consistenthash.Scheme;
import io.dawncache.server.wire.NodeUrl;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Knows which of the targets owns a key, if they are the members of a fleet. Immutable. */
final class KeyOwners {
  private final int @Nullable [] ownerOfKey;

  private KeyOwners(int @Nullable [] ownerOfKey) {
    this.ownerOfKey = ownerOfKey;
  }

  /** Returns owners that all own every key, for gets and for a single target. */
  static KeyOwners everybody() {
    return new KeyOwners(null);
  }

  /**
   * Asks the ring of {@code members} by {@code scheme} for the owner of each key.
   *
   * @throws IllegalArgumentException if one of them owns no key at all
   */
  static KeyOwners of(List<NodeUrl> members, Scheme scheme, Keys keys) {
    Map<String, Integer> indexes = new HashMap<>();
    for (NodeUrl member : members) {
      indexes.put(member.text(), indexes.size());
    }
    Ring ring = Ring.of(scheme, Membership.REPLICAS, members.stream().map(NodeUrl::text).toList());
    int[] owners = new int[keys.count()];
    int[] owned = new int[members.size()];
    for (int key = 0; key < owners.length; key++) {
      owners[key] = indexes.getOrDefault(ring.owner(keys.name(key)), 0);
      owned[owners[key]]++;
    }
    for (int i = 0; i < owned.length; i++) {
      if (owned[i] == 0) {
        throw new IllegalArgumentException(
            keys.count()
                + " (expected: so many that each target owns one, for the puts; "
                + members.get(i).text()
                + " owns none)");
      }
    }
    return new KeyOwners(owners);
  }

  boolean owns(int target, int key) {
    return ownerOfKey == null || ownerOfKey[key] == target;
  }
}
