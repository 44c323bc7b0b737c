package io.dawncache.node.origin;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads that ask origins whether they can be asked. */
final class Checks {
  /** One origin that hangs delays the checks of few others. */
  private static final int THREADS = 2;

  private static final ScheduledThreadPoolExecutor EXECUTOR = executor();

  private Checks() {}

  private static ScheduledThreadPoolExecutor executor() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "dawncache-origin-checks");
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }

  /** Runs {@code check} now and then a second after each end, until the future is cancelled. */
  static Future<?> everySecond(Runnable check) {
    return EXECUTOR.scheduleWithFixedDelay(check, 0, 1, TimeUnit.SECONDS);
  }
}
