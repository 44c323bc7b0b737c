package io.dawncache.core;

/**
 * The configuration that is in force for a group; it may change while the group serves. Code that
 * needs two values that belong together takes both from one {@link #now}.
 */
final class PresentConfig {
  private volatile GroupConfig now;

  PresentConfig(GroupConfig first) {
    this.now = first;
  }

  GroupConfig now() {
    return now;
  }

  void change(GroupConfig next) {
    now = next;
  }
}
