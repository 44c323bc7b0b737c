package io.dawncache.core;

import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One get that waits for a flight: it counts among the group's waiters and has an end of its own.
 */
final class Wait implements Waiter<Entry> {
  /*
   * A deadline ends this wait alone; the flight goes on for the others. It travels with a fetch,
   * though, so a fetch that one get began may end as late while another, who joined it, has time
   * left:
   *   1. a get with 100 ms starts the fetch, which carries them;
   *   2. a get with 5 s joins it;
   *   3. the fetch ends late.
   * The second then starts anew with what it has left. The owner's load has gone on meanwhile, and
   * the new fetch joins it.
   */
  private final Group group;
  private final String key;
  private final long deadlineNanos;

  /** Null when the wait has ended: its flight may hold this for longer, and nothing through it. */
  private final AtomicReference<@Nullable Waiter<? super Entry>> caller;

  private volatile @Nullable Future<?> timer;

  /** Set if a getter waits; written before the wait joins a flight. */
  private LoadExecutor.@Nullable Want want;

  Wait(Group group, String key, long deadlineNanos, Waiter<? super Entry> caller) {
    this.group = group;
    this.key = key;
    this.deadlineNanos = deadlineNanos;
    this.caller = new AtomicReference<>(caller);
  }

  String key() {
    return key;
  }

  /** Returns what is left of the wait in whole milliseconds, or null if nothing is. */
  @Nullable Duration left() {
    long nanos = deadlineNanos - group.clock().exact();
    return nanos > 0 ? Duration.ofMillis(1 + (nanos - 1) / 1_000_000) : null;
  }

  /** Has the wait end at its deadline even if no flight does. */
  void watch(CacheNode node, Duration timeout) {
    timer = node.startAfter(timeout, Task.of(() -> late(timeout)));
    if (hasLeft()) {
      stopWatching();
    }
  }

  /** Notes who waits, if it is a getter, so that its load lends its permit to the key's. */
  void isWantedBy(LoadExecutor.@Nullable Want want) {
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
      startsAnew = error instanceof LateException && !hasLeft() && left() != null;
    } catch (Throwable t) {
      tell(null, t);
      return;
    }
    if (startsAnew) {
      group.route(this);
    } else {
      tell(entry, error);
    }
  }

  @Override
  public boolean hasLeft() {
    return caller.get() == null;
  }

  /** Its deadline has come: an old value that may yet be answered is better than none. */
  void late(Duration timeout) {
    Entry held = null;
    try {
      held = group.withoutWaiting(key);
    } finally {
      tell(held, held == null ? BlockedCaller.late(group, key, timeout) : null);
    }
  }

  /** Ends the wait, whatever becomes of the flight. */
  void giveUp(Throwable why) {
    tell(null, why);
  }

  private void tell(@Nullable Entry entry, @Nullable Throwable error) {
    Waiter<? super Entry> waiting = caller.getAndSet(null);
    if (waiting == null) {
      return;
    }
    try {
      group.waitOver(entry, key);
      stopWatching();
      if (want != null) {
        want.end();
      }
    } finally {
      waiting.ended(entry, error);
    }
  }
}
