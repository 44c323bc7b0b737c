package io.dawncache.core;

import io.dawncache.core.singleflight.Singleflight;
import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The load flights of one group: when the getter runs, and what becomes of its answer. */
final class Loads {
  /*
   * Between a miss and its flight an earlier flight may have landed; a flight is removed only after
   * its value was put, so one more look inside the new flight keeps the key from being loaded twice.
   *
   * Every flight notes its key's generation before anything else; Memory tells why.
   */

  /** After a load that failed, an older value answers for so long before another load is tried. */
  private static final long RETRY_NANOS = 1_000_000_000;

  private static final Loaded NOT_FOUND = Loaded.notFound();

  private final String group;
  private final GroupConfig config;
  private final NodeResources node;
  private final AsyncGetter getter;
  private final @Nullable BulkGetter bulkGetter;
  private final Memory memory;
  private final Keeper keeper;
  private final Counters counters;
  private final Events events;
  private final OriginLog log;
  private final LoadExecutor executor;
  private final LoadTimes times = new LoadTimes();
  private final Singleflight<String, Entry> flights;

  Loads(
      String group,
      GroupConfig config,
      AsyncGetter getter,
      @Nullable BulkGetter bulkGetter,
      NodeResources node,
      Memory memory,
      Keeper keeper,
      Flights flights,
      Counters counters,
      Events events) {
    this.group = group;
    this.config = config;
    this.node = node;
    this.getter = getter;
    this.bulkGetter = bulkGetter;
    this.memory = memory;
    this.keeper = keeper;
    this.flights = flights.loads();
    this.counters = counters;
    this.events = events;
    this.log = new OriginLog(group, Events.LOG, node.clock()::exact);
    this.executor = new LoadExecutor(group, config, node);
  }

  /** Returns the flights, for what registers several before any of them starts. */
  Singleflight<String, Entry> flights() {
    return flights;
  }

  /** Returns whether the origin can be asked for many keys at once. */
  boolean loadsManyAtOnce() {
    return bulkGetter != null;
  }

  /** Returns how many loads of a get of many keys are started before one of them has ended. */
  int placesOfABulk() {
    return config.maxLoads();
  }

  /** See {@link LoadExecutor#want}. */
  LoadExecutor.@Nullable Want want(String key) {
    return executor.want(key);
  }

  /** Has {@code waiter} join the key's flight, or starts one. */
  void join(String key, Waiter<Entry> waiter) {
    flights.join(key, this::start, waiter);
  }

  private void start(String key, Waiter<Entry> flight) {
    long generation = memory.generation(key);
    if (!hasEnded(key, flight)) {
      run(
          key,
          LoadExecutor.Ending.of(
              flight, (loaded, error) -> land(key, generation, loaded, error, flight)));
    }
  }

  /** Ends the flight by what an earlier one has brought, if one has. */
  private boolean hasEnded(String key, Waiter<Entry> flight) {
    Entry entry = memory.own(key);
    if (entry != null && !entry.isExpired(node.clock().now())) {
      flight.ended(entry, null);
    } else if (memory.isMissing(key)) {
      flight.ended(null, notFound(key));
    } else {
      return false;
    }
    return true;
  }

  /** Loads {@code entry}'s key anew while it still answers, unless somebody does already. */
  void refresh(Entry.Own entry) {
    if (entry.claimRefresh()) {
      try {
        flights.join(entry.key(), this::startRefresh, (loaded, error) -> release(entry, error));
      } catch (Throwable t) { // no memory; the entry answers on, and is tried again
        releaseUntried(entry);
      }
    }
  }

  /**
   * Loads the key of an expired {@code entry} anew, of which the last load failed, unless somebody
   * does already or it failed a moment ago. Nobody waits for it: the old value answers meanwhile.
   */
  void retry(Entry.Own entry, long nowNanos) {
    if (entry.claimRetry(nowNanos)) {
      try {
        flights.join(entry.key(), this::start, (loaded, error) -> release(entry, error));
      } catch (Throwable t) { // no memory; the entry answers on, and is tried again
        releaseFailed(entry);
      }
    }
  }

