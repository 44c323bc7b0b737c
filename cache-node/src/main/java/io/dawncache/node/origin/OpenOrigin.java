package io.dawncache.node.origin;

import io.dawncache.core.Getter;
import org.jspecify.annotations.Nullable;

/**
 * The place of one group's values, open. A getter that never fails for a reason of the place as a
 * whole is all of it: {@link #of}.
 *
 * @since 0.1.0
 */
public interface OpenOrigin extends AutoCloseable {
  /**
   * {@return the getter of the place, a {@link io.dawncache.core.BulkGetter} if the place answers
   * for many keys at once} The same at every call.
   */
  Getter getter();

  /**
   * {@return how the place is protected from more loads than it bears, or {@link Guard#NONE}} Asked
   * once.
   */
  default Guard guard() {
    return Guard.NONE;
  }

  /**
   * {@return the question whether the place can be asked, which is asked once at the start and then
   * each second while it cannot; or null if only a load can tell} Called once.
   */
  default @Nullable Check check() {
    return null;
  }

  /** A question to the place as a whole. */
  @FunctionalInterface
  interface Check {
    /**
     * Asks; may block for a second or so.
     *
     * @throws Exception if the place cannot be asked
     */
    void run() throws Exception;
  }

  /**
   * Starts to tell {@code listener} which values change at the place, if the place can. Called at
   * most once, when the group serves; until {@link #close}.
   *
   * @param listener safe for use by several threads
   */
  default void listen(ChangeListener listener) {}

  /**
   * Learns which keys this node owns. Called once, when the node serves; loads may run before.
   *
   * @param fleet safe for use by several threads
   */
  default void join(Ownership fleet) {}

  /** Closes what is open. Called once; loads may still run, and then fail. */
  @Override
  default void close() {}

  /**
   * {@return a place that is its getter alone: nothing to protect, nothing to close}
   *
   * @param getter loads the values
   */
  static OpenOrigin of(Getter getter) {
    return () -> getter;
  }
}
