package io.dawncache.core;

/**
 * The memory that a {@link Getter} needs for what it reads. A getter of long values that says so
 * before it reads them keeps the node from running out of heap, however many loads run at once.
 *
 * <pre>{@code
 * key -> {
 *   LoadMemory.reserve(length);
 *   return Loaded.of(ByteView.read(in, length));
 * }
 * }</pre>
 */
public final class LoadMemory {
  private LoadMemory() {}

  /**
   * Waits until the node's {@linkplain CacheNode#bytesInFlight() account} has room for these bytes,
   * which the load that runs on this thread then holds until it ends. A load that needs more than
   * the whole account waits until it has all of it. Does nothing on a thread on which no getter
   * runs.
   *
   * <p>Only a load's first call waits. A later one adds what is lacking, or fails if there is no
   * room for it: so reserve all at once where the length is known.
   *
   * @param bytes all that this load needs now, at least 0
   * @throws InterruptedException if the load ends while it waits, at its time-out for example
   * @throws OverloadedException if this is not the first call of the load, and there is no room
   * @throws IllegalArgumentException if {@code bytes} is negative
   */
  public static void reserve(long bytes) throws InterruptedException {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes: " + bytes + " (expected: >= 0)");
    }
    LoadExecutor.reserve(bytes);
  }
}
