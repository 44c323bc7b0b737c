package io.dawncache.server.discovery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Does something again and again on a thread of its own, and sooner if it is asked to. */
final class Rounds implements AutoCloseable {
  /** Many requests to go soon bring one round: it begins this much later. */
  private static final long SOON_NANOS = 200_000_000;

  private static final Duration AFTER_A_FAULT = Duration.ofSeconds(1);

  /** One round. */
  @FunctionalInterface
  interface Round {
    /**
     * Does its work, and returns how long after it the next round begins.
     *
     * @throws InterruptedException if the rounds are closed
     */
    Duration run() throws InterruptedException;
  }

  private final Round round;
  private final ScheduledThreadPoolExecutor thread;

  /** Null before the start, and while a round runs. */
  @GuardedBy("this")
  private @Nullable ScheduledFuture<?> next;

  Rounds(Round round) {
    this.round = round;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread made = new Thread(task, "dawncache-discovery");
              made.setDaemon(true);
              return made;
            });
    thread.setRemoveOnCancelPolicy(true);
  }

  /** Begins the first round. */
  void start() {
    beginIn(0);
  }

  /** Brings the next round forward; if one runs now, another follows as it is due. */
  synchronized void soon() {
    if (next != null && next.getDelay(TimeUnit.NANOSECONDS) > SOON_NANOS && next.cancel(false)) {
      beginIn(SOON_NANOS);
    }
  }

  private synchronized void beginIn(long nanos) {
    if (!thread.isShutdown()) {
      next = thread.schedule(this::run, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void run() {
    synchronized (this) {
      next = null;
    }
    Duration pause = AFTER_A_FAULT;
    try {
      pause = round.run();
    } catch (InterruptedException e) {
      return;
    } catch (Throwable t) { // nothing ends the look-out but its close
      Thread self = Thread.currentThread();
      self.getUncaughtExceptionHandler().uncaughtException(self, t);
    }
    beginIn(pause.toNanos());
  }

  /** Begins no more rounds, and interrupts the one that runs. */
  @Override
  public synchronized void close() {
    thread.shutdownNow();
  }
}
