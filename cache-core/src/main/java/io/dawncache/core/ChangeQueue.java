package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A queue of changes for each key of one group: one change of a key at a time, in the order of
 * their arrival. Safe for use by any thread.
 */
final class ChangeQueue {
  /** What happens to a new change. */
  enum Place {
    /** It begins at once. */
    FIRST,
    /** {@link #next} will return it. */
    WAITING,
    /** Too many changes are waiting. */
    NONE
  }

  /** At most this many changes of a key may wait. */
  static final int MOST_WAITING = 10_000;

  /** At most this many bytes of values may wait, or one longer value. */
  static final long MOST_WAITING_BYTES = 64 << 20;

  private record Waiting(Task change, long bytes) {}

  /** The waiting changes, by key, for each key that is being changed. */
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

  /** Ends a change of the key; returns the next change, which the caller starts, or null. */
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
