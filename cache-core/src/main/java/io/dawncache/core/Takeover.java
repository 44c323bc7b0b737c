package io.dawncache.core;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Takes values of one group over from a member that owned their keys and has offered them. Safe for
 * use by any thread.
 */
final class Takeover {
  /** An offer costs its sender little, so this node takes no more than this at a time. */
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
   * @return whether this has begun; if not, too many others are under way
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
