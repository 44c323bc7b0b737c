package io.dawncache.server.discovery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Does something again and again on a thread of its own, and sooner if it is asked to. */
public final class Rounds implements AutoCloseable {
  /** A round that is asked for begins at least this long after the one before. */
  private static final Duration APART = Duration.ofSeconds(1);

  private static final Duration AFTER_A_FAULT = Duration.ofSeconds(1);

  /** One round. */
  @FunctionalInterface
  public interface Round {
    /**
     * Does its work, and returns how long after it the next round begins.
     *
     * @throws InterruptedException if the rounds are closed
     */
    Duration run() throws InterruptedException;
  }

  private final Round round;
  private final long apartNanos;
  private final ScheduledThreadPoolExecutor thread;

  /** Null before the start, and while a round runs. */
  @GuardedBy("this")
  private @Nullable ScheduledFuture<?> next;

  @GuardedBy("this")
  private long begunNanos; // the last round, or the one that runs

  @GuardedBy("this")
  private boolean asked; // for another, since then

  Rounds(Round round) {
    this(round, APART);
  }

  /** As {@link #Rounds(Round)}, with {@code apart} between the rounds that are asked for. */
  Rounds(Round round, Duration apart) {
    this("dawncache-discovery", round, apart);
  }

  /** Makes rounds that have not begun, on a thread of that name. */
  public Rounds(String threadName, Round round) {
    this(threadName, round, APART);
  }

  private Rounds(String threadName, Round round, Duration apart) {
    this.round = round;
    this.apartNanos = apart.toNanos();
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread made = new Thread(task, threadName);
              made.setDaemon(true);
              return made;
            });
    thread.setRemoveOnCancelPolicy(true);
  }

  /** Begins the first round. */
  public void start() {
    beginIn(0);
  }

  /**
   * Brings the next round forward; however often this is called, it begins no sooner than a second
   * after the one before. A round that runs may have asked its source already, so another follows.
   */
  synchronized void soon() {
    if (next == null) {
      asked = true;
    } else {
      long nanos = untilApart();
      if (next.getDelay(TimeUnit.NANOSECONDS) > nanos && next.cancel(false)) {
        beginIn(nanos);
      }
    }
  }

  @GuardedBy("this")
  private long untilApart() {
    return Math.max(0, begunNanos + apartNanos - System.nanoTime());
  }

  private synchronized void beginIn(long nanos) {
    if (!thread.isShutdown()) {
      next = thread.schedule(this::run, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void run() {
    synchronized (this) {
      next = null;
      begunNanos = System.nanoTime();
      asked = false;
    }
    Duration pause = AFTER_A_FAULT;
    try {
      pause = round.run();
    } catch (InterruptedException e) {
      return;
    } catch (Throwable t) { // only close() ends the rounds
      Thread self = Thread.currentThread();
      self.getUncaughtExceptionHandler().uncaughtException(self, t);
    }
    beginAfter(pause.toNanos());
  }

  private synchronized void beginAfter(long pauseNanos) {
    beginIn(asked ? Math.min(pauseNanos, untilApart()) : pauseNanos);
  }

  /** Begins no more rounds, and interrupts the one that runs. */
  @Override
  public synchronized void close() {
    thread.shutdownNow();
  }
}
