package io.dawncache.core.lru;

/** A small number for each thread, so that the few threads that run at once rarely share one. */
final class Stripe {
  /** How many stripes there are, a power of two: a few for each core. */
  static final int COUNT =
      Integer.highestOneBit(Math.min(64, 4 * Runtime.getRuntime().availableProcessors()));

  private Stripe() {}

  /** Returns the calling thread's stripe, always the same: from 0 to {@link #COUNT} - 1. */
  static int ofThisThread() {
    return (int) Thread.currentThread().getId() & (COUNT - 1);
  }
}
