package io.dawncache.core;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * What another thread is to run, once: a second run does nothing. So a task that an executor ran,
 * or has queued, before it threw may be handed to the next executor all the same.
 *
 * <p>Made before the moment at which it is needed, because an exhausted heap would not allow it
 * then. What it throws goes to the running thread's uncaught exception handler.
 */
abstract class Task implements Runnable {
  private static final AtomicIntegerFieldUpdater<Task> BEGUN =
      AtomicIntegerFieldUpdater.newUpdater(Task.class, "begun");

  private static final AtomicIntegerFieldUpdater<Task> ON_STACK =
      AtomicIntegerFieldUpdater.newUpdater(Task.class, "onStack");

  // Each 0 or 1.
  private volatile int begun;
  private volatile int onStack;

  /** The one below on {@link CacheNode#callBackLater}'s stack. */
  @Nullable Task below;

  /** Returns a task of {@code steps}. */
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

  /** Allows one more run, because this one had no memory. */
  final void rewind() {
    begun = 0;
  }

  /** Returns whether it is to be put on the stack: it may be on one once. */
  final boolean enterStack() {
    return onStack == 0 && ON_STACK.compareAndSet(this, 0, 1);
  }

  /** Returns the one below. */
  final @Nullable Task leaveStack() {
    Task next = below;
    below = null;
    onStack = 0;
    return next;
  }
}
