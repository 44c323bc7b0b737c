package io.dawncache.core;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what the running loads of all groups of a node are expected to need: half as many bytes as
 * may be in flight. Safe for use by any thread.
 *
 * <p>These bytes are estimates, so they are not in the node's account. Bytes that a load has
 * reserved are, see {@link LoadMemory}.
 */
final class LoadRoom {
  private static final int ACCOUNT_PART = 2;

  private final ByteAccount account;
  private final AtomicLong expected = new AtomicLong();
  private final Set<Runnable> refused = ConcurrentHashMap.newKeySet(); // at most one per group

  LoadRoom(ByteAccount account) {
    this.account = account;
  }

  /**
   * Takes these bytes if there is room for them.
   *
   * @param onRoom run by {@link #startOthers} if there was none
   */
  boolean tryTake(long bytes, Runnable onRoom) {
    if (tryTake(bytes)) {
      return true;
    }
    refused.add(onRoom);
    if (tryTake(bytes)) { // room has been returned meanwhile
      refused.remove(onRoom);
      return true;
    }
    return false;
  }

  private boolean tryTake(long bytes) {
    long most = account.maxBytes() / ACCOUNT_PART;
    long present = expected.get();
    while (bytes <= most - present) {
      if (expected.compareAndSet(present, present + bytes)) {
        return true;
      }
      present = expected.get();
    }
    return false;
  }

  /** Takes these bytes even if there is no room: one load of a group always runs. */
  void take(long bytes) {
    expected.addAndGet(bytes);
  }

  /** Returns the bytes taken for a load. */
  void giveBack(long bytes) {
    expected.addAndGet(-bytes);
  }

  /** Makes refused groups try again after a load has ended. */
  void startOthers() {
    if (refused.isEmpty()) {
      return;
    }
    for (Runnable next : List.copyOf(refused)) {
      if (refused.remove(next)) {
        next.run();
      }
    }
  }

  /** Returns the bytes that all running loads together are expected to need. */
  long expectedBytes() {
    return expected.get();
  }
}
