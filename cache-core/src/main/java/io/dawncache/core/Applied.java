package io.dawncache.core;

import java.util.List;

/**
 * A change that has been made.
 *
 * @param unreached the members, by URL, that could not be told in time and may go on answering with
 *     an older value; they are told before anything else is asked of them by the node that made the
 *     change
 */
public record Applied(List<String> unreached) {
  /** Refuses nulls. */
  public Applied {
    unreached = List.copyOf(unreached);
  }

  /** Returns whether every member was told. */
  public boolean isEverywhere() {
    return unreached.isEmpty();
  }
}
