package io.dawncache.core;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The threads of a node as one test thread plays them: what is to run at once is handed to the
 * test, what is to run later when {@link #wake} finds that its time has come.
 */
class HandThreads extends AbstractExecutorService implements ScheduledExecutorService {
  private final Consumer<Runnable> runSoon;
  private final LongSupplier nanoTime;
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(
          Comparator.comparingLong((Timer timer) -> timer.dueNanos)
              .thenComparingLong(timer -> timer.number));
  private long timersSet;

  HandThreads(Consumer<Runnable> runSoon, LongSupplier nanoTime) {
    this.runSoon = runSoon;
    this.nanoTime = nanoTime;
  }

  /** Hands over all timers that are due. */
  void wake() {
    while (!timers.isEmpty() && timers.peek().dueNanos <= nanoTime.getAsLong()) {
      runSoon.accept(timers.poll());
    }
  }

  @Override
  public void execute(Runnable task) {
    runSoon.accept(task);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    Timer timer = new Timer(task, nanoTime.getAsLong() + unit.toNanos(delay), timersSet++);
    timers.add(timer);
    return timer;
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable task, long initialDelay, long period, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, long initialDelay, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void shutdown() {}

  @Override
  public List<Runnable> shutdownNow() {
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return false;
  }

  private final class Timer extends FutureTask<Void> implements ScheduledFuture<Void> {
    private final long dueNanos;
    private final long number;

    Timer(Runnable task, long dueNanos, long number) {
      super(task, null);
      this.dueNanos = dueNanos;
      this.number = number;
    }

    @Override
    protected void done() {
      if (isCancelled()) {
        timers.remove(this);
      }
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(dueNanos - nanoTime.getAsLong(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }
}
