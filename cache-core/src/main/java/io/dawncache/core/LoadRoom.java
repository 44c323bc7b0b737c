package io.dawncache.core;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what the running loads of all groups of a node are expected to need: half as many bytes as
 * may be in flight. Safe for use by any thread.
 *
 * <p>These bytes are estimates, so they are not in the node's account. What a load is known to hold
 * is, see {@link LoadMemory}.
 */
final class LoadRoom {
  private static final int ACCOUNT_PART = 2;

  private final ByteAccount account;
  private final AtomicLong expected = new AtomicLong();

  LoadRoom(ByteAccount account) {
    this.account = account;
  }

  /** Takes so many bytes, if there is room for them. */
  boolean tryTake(long bytes) {
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

  /** Takes so many bytes although there may be no room: one load of a group always runs. */
  void take(long bytes) {
    expected.addAndGet(bytes);
  }

  /** Gives back what was taken for a load. */
  void giveBack(long bytes) {
    expected.addAndGet(-bytes);
  }

  /** Returns what all running loads are expected to need. */
  long expectedBytes() {
    return expected.get();
  }
}
