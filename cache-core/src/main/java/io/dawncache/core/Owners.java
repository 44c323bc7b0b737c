package io.dawncache.core;

import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Decides who owns a key by the node's {@link PeerPicker}, if there is one. A node without a picker
 * stands alone and owns every key. Safe for use by any thread; throws what the user's picker
 * throws.
 */
final class Owners {
  /**
   * How many owners of a key are asked for it. A change reaches as many first, in the same order:
   * else a get could ask an owner that has not received it yet, see {@link Change}.
   */
  static final int MOST_ASKED = 2;

  private final AtomicReference<@Nullable PeerPicker> picker = new AtomicReference<>();

  /**
   * Uses {@code next} from now on.
   *
   * @throws IllegalStateException if there is a picker that has not ended
   */
  void register(PeerPicker next) {
    PeerPicker present = picker.get();
    if ((present != null && !present.isClosed()) || !picker.compareAndSet(present, next)) {
      throw new IllegalStateException(
          "a PeerPicker is registered already (expected: none, or one that is closed)");
    }
  }

  /** Returns the owners of {@code key} in order; none if this node stands alone. */
  Iterator<Owner> of(String key) {
    PeerPicker present = picker.get();
    return present == null ? Collections.emptyIterator() : present.owners(key);
  }

  /** As {@link #of}, with the owners that cannot be asked at present. */
  Iterator<Owner> all(String key) {
    PeerPicker present = picker.get();
    return present == null ? Collections.emptyIterator() : present.allOwners(key);
  }

  /** Returns the member that owned the key before this node, if it may be peeked, or null. */
  Owner.@Nullable Remote former(String key) {
    PeerPicker present = picker.get();
    return present == null ? null : present.formerOwner(key);
  }

  /** Returns whether the member is known to have received all changes. */
  boolean isUpToDate(String url) {
    PeerPicker present = picker.get();
    return present != null && present.isUpToDate(url);
  }

  /** Another node has asked this node for a key, perhaps in place of the key's owner. */
  void askedFor(String key) {
    PeerPicker present = picker.get();
    if (present != null && !isSelf(key)) {
      present.askedInstead(key);
    }
  }

  /** Returns whether this node is the first owner of {@code key}, or stands alone. */
  boolean isSelf(String key) {
    Iterator<Owner> owners = of(key);
    return !owners.hasNext() || owners.next() instanceof Owner.Self;
  }

  /**
   * Returns whether a change of {@code key} reaches this node before members from which this node
   * may fetch the key: it is one of the first owners, but acts for none, because it leaves.
   */
  boolean isChangedBeforeFetched(String key) {
    return isSelfAmongFirst(all(key)) && !isSelfAmongFirst(of(key));
  }

  private static boolean isSelfAmongFirst(Iterator<Owner> byRank) {
    for (int rank = 0; rank < MOST_ASKED && byRank.hasNext(); rank++) {
      if (byRank.next() instanceof Owner.Self) {
        return true;
      }
    }
    return false;
  }

  /** Returns all members, including this node; none if this node stands alone. */
  Collection<Owner> members() {
    PeerPicker present = picker.get();
    return present == null ? List.of() : present.peers();
  }

  /** Returns this node as a member, or null if it is not one. */
  @Nullable Owner self() {
    for (Owner member : members()) {
      if (member instanceof Owner.Self) {
        return member;
      }
    }
    return null;
  }

  /** Returns the URLs of the nodes that hold another member list. */
  List<String> otherLists() {
    PeerPicker present = picker.get();
    return present == null ? List.of() : present.otherLists();
  }
}
