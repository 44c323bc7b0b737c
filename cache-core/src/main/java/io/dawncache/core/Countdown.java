package io.dawncache.core;

import java.util.concurrent.atomic.AtomicInteger;

/** Runs a task when a number of others, which may end on any thread, have ended. */
final class Countdown {
  private final AtomicInteger left;
  private final Runnable then;

  /** Waits for {@code count} tasks; runs {@code then} at once if there are none. */
  Countdown(int count, Runnable then) {
    this.left = new AtomicInteger(count + 1);
    this.then = then;
    countDown();
  }

  /** Notes that one of them has ended. */
  void countDown() {
    if (left.decrementAndGet() == 0) {
      then.run();
    }
  }
}