  /**
   * A load has ended whose claim {@code entry} still has: the load was not kept, because a
   * neighbour on the stripe was forgotten, and left the entry in its place. That load must not be
   * the last one tried. Only after a failure may the entry outlive its end: where the origin has
   * answered, whatever it said, the old value is not answered beyond that.
   */
  private void release(Entry.Own entry, @Nullable Throwable error) {
    if (error == null || error instanceof NotFoundException || error instanceof RejectedException) {
      releaseUntried(entry);
    } else {
      releaseFailed(entry);
    }
  }

  private void releaseFailed(Entry.Own entry) {
    if (entry.isClaimed()) {
      entry.loadDueAt(nextTry());
    }
  }

  /** The next load runs behind while the entry holds, and after that in front of its callers. */
  private void releaseUntried(Entry.Own entry) {
    if (entry.isClaimed()) {
      long next = nextTry();
      entry.loadDueAt(next < entry.expiresNanos() ? next : CoarseClock.NEVER);
    }
  }

  private long nextTry() {
    return node.clock().endOf(RETRY_NANOS);
  }

  private void startRefresh(String key, Waiter<Entry> flight) {
    long generation = memory.generation(key);
    counters.refreshes.increment();
    run(
        key,
        LoadExecutor.Ending.of(
            flight,
            (loaded, error) -> {
              if (loaded != null && loaded.value() != null) {
                events.refreshed(key);
              }
              land(key, generation, loaded, error, flight);
            }));
  }

  private void run(String key, LoadExecutor.Ending<Loaded> ending) {
    if (config.hedge()) {
      Hedge.start(
          node.threads(),
          times.snapshot(),
          first -> runOnce(key, first),
          counters.hedges::increment,
          ending);
    } else {
      runOnce(key, ending);
    }
  }

  private void runOnce(String key, LoadExecutor.Ending<Loaded> ending) {
    long start = node.clock().exact();
    LoadExecutor.Call<Loaded> call = () -> getter.load(key);
    LoadExecutor.Ending<Loaded> counted =
        (loaded, error) -> {
          Loaded answer = loaded;
          GetException fault = error;
          try {
            fault = faultOf(key, loaded, error);
            answer = fault == null ? loaded : null;
            count(key, answer, fault);
            noteSize(loaded);
            times.record(node.clock().exact() - start);
          } finally {
            ending.ended(answer, fault);
          }
        };
    counters.loadsDeduped.increment(); // only now: nothing throws before the ending is called
    executor.load(Set.of(key), call, counted);
  }

  /** Loads what these flights, of keys apart, have begun for, with one call of the origin. */
  void startAll(Map<String, Waiter<Entry>> begun) {
    BulkGetter bulk = bulkGetter;
    if (bulk == null || begun.size() == 1) {
      begun.forEach(this::startOne);
      return;
    }
    try {
      Map<String, Long> generations = new HashMap<>();
      begun.forEach(
          (key, flight) -> {
            long generation = memory.generation(key);
            if (!hasEnded(key, flight)) {
              generations.put(key, generation);
            }
          });
      if (!generations.isEmpty()) {
        runAll(bulk, generations, begun);
      }
    } catch (Throwable t) {
      begun.values().forEach(flight -> flight.ended(null, t)); // those that have ended ignore it
    }
  }

  /** Starts a flight's load; a flight that cannot start has ended, and keeps no other from it. */
  private void startOne(String key, Waiter<Entry> flight) {
    try {
      start(key, flight);
    } catch (Throwable t) {
      flight.ended(null, t);
    }
  }

  private void runAll(
      BulkGetter bulk, Map<String, Long> generations, Map<String, Waiter<Entry>> begun) {
    Set<String> keys = Collections.unmodifiableSet(generations.keySet());
    long start = node.clock().exact();
    LoadExecutor.Call<Map<String, Loaded>> call =
        () -> CompletableFuture.completedFuture(bulk.loadAll(keys));
    List<Waiter<Entry>> all = List.copyOf(begun.values());
    LoadExecutor.Ending<Map<String, Loaded>> landing =
        (found, error) -> {
          try {
            generations.forEach(
                (key, generation) ->
                    landOne(key, generation, found, error, Objects.requireNonNull(begun.get(key))));
            times.record(node.clock().exact() - start);
          } catch (Throwable t) { // no memory to go through them; those that have ended ignore it
            for (int i = 0; i < all.size(); i++) {
              all.get(i).ended(null, t);
            }
          }
        };
    counters.loadsDeduped.add(keys.size()); // only now: nothing throws before all have ended
    executor.load(keys, call, landing);
  }

