package io.dawncache.server;

/**
 * What those who are no members of the fleet may change in a group, each constant more than the one
 * before it. Who embeds a node may change everything by the methods of its groups.
 *
 * @since 0.1.0
 */
public enum RemoteChanges {
  /** Nothing. */
  NONE,

  /** Keys may be removed, and the group cleared: values are loaded again. */
  REMOVE,

  /** Values may be put, too. */
  ALL;

  /**
   * {@return whether this allows what needs {@code needed}}
   *
   * @param needed the least that allows it
   */
  public boolean allow(RemoteChanges needed) {
    return compareTo(needed) >= 0;
  }
}
