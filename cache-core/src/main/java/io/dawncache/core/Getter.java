package io.dawncache.core;

/**
 * The user's access to the origin: loads the value of a key that no cache holds.
 *
 * <p>Runs on the group's load executor, never under a lock and never on an event loop, so it may
 * block. At the group's load time-out its thread is interrupted and the load counts as failed, even
 * if the getter ignores the interrupt. Must be safe for use by several threads; one key is loaded
 * by one thread at a time. A getter of long values reserves memory before it reads them, see {@link
 * LoadMemory}.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Getter {
  /**
   * Loads the value of {@code key}.
   *
   * @param key never empty, well-formed UTF-16
   * @return the value, {@link Loaded#notFound()} or {@link Loaded#rejected}; null counts as a
   *     failure
   * @throws Exception if the origin failed, so that an older value may be answered as stale; else
   *     every waiting caller gets the failure
   */
  Loaded load(String key) throws Exception;
}
