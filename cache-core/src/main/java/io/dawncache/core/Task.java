package io.dawncache.core;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Work for another thread, run once: a second run does nothing. So a task may be passed to the next
 * executor even if the first one ran or queued it before it threw.
 *
 * <p>Made before it is needed, because there may be no memory then. Exceptions go to the running
 * thread's uncaught exception handler.
 */
abstract class Task implements Runnable {
  private static final AtomicIntegerFieldUpdater<Task> BEGUN =
      AtomicIntegerFieldUpdater.newUpdater(Task.class, "begun");

  private static final AtomicIntegerFieldUpdater<Task> ON_STACK =
      AtomicIntegerFieldUpdater.newUpdater(Task.class, "onStack");

  // Each 0 or 1.
  private volatile int begun;
  private volatile int onStack;

  /** The task below on {@link NodeThreads#callBackLater}'s stack. */
  @Nullable Task below;

  /** Returns a task that runs {@code steps}. */
  static Task of(Runnable steps) {
    return new Task() {
      @Override
      void steps() {
        steps.run();
      }
    };
  }

  abstract void steps();

  @Override
  public final void run() {
    if (begun == 0 && BEGUN.compareAndSet(this, 0, 1)) {
      try {
        steps();
      } catch (Throwable t) {
        Uncaught.report(t);
      }
    }
  }

  final boolean hasBegun() {
    return begun != 0;
  }

  /** Allows one more run, because this one ran out of memory. */
  final void rewind() {
    begun = 0;
  }

  /** Returns whether the caller must put it on the stack; it may be there only once. */
  final boolean enterStack() {
    return onStack == 0 && ON_STACK.compareAndSet(this, 0, 1);
  }

  /** Takes it off the stack; returns the task below. */
  final @Nullable Task leaveStack() {
    Task next = below;
    below = null;
    onStack = 0;
    return next;
  }
}
