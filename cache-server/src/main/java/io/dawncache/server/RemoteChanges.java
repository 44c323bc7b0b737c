package io.dawncache.server;

/**
 * What requests from outside the fleet, to the operations listener, may change in a group; each
 * constant allows more than the one before. The methods of {@code Group} are not limited.
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
  public boolean allows(RemoteChanges needed) {
    return compareTo(needed) >= 0;
  }
}
