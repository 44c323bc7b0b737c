package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A queue of changes for each key of one group: one change of a key at a time, in the order in
 * which they came. Safe for use by any thread.
 */
final class ChangeQueue {
  /** What is to become of a change that has just come. */
  enum Place {
    /** It begins at once. */
    FIRST,
    /** {@link #next} will return it. */
    WAITING,
    /** Too many are waiting. */
    NONE
  }

  /** At most that many changes of a key may wait. */
  static final int MOST_WAITING = 10_000;

  /** At most that many bytes of values may wait, or one value if it is longer. */
  static final long MOST_WAITING_BYTES = 64 << 20;

  private record Waiting(Task change, long bytes) {}

  /** The changes that wait, by the keys that are being changed. */
  @GuardedBy("this")
  private final Map<String, ArrayDeque<Waiting>> changing = new HashMap<>();

  @GuardedBy("this")
  private long waitingBytes;

  /**
   * Adds a change to its key's queue.
   *
   * @param bytes the length of its value
   */
  synchronized Place add(String key, long bytes, Task change) {
    ArrayDeque<Waiting> waiting = changing.get(key);
    if (waiting == null) {
      changing.put(key, new ArrayDeque<>());
      return Place.FIRST;
    }
    if (waiting.size() >= MOST_WAITING || (bytes > 0 && !hasRoomFor(bytes))) {
      return Place.NONE;
    }
    waiting.add(new Waiting(change, bytes));
    waitingBytes += bytes;
    return Place.WAITING;
  }

  @GuardedBy("this")
  private boolean hasRoomFor(long bytes) {
    return waitingBytes == 0 || bytes <= MOST_WAITING_BYTES - waitingBytes;
  }

  /** A change of the key has ended; returns the next, to be begun by the caller, or null. */
  synchronized @Nullable Task next(String key) {
    ArrayDeque<Waiting> waiting = changing.get(key);
    Waiting next = waiting == null ? null : waiting.poll();
    if (next == null) {
      changing.remove(key);
      return null;
    }
    waitingBytes -= next.bytes;
    return next.change;
  }
}
