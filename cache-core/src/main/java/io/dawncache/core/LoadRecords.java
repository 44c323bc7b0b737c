package io.dawncache.core;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded of each load of a group that has ended: counters, times, the operator's log, and
 * the last loads by key. Calls the load listeners.
 */
final class LoadRecords {
  private final Counters counters;
  private final Events events;
  private final CoarseClock clock;
  private final OriginLog log;
  private final BooleanSupplier closed;
  private final LoadTimes times = new LoadTimes();
  private final LastLoads lastLoads = new LastLoads();
  private final List<LoadListener> listeners = new CopyOnWriteArrayList<>();

  /**
   * Makes the records of one group.
   *
   * @param closed whether loads fail because the group or its node was closed
   */
  LoadRecords(
      String group, CoarseClock clock, Counters counters, Events events, BooleanSupplier closed) {
    this.counters = counters;
    this.events = events;
    this.clock = clock;
    this.log = new OriginLog(group, Events.LOG, clock::exact);
    this.closed = closed;
  }

  /**
   * Records how the load of a key ended: exactly one of {@code loaded} and {@code failure} is
   * non-null.
   *
   * @param trace the load's
   * @param failure why there is no answer, or the origin's rejection
   */
  void ended(
      String key,
      @Nullable TraceContext trace,
      @Nullable Loaded loaded,
      @Nullable GetException failure,
      long startNanos) {
    LoadOutcome outcome = outcome(loaded, failure);
    (failure == null ? counters.localLoads : counters.localLoadErrs).increment();
    long now = clock.exact();
    lastLoads.note(key, outcome, failure, now, now - startNanos);
    if (failure == null) {
      log.answered();
    } else if (outcome == LoadOutcome.OVERLOADED) {
      events.overloaded(key);
    } else if (outcome == LoadOutcome.REJECTED || !closed.getAsBoolean()) {
      log.failed(failure, trace); // else nothing called the origin, or waited for it
    }
  }

  /** Records how long a call of the getter took, for one key or for many. */
  void took(LoadOutcome outcome, long startNanos) {
    long nanos = clock.exact() - startNanos;
    times.record(nanos);
    for (LoadListener listener : listeners) {
      try {
        listener.loadEnded(outcome, Duration.ofNanos(nanos));
      } catch (Throwable t) {
        Uncaught.report(t); // the load's waiters are called all the same
      }
    }
  }

  static LoadOutcome outcome(@Nullable Object answer, @Nullable GetException failure) {
    if (failure == null) {
      boolean notFound = answer instanceof Loaded loaded && loaded.value() == null;
      return notFound ? LoadOutcome.NOT_FOUND : LoadOutcome.VALUE;
    } else if (failure instanceof RejectedException) {
      return LoadOutcome.REJECTED;
    }
    return failure instanceof OverloadedException ? LoadOutcome.OVERLOADED : LoadOutcome.FAILED;
  }

  /** An expired value answers in place of a failed load. */
  void servesStale(String shownKey) {
    log.servesStale(shownKey);
  }

  LoadTimes times() {
    return times;
  }

  LastLoads lastLoads() {
    return lastLoads;
  }

  List<LoadListener> listeners() {
    return listeners;
  }
}
