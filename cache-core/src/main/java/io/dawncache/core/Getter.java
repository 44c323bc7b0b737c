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

  /**
   * Loads the value of {@code key} while this node holds an older value of it, which the result
   * replaces. So a getter can ask the origin whether the held value is still right, for example by
   * its {@linkplain Metadata#etag ETag}, and answer {@link Loaded#unchanged} if it is. By default
   * it calls {@link #load}.
   *
   * <p>Called in place of {@link #load}, with the same threads, time-out and failures: for a
   * refresh, valid or not; and for an expired value, as long as it may still be answered as stale
   * ({@link GroupConfig#staleIfError}). Not called for keys that this node does not own, nor for
   * the keys of {@link BulkGetter#loadAll}. The held value may be removed or replaced while this
   * runs. Then what this returns answers only gets that began before, as a loaded value would.
   *
   * @param key never empty, well-formed UTF-16
   * @param held the value that this node holds
   * @return as {@link #load}, or {@link Loaded#unchanged}
   * @throws Exception as {@link #load}
   */
  default Loaded reload(String key, Entry held) throws Exception {
    return load(key);
  }
}