  /** Ends the flight of one key of many; whatever goes wrong, the other keys have to land. */
  private void landOne(
      String key,
      long generation,
      @Nullable Map<String, Loaded> found,
      @Nullable GetException error,
      Waiter<Entry> flight) {
    try {
      Loaded loaded = null;
      GetException failure = error;
      try {
        loaded = found == null ? null : Objects.requireNonNullElse(found.get(key), NOT_FOUND);
      } catch (Throwable t) { // the map is the getter's
        failure = GetException.of(group, key, t);
      }
      failure = faultOf(key, loaded, failure);
      loaded = failure == null ? loaded : null;
      count(key, loaded, failure);
      noteSize(loaded);
      land(key, generation, loaded, failure, flight);
    } catch (Throwable t) {
      flight.ended(null, t);
    }
  }

  private void noteSize(@Nullable Loaded loaded) {
    if (loaded != null) {
      ByteView value = loaded.value();
      executor.sizes().loaded(value == null ? 0 : value.length());
    }
  }

  /** Returns why a load has failed: a value that is longer than the group allows has, too. */
  private @Nullable GetException faultOf(
      String key, @Nullable Loaded loaded, @Nullable GetException error) {
    String fault = loaded == null ? null : Values.fault(loaded.value(), config.maxValueBytes());
    return fault == null
        ? error
        : new GetFailedException("load " + Keys.shown(group, key) + ": " + fault, null);
  }

  private void count(String key, @Nullable Loaded loaded, @Nullable GetException error) {
    boolean answered = loaded != null && loaded.rejection() == null;
    (answered ? counters.localLoads : counters.localLoadErrs).increment();
    if (error instanceof OverloadedException) {
      events.overloaded(key);
    } else if (error != null) {
      if (!executor.isClosed()) { // else the origin was not asked, or not waited for
        log.failed(error);
      }
    } else if (loaded != null && loaded.rejection() != null) {
      log.failed(rejected(key, loaded.rejection()));
    } else {
      log.answered();
    }
  }

  /** Ends a flight: keeps the value first, so that who comes after the flight finds it. */
  private void land(
      String key,
      long generation,
      @Nullable Loaded loaded,
      @Nullable GetException error,
      Waiter<Entry> flight) {
    if (loaded == null) {
      landFailure(key, generation, error, flight);
      return;
    }
    String rejection = loaded.rejection();
    if (rejection != null) {
      try {
        memory.drop(key, generation);
      } finally {
        flight.ended(null, rejected(key, rejection));
      }
      return;
    }
    ByteView value = loaded.value();
    long ttlNanos = keeper.ttlNanos(loaded);
    if (value == null) {
      try {
        keeper.keepMissing(key, ttlNanos, generation);
      } catch (Throwable t) { // a picker of the user's: what was loaded is true all the same
        Uncaught.report(t);
      }
      flight.ended(null, notFound(key));
      return;
    }
    Entry.Own entry = keeper.own(key, value, ttlNanos);
    try {
      if (ttlNanos > 0) {
        keeper.keep(entry, generation);
      }
    } catch (Throwable t) {
      Uncaught.report(t);
    }
    flight.ended(entry, null);
  }

  /** An older value answers in the place of a load that failed, now and until one succeeds. */
  private void landFailure(
      String key, long generation, @Nullable GetException error, Waiter<Entry> flight) {
    Entry.Own older = memory.held(key, generation);
    if (older == null) {
      flight.ended(null, error);
      return;
    }
    CoarseClock clock = node.clock();
    older.loadDueAt(nextTry());
    boolean isStale = older.isExpired(clock.now());
    if (isStale) {
      log.servesStale(Keys.shown(group, key));
    }
    flight.ended(isStale ? new Entry.Stale(key, older.value()) : older, null);
  }

  /** Returns the end of a get for a key that the origin holds nothing under. */
  NotFoundException notFound(String key) {
    return new NotFoundException("load " + Keys.shown(group, key) + ": not found");
  }

  private RejectedException rejected(String key, String reason) {
    String shortly = "load " + Keys.shown(group, key) + ": rejected by the origin";
    return new RejectedException(shortly + ", " + reason, shortly, reason);
  }

  LoadTimes times() {
    return times;
  }

  /** Ends all loads, and refuses later ones. */
  void close() {
    executor.close();
  }
}
