package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is to change a key of one group: one change of a key at a time, in the order in
 * which they came. Safe for use by any thread.
 */
final class Turns {
  /** What is to become of a change that has just come. */
  enum Place {
    /** It is its turn. */
    FIRST,
    /** {@link #over} will return it. */
    WAITING,
    /** Too many are waiting. */
    NONE
  }

  /** So many changes of a key may wait. */
  static final int MOST_WAITING = 10_000;

  /** So many bytes of values may wait, or one value if it is longer. */
  static final long MOST_WAITING_BYTES = 64 << 20;

  private record Waiting(Task turn, long bytes) {}

  /** Who waits, by the keys that are being changed. */
  @GuardedBy("this")
  private final Map<String, ArrayDeque<Waiting>> changing = new HashMap<>();

  @GuardedBy("this")
  private long waitingBytes;

  /**
   * Gives a change its place.
   *
   * @param bytes the length of its value
   */
  synchronized Place take(String key, long bytes, Task turn) {
    ArrayDeque<Waiting> waiting = changing.get(key);
    if (waiting == null) {
      changing.put(key, new ArrayDeque<>());
      return Place.FIRST;
    }
    if (waiting.size() >= MOST_WAITING || (bytes > 0 && !hasRoomFor(bytes))) {
      return Place.NONE;
    }
    waiting.add(new Waiting(turn, bytes));
    waitingBytes += bytes;
    return Place.WAITING;
  }

  @GuardedBy("this")
  private boolean hasRoomFor(long bytes) {
    return waitingBytes == 0 || bytes <= MOST_WAITING_BYTES - waitingBytes;
  }

  /** A turn is over; returns whose is the next, to be begun by the caller, or null. */
  synchronized @Nullable Task over(String key) {
    ArrayDeque<Waiting> waiting = changing.get(key);
    Waiting next = waiting == null ? null : waiting.poll();
    if (next == null) {
      changing.remove(key);
      return null;
    }
    waitingBytes -= next.bytes;
    return next.turn;
  }
}
