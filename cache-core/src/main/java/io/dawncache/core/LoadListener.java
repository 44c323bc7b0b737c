package io.dawncache.core;

import java.time.Duration;

/**
 * Called at the end of each call of a group's getter, on the thread that ends the load, before its
 * waiters are called. It must be quick and must not block. For what a {@link GroupListener}
 * receives there is a queue; for this there is none, so nothing is dropped.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface LoadListener {
  /**
   * Called for a load that has ended. What this throws goes to the thread's uncaught exception
   * handler.
   *
   * @param outcome how it ended; of a call for many keys, how the call ended
   * @param time from the call's place in the queue to its end
   */
  void loadEnded(LoadOutcome outcome, Duration time);
}
