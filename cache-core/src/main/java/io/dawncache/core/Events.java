package io.dawncache.core;

import static java.lang.System.Logger.Level.WARNING;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens in a group, and reports it to the listeners, in order and on other threads
 * than those on which it happens.
 */
final class Events implements Memory.Departures {
  /*
   * `waiting` counts the events that are queued or being reported. The thread that moves it from 0
   * starts the one task that reports; that task ends when it brings the count back to 0. So there
   * is never more than one task, and an event that is queued while it ends starts the next. The
   * timer passes the task to the callback executor, because that may be the user's and an event may
   * happen under a lock.
   */
  private static final int MOST_WAITING = 10_000;

  /** The log of groups; named by text, because a Group is made of this class. */
  static final System.Logger LOG = System.getLogger("io.dawncache.core.Group");

  private static final long WARNING_PACE_NANOS = 60_000_000_000L;

  private final String group;
  private final CoarseClock clock;
  private final NodeThreads threads;
  private final Counters counters;
  private final List<GroupListener> listeners = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedQueue<GroupEvent> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final LongAdder unheard = new LongAdder();
  private final AtomicLong nextWarningNanos = new AtomicLong();

  Events(String group, NodeResources node, Counters counters) {
    this.group = group;
    this.clock = node.clock();
    this.threads = node.threads();
    this.counters = counters;
  }

  void add(GroupListener listener) {
    listeners.add(listener);
  }

  boolean remove(GroupListener listener) {
    return listeners.remove(listener);
  }

  /** Returns how many events were dropped. */
  long unheard() {
    return unheard.sum();
  }

  @Override
  public void evicted(Entry entry) {
    if (entry instanceof Entry.Own) {
      counters.evictedAgeUnits.add(entry.ageUnits(clock.now()));
    }
    happened(GroupEvent.Type.EVICTED, entry.key());
  }

  @Override
  public void expired(Entry entry) {
    counters.expired.increment();
    happened(GroupEvent.Type.EXPIRED, entry.key());
  }

  @Override
  public void tooLarge(Entry entry) {
    counters.tooLarge.increment();
    long now = clock.exact();
    long due = nextWarningNanos.get();
    if (now >= due && nextWarningNanos.compareAndSet(due, now + WARNING_PACE_NANOS)) {
      String text =
          "group "
              + Keys.shown(group)
              + ": "
              + Keys.shown(group, entry.key())
              + ": "
              + entry.value().length()
              + " bytes do not fit the budget: answered, not kept, and loaded at each get";
      // This runs under a lock, and logging is not allowed under a lock.
      var unused = threads.startAfter(Duration.ZERO, Task.of(() -> LOG.log(WARNING, text)));
    }
  }

  /** This node has forgotten the key, or the whole group if the key is null. */
  void removed(@Nullable String key) {
    counters.removed.increment();
    happened(GroupEvent.Type.REMOVED, key);
  }

  /** A value was loaded again before its end. */
  void refreshed(String key) {
    happened(GroupEvent.Type.REFRESHED, key);
  }

  /** A get was answered with an expired value. */
  void staleServed(String key) {
    counters.staleServed.increment();
    happened(GroupEvent.Type.STALE_SERVED, key);
  }

  /** A get or a load was refused. */
  void overloaded(String key) {
    counters.overloaded.increment();
    happened(GroupEvent.Type.OVERLOADED, key);
  }

  /** Queues an event if there is a listener; runs no user code, and never throws. */
  private void happened(GroupEvent.Type type, @Nullable String key) {
    if (listeners.isEmpty()) {
      return;
    }
    if (waiting.get() >= MOST_WAITING) {
      unheard.increment();
      return;
    }
    try {
      queue.add(new GroupEvent(type, group, key));
    } catch (Throwable t) { // out of memory
      unheard.increment();
      return;
    }
    if (waiting.getAndIncrement() == 0) {
      try {
        Task notifying = Task.of(this::notifyOfAll);
        var unused = threads.after(Duration.ZERO, () -> threads.callBack(notifying));
      } catch (Throwable t) { // out of memory; the next event starts another task
        takeAll(event -> unheard.increment());
      }
    }
  }

  /** Runs on the callback executor. */
  private void notifyOfAll() {
    takeAll(this::notifyOf);
  }

  private void takeAll(Consumer<GroupEvent> action) {
    int taken;
    do {
      taken = 0;
      for (GroupEvent event = queue.poll(); event != null; event = queue.poll()) {
        action.accept(event);
        taken++;
      }
    } while (waiting.addAndGet(-taken) > 0);
  }

  private void notifyOf(GroupEvent event) {
    for (GroupListener listener : listeners) {
      try {
        listener.onEvent(event);
      } catch (Throwable e) {
        Uncaught.report(e);
      }
    }
  }
}
