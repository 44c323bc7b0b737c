package io.dawncache.core;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** The getters' threads that wait for room in a {@link ByteAccount}, in order of arrival. */
final class BlockedLoads {
  /*
   * One thread tries at a time, and the others wait behind it. So loads that need little do not
   * pass one that needs much for ever, and released bytes wake only one thread. It also tries again
   * ten times a second: a holder that becomes stuck wakes no thread, and bytes may be released
   * between a try and its wait.
   */
  private static final long RETRY_MILLIS = 100;

  private final ReentrantLock turn = new ReentrantLock(true);

  /** Returns whether a thread waits; others must then wait behind it. */
  boolean areWaiting() {
    return turn.isLocked();
  }

  /** Waits until {@code attempt} returns true. */
  void await(BooleanSupplier attempt) throws InterruptedException {
    turn.lockInterruptibly();
    try {
      while (!attempt.getAsBoolean()) {
        synchronized (this) {
          wait(RETRY_MILLIS);
        }
      }
    } finally {
      turn.unlock();
    }
  }

  /** Wakes the thread that tries: bytes have left the account. */
  void tryAgain() {
    if (areWaiting()) {
      synchronized (this) {
        notifyAll();
      }
    }
  }
}
