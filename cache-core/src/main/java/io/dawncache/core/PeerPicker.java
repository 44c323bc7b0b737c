package io.dawncache.core;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;

/**
 * Names the owners of a key, in the order in which they are to be asked.
 *
 * <p>{@link Membership}, the core's ring, is the default one. Safe for use by any thread; must not
 * block.
 */
public interface PeerPicker {
  /**
   * Returns the owners of {@code key}, the first before the others, each member at most once, from
   * one state of the member list. No owner at all means that this node stands alone and owns every
   * key.
   */
  Iterator<Owner> owners(String key);

  /**
   * Returns all members, each once, this node among them as a rule; empty if it stands alone. They
   * are told what to forget.
   */
  Collection<Owner> peers();

  /**
   * Returns the nodes, by URL, that are known to hold another member list than this one: a change
   * may not reach them, or members that only they know.
   */
  default List<String> otherLists() {
    return List.of();
  }

  /**
   * Has {@code listener} called after every change of what {@link #owners} names, once the change
   * can be seen. A node registers itself here to drop what it no longer owns.
   */
  void onChange(Runnable listener);

  /**
   * Returns whether this picker has ended for good, so that a node may take another in its place.
   * Until then it stays in force. By default it never ends.
   */
  default boolean isClosed() {
    return false;
  }
}
