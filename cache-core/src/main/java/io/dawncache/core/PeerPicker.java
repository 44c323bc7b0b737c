package io.dawncache.core;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;

/**
 * Names the owners of a key, in the order in which to ask them.
 *
 * <p>{@link Membership}, the core's ring, is the default. Safe for use by any thread; must not
 * block.
 */
public interface PeerPicker {
  /**
   * Returns the owners of {@code key} in order, each member at most once, from one state of the
   * member list. No owner means that this node stands alone and owns every key.
   */
  Iterator<Owner> owners(String key);

  /**
   * Returns all members, each once, normally including this node; empty if this node stands alone.
   * They receive every change.
   */
  Collection<Owner> peers();

  /**
   * Returns the URLs of the nodes that are known to hold another member list: a change may not
   * reach them, or members that only they know.
   */
  default List<String> otherLists() {
    return List.of();
  }

  /**
   * Adds a listener, to be called after every change of what {@link #owners} returns, once the
   * change is visible. A node registers itself here to drop the keys that it no longer owns.
   */
  void onChange(Runnable listener);

  /**
   * Returns whether this picker has ended for good, so that a node may register another. Until then
   * it stays in use. By default it never ends.
   */
  default boolean isClosed() {
    return false;
  }
}
