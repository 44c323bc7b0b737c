package io.dawncache.core;

import java.util.concurrent.atomic.AtomicInteger;

/** The threads of getters that wait for room in a {@link ByteAccount}. */
final class BlockedLoads {
  /*
   * One that missed the notice, because the bytes left between its try and its wait, tries again ten
   * times a second; so does one that waits for a holder to count as stuck, of which nobody tells.
   */
  private static final long RETRY_MILLIS = 100;

  private final AtomicInteger waiting = new AtomicInteger();

  /** Waits until there may be room; the caller tries again. */
  @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
  void await() throws InterruptedException {
    waiting.incrementAndGet();
    try {
      synchronized (this) {
        wait(RETRY_MILLIS);
      }
    } finally {
      waiting.decrementAndGet();
    }
  }

  /** Bytes have left the account. */
  void tryAgain() {
    if (waiting.get() > 0) {
      synchronized (this) {
        notifyAll();
      }
    }
  }
}
