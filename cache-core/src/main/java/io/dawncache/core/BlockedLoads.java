package io.dawncache.core;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** The threads of getters that wait for room in a {@link ByteAccount}, first come, first served. */
final class BlockedLoads {
  /*
   * One of them tries at a time, and the others wait behind it, so that one that needs much is not
   * passed for ever by those that need little, and bytes that leave wake one thread. It also tries
   * again ten times a second: for a holder that has become stuck meanwhile, which is not notified,
   * and in case the bytes left between its try and its wait.
   */
  private static final long RETRY_MILLIS = 100;

  private final ReentrantLock turn = new ReentrantLock(true);

  /** Returns whether a thread waits, behind which others have to. */
  boolean areWaiting() {
    return turn.isLocked();
  }

  /** Returns when {@code attempt} has returned true. */
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

  /** Bytes have left the account. */
  void tryAgain() {
    if (areWaiting()) {
      synchronized (this) {
        notifyAll();
      }
    }
  }
}
