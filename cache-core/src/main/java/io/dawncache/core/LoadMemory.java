package io.dawncache.core;

/**
 * The memory that a {@link Getter} needs for what it reads. If getters of long values reserve it
 * before they read, the node does not run out of heap, however many loads run at once.
 *
 * <pre>{@code
 * key -> {
 *   LoadMemory.reserve(length);
 *   return Loaded.of(ByteView.read(in, length));
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
public final class LoadMemory {
  private LoadMemory() {}

  /**
   * Waits until the node's {@linkplain CacheNode#bytesInFlight() account} has room for these bytes.
   * The load on this thread then holds them until it ends. A load that needs more than the whole
   * account waits until it has the whole account. Does nothing on a thread on which no getter runs.
   *
   * <p>Only a load's first call waits. A later call adds the missing bytes, or fails if there is no
   * room for them; so reserve everything at once if the length is known.
   *
   * @param bytes all that this load needs now, at least 0
   * @throws InterruptedException if the load ends while it waits, for example at its time-out
   * @throws OverloadedException if this is not the load's first call and there is no room
   * @throws IllegalArgumentException if {@code bytes} is negative
   */
  public static void reserve(long bytes) throws InterruptedException {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes: " + bytes + " (expected: >= 0)");
    }
    LoadExecutor.reserve(bytes);
  }
}
