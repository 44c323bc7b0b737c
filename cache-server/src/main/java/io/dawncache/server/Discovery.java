package io.dawncache.server;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the members of a fleet, and reports their list again whenever it has changed. {@link
 * Discoveries} makes the ones that come with the server; an application may bring its own.
 *
 * <p>A server {@linkplain #start starts} it once and closes it with itself. It uses threads of its
 * own.
 *
 * @since 0.1.0
 */
public interface Discovery extends AutoCloseable {
  /**
   * Receives what a discovery finds. Safe for use by any thread; its methods return at once.
   *
   * @since 0.1.0
   */
  interface Listener {
    /**
     * The members are these. The list replaces the one before; reporting the same list again does
     * nothing.
     *
     * @param members the URLs of all members in any order, at least one; usually this node's among
     *     them
     */
    void found(List<String> members);

    /**
     * The members could not be found out now. The last list stays in force.
     *
     * @param reason what failed, for the log; it names the source
     */
    void failed(String reason);
  }

  /**
   * Starts to look for the members. The first report may come before this returns; the node is not
   * ready before the first list.
   *
   * @param self this node's URL, as far as it is known by now
   * @param listener receives the reports, from any thread
   */
  void start(String self, Listener listener);

  /**
   * Looks again soon, because a member could not be reached and so the list may have changed. It
   * may be called often, from an event loop, and returns at once.
   */
  default void lookAgain() {}

  /**
   * {@return what this discovery lacks for a server with {@linkplain ServerConfig.Builder#secrets
   * secrets}, as a message says what is expected; null if nothing} By default null. A discovery
   * that talks to other processes at a port of its own needs a protection of its own there.
   */
  default @Nullable String missingForSecrets() {
    return null;
  }

  /** Stops looking; what it reports from now on is ignored. Closing again does nothing. */
  @Override
  void close();

  /** {@return where the members are looked for, for the log and for pages} */
  @Override
  String toString();
}
