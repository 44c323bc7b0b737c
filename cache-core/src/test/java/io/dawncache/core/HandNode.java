package io.dawncache.core;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A node whose time the test moves, and all of whose threads are the test's. */
final class HandNode {
  private static final Duration TICK = Duration.ofMillis(100);

  private final AtomicLong nanos = new AtomicLong(630_000_000_000L);
  private final HandThreads threads = new HandThreads(Runnable::run, nanos::get);
  private final CacheNode node = CacheNode.builder().nanoTime(nanos::get).threads(threads).build();

  CacheNode node() {
    return node;
  }

  /** Lets that much time pass, in steps that no process sleeps through; does what is due then. */
  void pass(Duration time) {
    for (long left = time.toNanos(); left > 0; left -= TICK.toNanos()) {
      nanos.addAndGet(Math.min(left, TICK.toNanos()));
      node.tick();
      threads.wake();
    }
  }
}
