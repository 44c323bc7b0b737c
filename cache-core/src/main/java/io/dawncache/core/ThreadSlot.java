package io.dawncache.core;

/** A small number for each thread, so that the few that run at once mostly have different ones. */
final class ThreadSlot {
  /** How many there are, a power of two: a few for each core. */
  static final int COUNT =
      Integer.highestOneBit(Math.min(64, 4 * Runtime.getRuntime().availableProcessors()));

  private ThreadSlot() {}

  /** Returns the calling thread's, always the same, from 0 to before {@link #COUNT}. */
  static int ofThisThread() {
    return (int) Thread.currentThread().getId() & (COUNT - 1);
  }
}
