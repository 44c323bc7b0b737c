package io.dawncache.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What may happen next, and what does: one test thread plays all threads, messages and clocks, and
 * a seed draws whose turn it is.
 */
final class Schedule {
  /** No event is put off for longer. */
  static final Duration LONGEST_WAIT = Duration.ofMillis(1500);

  private record Event(Supplier<String> what, long sinceNanos, Runnable action) {}

  private final SplittableRandom random;
  private final @Nullable List<String> log;
  private final List<Event> events = new ArrayList<>();
  private final HandThreads threads =
      new HandThreads(task -> later(() -> "a task", task), this::nanoTime);
  private long nanos = 630_000_000_000L;

  /**
   * Begins with nothing to happen.
   *
   * @param log where all that happens is written down, or null
   */
  Schedule(long seed, @Nullable List<String> log) {
    this.random = new SplittableRandom(seed);
    this.log = log;
  }

  /** Returns a number from 0 to {@code bound} - 1. */
  int draw(int bound) {
    return random.nextInt(bound);
  }

  /** Returns true once in so many times. */
  boolean onceIn(int times) {
    return draw(times) == 0;
  }

  <T> T any(List<T> list) {
    return list.get(draw(list.size()));
  }

  /** Has {@code action} happen some time. */
  void later(Supplier<String> what, Runnable action) {
    events.add(new Event(what, nanos, action));
  }

  /** Returns how many events are still to happen. */
  int left() {
    return events.size();
  }

  /** Has one event happen, if any is left. */
  void next() {
    if (!events.isEmpty()) {
      happen(draw(events.size()));
    }
  }

  /** Has all events happen, and all that follow from them. */
  void endAll() {
    while (!events.isEmpty()) {
      next();
    }
  }

  private void happen(int index) {
    Event event = events.remove(index);
    say(event.what);
    event.action.run();
  }

  /** Moves the time on; what has waited for too long happens before. */
  void pass(Duration time) {
    int i = 0;
    while (i < events.size()) {
      if (nanos - events.get(i).sinceNanos > LONGEST_WAIT.toNanos()) {
        happen(i);
        i = 0;
      } else {
        i++;
      }
    }
    nanos += time.toNanos();
    say(() -> time.toMillis() + " ms pass");
    threads.wake();
  }

  long nanoTime() {
    return nanos;
  }

  /** Returns the threads of nodes that live by this schedule. */
  HandThreads threads() {
    return threads;
  }

  void say(Supplier<String> what) {
    if (log != null) {
      log.add(what.get());
    }
  }
}
