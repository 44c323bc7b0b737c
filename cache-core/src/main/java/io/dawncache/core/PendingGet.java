package io.dawncache.core;

import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One get that waits for a flight. It counts among the group's waiters and has its own deadline.
 */
final class PendingGet implements Waiter<Entry> {
  /*
   * A deadline ends only this wait; the flight goes on for the other waiters. But a fetch carries
   * the deadline of the get that began it, so the fetch may time out while another get that joined
   * it has time left:
   *   1. a get with 100 ms starts the fetch, which carries these 100 ms;
   *   2. a get with 5 s joins it;
   *   3. the fetch times out.
   * The second get then starts a fetch of its own with the time that it has left. The owner's load
   * is still running, and the new fetch joins it.
   */
  private final Gets gets;
  private final String key;
  private final long deadlineNanos;
  private final @Nullable TraceContext trace;

  /**
   * Null once the wait has ended, so that a flight which still refers to this keeps no caller in
   * memory.
   */
  private final AtomicReference<@Nullable Waiter<? super Entry>> caller;

  private volatile @Nullable Future<?> timer;

  /** Not null if the caller is a getter; written before this joins a flight. */
  private @Nullable WantedKey want;

  PendingGet(
      Gets gets,
      String key,
      long deadlineNanos,
      @Nullable TraceContext trace,
      Waiter<? super Entry> caller) {
    this.gets = gets;
    this.key = key;
    this.deadlineNanos = deadlineNanos;
    this.trace = trace;
    this.caller = new AtomicReference<>(caller);
  }

  String key() {
    return key;
  }

  /** Returns the caller's trace; if the caller is a getter, that of its load. */
  @Nullable TraceContext trace() {
    return trace == null && want != null ? want.asker().trace() : trace;
  }

  /** Returns the time left in whole milliseconds, rounded up, or null if there is none. */
  @Nullable Duration left() {
    long nanos = deadlineNanos - gets.clock().exact();
    return nanos > 0 ? Duration.ofMillis(1 + (nanos - 1) / 1_000_000) : null;
  }

  /** Ends this at its deadline even if its flight goes on. */
  void watch(NodeThreads threads, Duration timeout) {
    timer = threads.startAfter(timeout, Task.of(() -> timeOut(timeout)));
    if (hasLeft()) {
      stopWatching();
    }
  }

  /** Notes the getter that waits, if any, so that its load lends its permit to the key's load. */
  void isWantedBy(@Nullable WantedKey want) {
    this.want = want;
  }

  private void stopWatching() {
    Future<?> watching = timer;
    if (watching != null) {
      timer = null;
      watching.cancel(false);
    }
  }

  @Override
  public void ended(@Nullable Entry entry, @Nullable Throwable error) {
    boolean startsAnew;
    try {
      startsAnew = error instanceof GetTimeoutException && !hasLeft() && left() != null;
    } catch (Throwable t) {
      complete(null, t);
      return;
    }
    if (startsAnew) {
      gets.route(this);
    } else {
      complete(entry, error);
    }
  }

  @Override
  public boolean hasLeft() {
    return caller.get() == null;
  }

  /** Called at the deadline: answers with an expired value if one may be answered. */
  void timeOut(Duration timeout) {
    Entry held = null;
    try {
      held = gets.withoutWaiting(key);
    } finally {
      complete(held, held == null ? GetTimeoutException.of(gets.group(), key, timeout) : null);
    }
  }

  /** Fails this wait; the flight may go on. */
  void giveUp(Throwable why) {
    complete(null, why);
  }

  private void complete(@Nullable Entry entry, @Nullable Throwable error) {
    Waiter<? super Entry> waiting = caller.getAndSet(null);
    if (waiting == null) {
      return;
    }
    try {
      gets.waitOver(entry, key);
      stopWatching();
      if (want != null) {
        want.end();
      }
    } finally {
      waiting.ended(entry, error);
    }
  }
}
