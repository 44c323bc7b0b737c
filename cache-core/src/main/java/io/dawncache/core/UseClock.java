package io.dawncache.core;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Numbers events: each higher than all before it on the same thread, and than those that other
 * threads had numbered before, but for their last few hundred.
 */
final class UseClock {
  /*
   * One counter for all threads would pass from core to core with every event. So a thread counts on
   * a counter that it shares with few, after Lamport (1978): nobody's numbers fall behind the common
   * base, and whoever gets far enough ahead of it pulls it along. The base is read with each event
   * and written once in a few hundred, so every core mostly has it.
   */
  private static final int PLAY = 256; // a power of two

  /** Longs to a line of memory, and its neighbour, which some cores fetch along. */
  private static final int LINE = 16;

  private static final int BASE = LINE;

  private final AtomicLongArray numbers = new AtomicLongArray((ThreadSlot.COUNT + 3) * LINE);

  /** Returns the next number, from 1 on. */
  long next() {
    int mine = BASE + LINE * (1 + ThreadSlot.ofThisThread());
    long number = numbers.incrementAndGet(mine);
    long ahead = number - numbers.get(BASE);
    return 0 <= ahead && ahead < PLAY ? number : far(mine, number, ahead);
  }

  private long far(int mine, long number, long ahead) {
    if (ahead >= PLAY) {
      numbers.accumulateAndGet(BASE, number, Math::max);
      return number;
    }
    return numbers.updateAndGet(mine, own -> Math.max(own, numbers.get(BASE)) + 1);
  }

  /**
   * Returns a number higher than all before it and lower than all that are asked for from now on.
   */
  long nextOfAll() {
    long latest = numbers.get(BASE);
    for (int slot = 1; slot <= ThreadSlot.COUNT; slot++) {
      latest = Math.max(latest, numbers.get(BASE + LINE * slot));
    }
    numbers.accumulateAndGet(BASE, latest + 2, Math::max); // the next of any thread would be + 1
    return latest + 1;
  }
}
