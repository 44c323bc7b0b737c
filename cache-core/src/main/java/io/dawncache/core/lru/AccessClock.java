package io.dawncache.core.lru;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Numbers accesses. Each number is higher than all earlier numbers of the same thread, and than all
 * earlier numbers of other threads except their last few hundred.
 */
final class AccessClock {
  /*
   * A single counter for all threads would move between cores with every access. So the threads of
   * each stripe have their own counter, and all counters share a base, after Lamport (1978): a
   * counter that has fallen behind the base jumps to it, and one that is far ahead advances the
   * base. The base is read with each access but written once in a few hundred, so it is usually in
   * every core's cache.
   */
  private static final int MOST_AHEAD = 256;

  /** Longs that share a cache line, and the line beside it, which some cores fetch as well. */
  private static final int LINE = 16;

  private static final int BASE = LINE;

  private final AtomicLongArray numbers = new AtomicLongArray((Stripe.COUNT + 3) * LINE);

  /** Makes a clock that counts from 1. */
  AccessClock() {
    this(0);
  }

  /** Makes a clock that has reached {@code base}. */
  AccessClock(long base) {
    numbers.set(BASE, base);
  }

  /** Returns the next number. Safe from any thread. */
  long next() {
    int own = counterOf(Stripe.ofThisThread());
    long number = numbers.incrementAndGet(own);
    long ahead = number - numbers.get(BASE);
    return 0 <= ahead && ahead < MOST_AHEAD ? number : catchUp(own, number, ahead);
  }

  private long catchUp(int own, long number, long ahead) {
    if (ahead >= MOST_AHEAD) {
      numbers.accumulateAndGet(BASE, number, Math::max);
      return number;
    }
    return numbers.updateAndGet(own, count -> Math.max(count, numbers.get(BASE)) + 1);
  }

  /**
   * Returns a number higher than all earlier numbers of any thread, and lower than all later ones.
   * Safe from any thread.
   */
  long nextForAll() {
    long latest = numbers.get(BASE);
    for (int stripe = 0; stripe < Stripe.COUNT; stripe++) {
      latest = Math.max(latest, numbers.get(counterOf(stripe)));
    }
    numbers.accumulateAndGet(BASE, latest + 2, Math::max); // any thread's next would be latest + 1
    return latest + 1;
  }

  private static int counterOf(int stripe) {
    return BASE + LINE * (1 + stripe);
  }
}
