package io.dawncache.core;

import java.util.List;

/**
 * A change that has been made.
 *
 * @param unreached the URLs of the members that did not receive the change in time and may go on
 *     answering with an older value; the node that made the change sends it to them before it asks
 *     them anything else
 * @param otherLists the URLs of the nodes that hold another member list than the node that made the
 *     change; they, and members that only they know, may go on answering with an older value until
 *     the lists are the same
 * @since 0.1.0
 */
public record Applied(List<String> unreached, List<String> otherLists) {
  /** Rejects nulls. */
  public Applied {
    unreached = List.copyOf(unreached);
    otherLists = List.copyOf(otherLists);
  }

  /**
   * Makes one for a fleet whose nodes hold the same member list, as far as is known.
   *
   * @param unreached the URLs of the members that did not receive the change
   */
  public Applied(List<String> unreached) {
    this(unreached, List.of());
  }

  /**
   * {@return whether every member received it, and no node is known to hold another member list}
   */
  public boolean isEverywhere() {
    return unreached.isEmpty() && otherLists.isEmpty();
  }
}
