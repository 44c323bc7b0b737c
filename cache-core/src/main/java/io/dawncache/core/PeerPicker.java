package io.dawncache.core;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names the owners of a key, in the order in which to ask them.
 *
 * <p>{@link Membership}, the core's ring, is the default. Safe for use by any thread; must not
 * block.
 *
 * @since 0.1.0
 */
public interface PeerPicker {
  /**
   * {@return the owners of {@code key} in order, each member at most once, from one state of the
   * member list} No owner means that this node stands alone and owns every key.
   *
   * @param key any string
   */
  Iterator<Owner> owners(String key);

  /**
   * {@return the owners of {@code key} as {@link #owners}, but with the members that are left out
   * there because they cannot be asked at present} Changes are sent in this order. By default no
   * member is left out.
   *
   * @param key any string
   */
  default Iterator<Owner> allOwners(String key) {
    return owners(key);
  }

  /**
   * {@return all members, each once, normally including this node; empty if this node stands alone}
   * They receive every change.
   */
  Collection<Owner> peers();

  /**
   * {@return the URLs of the nodes that are known to hold another member list: a change may not
   * reach them, or members that only they know}
   */
  default List<String> otherLists() {
    return List.of();
  }

  /**
   * Adds a listener, to be called after every change of what {@link #owners} returns, once the
   * change is visible. A node registers itself here, so that its values whose keys it no longer
   * owns become guests.
   *
   * @param listener called after each change; must not block
   */
  void onChange(Runnable listener);

  /**
   * {@return the member that owned {@code key} until a moment ago, if this node owns it now and may
   * look into that member's memory before it loads the key; else null} By default null.
   *
   * @param key the key
   */
  default Owner.@Nullable Remote formerOwner(String key) {
    return null;
  }

  /**
   * {@return whether every other member has reported, within the last minute, that the member at
   * {@code url} has received all changes} By default false.
   *
   * @param url a member's URL
   */
  default boolean isUpToDate(String url) {
    return false;
  }

  /**
   * Called when another node has asked this node for a key that this node does not own, as a node
   * does that could not ask the owners before it. By default nothing is done.
   *
   * @param key the key
   */
  default void askedInstead(String key) {}

  /**
   * {@return whether this picker has ended for good, so that a node may register another} Until
   * then it stays in use. By default it never ends.
   */
  default boolean isClosed() {
    return false;
  }
}
