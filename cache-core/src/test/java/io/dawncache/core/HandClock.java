package io.dawncache.core;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The time of a node, moved by the test alone. */
final class HandClock {
  private final AtomicLong nanos = new AtomicLong(630_000_000_000L);
  private final CacheNode node = CacheNode.builder().nanoTime(nanos::get).build();

  /** Returns the node that lives by this clock. */
  CacheNode node() {
    return node;
  }

  /** Lets so much time pass, in steps that no process sleeps through, each with its tick. */
  void pass(Duration time) {
    long left = time.toNanos();
    while (left > 0) {
      long step = Math.min(left, 500_000_000);
      nanos.addAndGet(step);
      left -= step;
      node.tick();
    }
  }

  /** Lets so much time pass at once, as if the process had been stopped. */
  void stopFor(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
