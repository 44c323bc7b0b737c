package io.dawncache.core;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Takes over values of one group from a member that owned their keys and has offered them. Safe for
 * use by any thread.
 */
final class Takeover {
  /** The keys that are looked for at a time; bounded, because an offer costs its sender little. */
  private static final int MOST_KEYS = 4096;

  private final Loads loads;
  private final AtomicInteger underWay = new AtomicInteger();

  Takeover(Loads loads) {
    this.loads = loads;
  }

  /**
   * Looks for the keys in their former owners' memory; loads none of them.
   *
   * @param done called when all have been looked for
   * @return whether this has begun; if not, too many other keys are being looked for
   */
  boolean take(List<String> keys, Runnable done) {
    int size = keys.size();
    if (underWay.addAndGet(size) > MOST_KEYS) {
      underWay.addAndGet(-size);
      return false;
    }
    Countdown left =
        new Countdown(
            size,
            () -> {
              underWay.addAndGet(-size);
              done.run();
            });
    keys.forEach(key -> loads.take(key, left::countDown));
    return true;
  }
}
