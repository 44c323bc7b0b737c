package io.dawncache.core;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one node: those that run loads, the timer, and those that run users' callbacks.
 * Safe for use by any thread.
 */
final class NodeThreads {
  private final ExecutorService loads;
  private final ScheduledExecutorService timer;
  private final Executor callbacks;
  private final @Nullable ExecutorService ownCallbacks;
  private final AtomicBoolean closing = new AtomicBoolean();

  /** Endings for what has no time-out of its own, run when the node closes. */
  private final Set<Runnable> atClose = ConcurrentHashMap.newKeySet();

  /**
   * A stack of callbacks that perhaps no executor has taken, linked through the tasks themselves.
   */
  private final AtomicReference<@Nullable Task> notBegun = new AtomicReference<>();

  /**
   * Uses these executors, and shuts down its own.
   *
   * @param callbacks a user's executor, which the user shuts down; null to make one
   */
  NodeThreads(ExecutorService loads, ScheduledExecutorService timer, @Nullable Executor callbacks) {
    this.loads = loads;
    this.timer = timer;
    ownCallbacks = callbacks == null ? Threads.callbacks("dawncache-callback") : null;
    this.callbacks = ownCallbacks == null ? Objects.requireNonNull(callbacks) : ownCallbacks;
  }

  /** Starts a node's default threads. */
  static NodeThreads create(@Nullable Executor callbacks) {
    return new NodeThreads(
        Threads.perTask("dawncache-load"), Threads.timer("dawncache-timer"), callbacks);
  }

  /** Runs {@code tick} on the timer thread every {@code period}; it must not throw. */
  void tickEvery(Duration period, Runnable tick) {
    long nanos = period.toNanos();
    var unused = timer.scheduleAtFixedRate(tick, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  /** Runs a load on a thread of its own; the groups bound the number of running loads. */
  void startLoad(Runnable load) {
    loads.execute(load);
  }

  /**
   * Runs {@code task}, which does not block, on another thread, or on this one if there is no
   * other.
   */
  void startSoon(Task task) {
    try {
      loads.execute(task);
    } catch (Throwable t) { // refused, or no memory for a thread
      task.run();
    }
  }

  /**
   * Runs {@code task} as {@link #startSoon} does after {@code delay}; never if the node closes
   * first.
   */
  Future<?> startAfter(Duration delay, Task task) {
    return after(delay, () -> startSoon(task));
  }

  /** Runs {@code task} on the timer thread after {@code delay}; never if the node closes first. */
  Future<?> after(Duration delay, Runnable task) {
    try {
      return timer.schedule(task, TimeUnit.NANOSECONDS.convert(delay), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.completedFuture(null);
    }
  }

  /**
   * Runs {@code task}, which calls user code, on the callback executor. If that executor refuses
   * it, because it is full, shut down or out of threads, the common pool runs it. The common pool
   * may lose a task if it has no memory for a thread, so every tick offers the task again until it
   * has begun.
   */
  void callBack(Task task) {
    try {
      callbacks.execute(task);
    } catch (Throwable t) {
      callBackLater(task);
      try {
        ForkJoinPool.commonPool().execute(task);
      } catch (Throwable t2) { // out of memory
        if (isClosed()) { // there are no more ticks
          task.run();
        }
      }
    }
  }

  /** As {@link #callBack}, but at the next tick, and only if the task has not begun by then. */
  void callBackLater(Task task) {
    if (task.enterStack()) {
      do {
        task.below = notBegun.get();
      } while (!notBegun.compareAndSet(task.below, task));
    }
  }

  /** Offers again the callbacks that may not have begun; called at every tick. */
  void callBackAll() {
    Task task = notBegun.getAndSet(null);
    while (task != null) {
      Task next = task.leaveStack();
      if (!task.hasBegun()) {
        callBack(task);
      }
      task = next;
    }
  }

  /** Runs {@code ending}, at least once, when the node closes or has closed; it must not throw. */
  void atClose(Runnable ending) {
    atClose.add(ending);
    if (isClosed()) {
      ending.run();
    }
  }

  /** Removes an ending that was passed to {@link #atClose}. */
  void forgetAtClose(Runnable ending) {
    atClose.remove(ending);
  }

  /** Returns whether the node has begun to close. */
  boolean isClosed() {
    return closing.get();
  }

  /** Begins to close, which {@link #close} completes; returns false if that has begun before. */
  boolean beginClosing() {
    return !closing.getAndSet(true);
  }

  /** Runs the endings of {@link #atClose}, and stops the threads. */
  void close() {
    atClose.forEach(Runnable::run);
    timer.shutdownNow();
    loads.shutdownNow();
    callBackAll();
    if (ownCallbacks != null) {
      ownCallbacks.shutdown();
    }
  }
}
