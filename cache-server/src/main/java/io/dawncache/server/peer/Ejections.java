package io.dawncache.server.peer;

import java.util.function.Consumer;

/** Takes members out of this node's view and back. Safe for use by any thread; does not block. */
public interface Ejections {
  /**
   * Ejects a member.
   *
   * @param url the member's URL
   * @param done called on any thread with whether it is ejected; it is not if too few members would
   *     be left
   */
  void eject(String url, Consumer<Boolean> done);

  /**
   * A member leaves of its own accord: takes it out, however few are left.
   *
   * @param url the member's URL
   * @param done called on any thread when others own its keys, and this node has asked all members
   *     which changes it may have missed
   */
  void leave(String url, Runnable done);

  /**
   * Readmits a member.
   *
   * @param url the member's URL
   * @param done called on any thread when that has been done
   */
  void readmit(String url, Runnable done);
}
