package io.dawncache.core;

import java.util.List;

/**
 * A change that has been made.
 *
 * @param unreached the members, by URL, that could not be told in time and may go on answering with
 *     an older value; they are told before anything else is asked of them by the node that made the
 *     change
 * @param otherLists the nodes, by URL, that hold another member list than the node that made the
 *     change: they, and members that only they know, may go on answering with an older value until
 *     the lists are the same
 */
public record Applied(List<String> unreached, List<String> otherLists) {
  /** Refuses nulls. */
  public Applied {
    unreached = List.copyOf(unreached);
    otherLists = List.copyOf(otherLists);
  }

  /** A change in a fleet whose nodes hold the same member list, as far as is known. */
  public Applied(List<String> unreached) {
    this(unreached, List.of());
  }

  /** Returns whether every member was told, and no node is known to hold another member list. */
  public boolean isEverywhere() {
    return unreached.isEmpty() && otherLists.isEmpty();
  }
}
