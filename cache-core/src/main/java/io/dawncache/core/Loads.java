package io.dawncache.core;

import io.dawncache.core.singleflight.Singleflight;
import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The load flights of one group: when the getter runs, and what happens to its answer. */
final class Loads {
  /*
   * A load looks into memory once more inside its new flight, because an earlier flight may have
   * ended between the caller's miss and this flight. A flight is removed only after its value was
   * put, so the second look keeps the key from being loaded twice.
   *
   * Every flight notes its key's generation before anything else; Memory explains why. It reads
   * which origin is in force after that, and a group that changes its origin forgets everything
   * after the change; so no value of a former origin is kept.
   *
   * A getter is shown only a value that is held while the key still has the noted generation. If it
   * answers that this value has not changed, the answer becomes the value itself. A change that
   * comes in between increments the generation, so the value does not come back.
   */

  /** After a failed load, an older value answers for this long before the next load is tried. */
  private static final long RETRY_NANOS = 1_000_000_000;

  /** How long the memory of a key's former owner may take to answer. */
  private static final Duration PEEK_TIMEOUT = Duration.ofMillis(50);

  /** The same if no caller waits for it. */
  private static final Duration TAKE_TIMEOUT = Duration.ofSeconds(1);

  private static final Loaded NOT_FOUND = Loaded.notFound();

  private final String group;
  private final PresentConfig config;
  private final NodeResources node;
  private final Memory memory;
  private final Keeper keeper;
  private final Peeks peeks;
  private final Counters counters;
  private final Events events;
  private final LoadExecutor executor;
  private final LoadRecords records;
  private final Singleflight<String, Entry> flights;

  private volatile Origin origin;

  Loads(
      String group,
      PresentConfig config,
      Origin origin,
      NodeResources node,
      Memory memory,
      Keeper keeper,
      Peeks peeks,
      Flights flights,
      Counters counters,
      Events events) {
    this.group = group;
    this.config = config;
    this.node = node;
    this.origin = origin;
    this.memory = memory;
    this.keeper = keeper;
    this.peeks = peeks;
    this.flights = flights.loads();
    this.counters = counters;
    this.events = events;
    this.executor = new LoadExecutor(group, config, node);
    this.records = new LoadRecords(group, node.clock(), counters, events, executor::isClosed);
  }

  /** Returns the flights, so that a caller can register several before any of them starts. */
  Singleflight<String, Entry> flights() {
    return flights;
  }

  /** Returns whether the origin can load many keys with one call. */
  boolean loadsManyAtOnce() {
    return origin.many() != null;
  }

  /** Returns how many loads of one bulk get may run at a time. */
  int maxLoadsOfABulk() {
    return config.now().maxLoads();
  }

  /** Loads from another origin from now on; the caller makes the group forget afterwards. */
  void change(Origin origin) {
    this.origin = origin;
  }

  /** Starts loads for which a changed configuration has permits. */
  void configChanged() {
    executor.startQueued();
  }

  /** See {@link LoadExecutor#activity}. */
  GroupActivity activity(int waitingGets) {
    return executor.activity(waitingGets);
  }

  /** See {@link LoadExecutor#want}. */
  @Nullable WantedKey want(String key) {
    return executor.want(key);
  }

  /** Joins the key's flight with {@code waiter}, or starts one, whose load has {@code trace}. */
  void join(String key, @Nullable TraceContext trace, Waiter<Entry> waiter) {
    flights.join(key, (begun, flight) -> start(begun, trace, flight), waiter);
  }

  private void start(String key, @Nullable TraceContext trace, Waiter<Entry> flight) {
    long generation = memory.generation(key);
    if (endIfKnown(key, flight)) {
      return;
    }
    Owner.Remote former = peeks.source(key);
    if (former == null) {
      load(key, generation, trace, flight);
    } else {
      peek(key, generation, trace, former, flight);
    }
  }

  private void load(
      String key, long generation, @Nullable TraceContext trace, Waiter<Entry> flight) {
    run(
        key,
        generation,
        trace,
        LoadExecutor.Ending.of(
            flight, (loaded, error) -> land(key, generation, loaded, error, flight)));
  }

  /** Looks for the key in its former owner's memory, and loads it if it is not there. */
  private void peek(
      String key,
      long generation,
      @Nullable TraceContext trace,
      Owner.Remote former,
      Waiter<Entry> flight) {
    long begunNanos = node.clock().exact();
    Once<PeerResult> answer =
        new Once<>(
            result -> peeked(key, generation, trace, former, begunNanos, result, flight),
            thrown -> flight.ended(null, thrown));
    counters.peeks.increment();
    try {
      former.getter().peek(new PeerRequest(group, key, PEEK_TIMEOUT), answer);
    } catch (Throwable t) { // the peer getter may be the user's
      answer.accept(PeerResult.of(PeerResult.Status.NOT_ASKED, t.getClass().getName()));
    }
  }

  private void peeked(
      String key,
      long generation,
      @Nullable TraceContext trace,
      Owner.Remote former,
      long begunNanos,
      PeerResult result,
      Waiter<Entry> flight) {
    if (!isHeld(result)) {
      load(key, generation, trace, flight);
      return;
    }
    counters.peekHits.increment();
    landValue(entry(key, former, begunNanos, result), result.ttlNanos(), generation, flight);
  }

  private boolean isHeld(@Nullable PeerResult peeked) {
    return peeked != null
        && peeked.status() == PeerResult.Status.VALUE
        && !peeked.stale()
        && Values.fault(peeked.value(), config.now().maxValueBytes()) == null;
  }

  private Entry.Own entry(String key, Owner.Remote former, long begunNanos, PeerResult peeked) {
    boolean certain = peeks.isCertain(key, former);
    return keeper.peeked(key, peeked.value(), peeked.ttlNanos(), begunNanos, certain);
  }

  /**
   * Looks for a key that this node has come to own in its former owner's memory, and keeps its
   * value; does not load it.
   *
   * @param done called once, with any outcome
   */
  void take(String key, Runnable done) {
    long generation = memory.generation(key);
    Owner.Remote former = peeks.source(key);
    if (former == null || memory.held(key) != null || memory.isMissing(key)) {
      done.run();
      return;
    }
    long begunNanos = node.clock().exact();
    Once<PeerResult> answer =
        new Once<>(
            result -> {
              try {
                keepTaken(key, generation, former, begunNanos, result);
              } finally {
                done.run();
              }
            },
            Uncaught::report);
    try {
      former.getter().peek(new PeerRequest(group, key, TAKE_TIMEOUT), answer);
    } catch (Throwable t) { // the peer getter may be the user's
      answer.accept(PeerResult.of(PeerResult.Status.NOT_ASKED, t.getClass().getName()));
    }
  }

  private void keepTaken(
      String key, long generation, Owner.Remote former, long begunNanos, PeerResult result) {
    boolean wanted = memory.held(key) == null; // a load may have landed meanwhile
    if (wanted && isHeld(result) && result.ttlNanos() > 0) {
      keeper.keep(entry(key, former, begunNanos, result), generation);
      counters.taken.increment();
    }
  }

  /** Ends the flight with the result of an earlier one, if there is one. */
  private boolean endIfKnown(String key, Waiter<Entry> flight) {
    Entry.Own entry = memory.own(key);
    long now = node.clock().now();
    if (entry != null && entry.answersAt(now)) {
      flight.ended(entry.isGuest() ? entry.copy() : entry, null);
    } else if (memory.isMissing(key)) {
      flight.ended(null, notFound(key));
    } else {
      return false;
    }
    return true;
  }

  /** Loads the key of a valid {@code entry} again, unless a load for it already runs. */
  void refresh(Entry.Own entry) {
    if (entry.claimRefresh()) {
      try {
        flights.join(entry.key(), this::startRefresh, (loaded, error) -> release(entry, error));
      } catch (Throwable t) { // out of memory; the entry still answers, and a later get tries again
        releaseAnswered(entry);
      }
    }
  }

  /** Loads the key again, whatever is held under it, or joins the load that runs. */
  void reload(String key, Waiter<Entry> waiter) {
    flights.join(key, this::startRefresh, waiter);
  }

  /**
   * Loads the key of an expired {@code entry} again after its last load failed, unless a load
   * already runs or failed a moment ago. No caller waits for it: the old value answers meanwhile.
   */
  void retry(Entry.Own entry, long nowNanos) {
    if (entry.claimRetry(nowNanos)) {
      try {
        join(entry.key(), /* trace= */ null, (loaded, error) -> release(entry, error));
      } catch (Throwable t) { // out of memory; the entry still answers, and a later get tries again
        releaseFailed(entry);
      }
    }
  }

  /**
   * Releases the claim of {@code entry} if its load has ended and left it: the loaded value was not
   * kept, because another key of the stripe was forgotten. A later get must be able to load again.
   * The entry may outlive its end only after a failure: once the origin has answered, with a value
   * or without, the old value is not answered beyond its end.
   */
  private void release(Entry.Own entry, @Nullable Throwable error) {
    if (error == null || error instanceof NotFoundException || error instanceof RejectedException) {
      releaseAnswered(entry);
    } else {
      releaseFailed(entry);
    }
  }

  private void releaseFailed(Entry.Own entry) {
    if (entry.hasNoneDue()) {
      entry.loadDueAt(nextTry());
    }
  }

  /**
   * While the entry is valid, the next load runs in the background; after that, callers wait for
   * it.
   */
  private void releaseAnswered(Entry.Own entry) {
    if (entry.hasNoneDue()) {
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
        generation,
        /* trace= */ null,
        LoadExecutor.Ending.of(
            flight,
            (loaded, error) -> {
              if (loaded != null && loaded.value() != null) {
                events.refreshed(key);
              }
              land(key, generation, loaded, error, flight);
            }));
  }

  private void run(
      String key,
      long generation,
      @Nullable TraceContext trace,
      LoadExecutor.Ending<Loaded> ending) {
    if (config.now().hedge()) {
      Hedge.start(
          node.threads(),
          records.times().snapshot(),
          first -> runOnce(key, generation, trace, first),
          counters.hedges::increment,
          ending);
    } else {
      runOnce(key, generation, trace, ending);
    }
  }

  private void runOnce(
      String key,
      long generation,
      @Nullable TraceContext trace,
      LoadExecutor.Ending<Loaded> ending) {
    long start = node.clock().exact();
    LoadExecutor.Call<Loaded> call = () -> origin.one().load(key, memory.held(key, generation));
    LoadExecutor.Ending<Loaded> counted =
        (loaded, error) -> {
          Loaded answer = loaded;
          GetException fault = error;
          try {
            fault = faultOf(key, loaded, error);
            answer = fault == null ? loaded : null;
            GetException failure = failureOf(key, answer, fault);
            records.ended(key, trace, answer, failure, start);
            noteSize(loaded);
            records.took(LoadRecords.outcome(answer, failure), start);
          } finally {
            ending.ended(answer, fault);
          }
        };
    counters.loadsDeduped.increment(); // last: nothing throws from here to the ending
    executor.load(Set.of(key), trace, call, counted);
  }

  /** Loads the keys of all these flights with one call of the origin, which has {@code trace}. */
  void startAll(Map<String, Waiter<Entry>> begun, @Nullable TraceContext trace) {
    if (!loadsManyAtOnce() || begun.size() == 1) {
      begun.forEach((key, flight) -> startOne(key, trace, flight));
      return;
    }
    try {
      Map<String, Long> generations = new HashMap<>();
      begun.forEach(
          (key, flight) -> {
            long generation = memory.generation(key);
            if (peeks.source(key) != null) {
              startOne(key, trace, flight);
            } else if (!endIfKnown(key, flight)) {
              generations.put(key, generation);
            }
          });
      BulkGetter bulk = origin.many();
      if (bulk == null) { // the origin has just changed
        generations
            .keySet()
            .forEach(key -> startOne(key, trace, Objects.requireNonNull(begun.get(key))));
      } else if (!generations.isEmpty()) {
        runAll(bulk, generations, trace, begun);
      }
    } catch (Throwable t) {
      begun.values().forEach(flight -> flight.ended(null, t)); // flights that have ended ignore it
    }
  }

  /** Starts a flight's load. If that fails, this flight ends, and the others still start. */
  private void startOne(String key, @Nullable TraceContext trace, Waiter<Entry> flight) {
    try {
      start(key, trace, flight);
    } catch (Throwable t) {
      flight.ended(null, t);
    }
  }

  private void runAll(
      BulkGetter bulk,
      Map<String, Long> generations,
      @Nullable TraceContext trace,
      Map<String, Waiter<Entry>> begun) {
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
                    landOne(
                        key,
                        generation,
                        trace,
                        found,
                        error,
                        start,
                        Objects.requireNonNull(begun.get(key))));
            records.took(LoadRecords.outcome(found, error), start);
          } catch (Throwable t) { // out of memory; flights that have ended ignore it
            for (int i = 0; i < all.size(); i++) {
              all.get(i).ended(null, t);
            }
          }
        };
    counters.loadsDeduped.add(keys.size()); // last: nothing throws from here to the endings
    executor.load(keys, trace, call, landing);
  }

  /** Ends the flight of one key of many. It never throws, so that the other keys land too. */
  private void landOne(
      String key,
      long generation,
      @Nullable TraceContext trace,
      @Nullable Map<String, Loaded> found,
      @Nullable GetException error,
      long startNanos,
      Waiter<Entry> flight) {
    try {
      Loaded loaded = null;
      GetException failure = error;
      try {
        loaded = found == null ? null : Objects.requireNonNullElse(found.get(key), NOT_FOUND);
      } catch (Throwable t) { // the map comes from the getter
        failure = GetException.of(group, key, t);
      }
      failure = faultOf(key, loaded, failure);
      loaded = failure == null ? loaded : null;
      records.ended(key, trace, loaded, failureOf(key, loaded, failure), startNanos);
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

  /**
   * Returns why a load has failed, or null. A value longer than the group allows is a failure, too,
   * and so is that no value has changed where none was held.
   */
  private @Nullable GetException faultOf(
      String key, @Nullable Loaded loaded, @Nullable GetException error) {
    String fault = null;
    if (loaded != null) {
      fault =
          loaded.isUnchanged()
              ? "unchanged (expected: a value; only reload may answer that it is unchanged)"
              : Values.fault(loaded.value(), config.now().maxValueBytes());
    }
    return fault == null
        ? error
        : new GetFailedException("load " + Keys.shown(group, key) + ": " + fault, null);
  }

  /** Returns the error, or the origin's rejection, or null if the getter has answered. */
  private @Nullable GetException failureOf(
      String key, @Nullable Loaded loaded, @Nullable GetException error) {
    String rejection = loaded == null ? null : loaded.rejection();
    return rejection == null ? error : rejected(key, rejection);
  }

  /** Ends a flight. It keeps the value first, so that the next caller finds it. */
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
      } catch (Throwable t) { // thrown by the user's picker: the loaded answer is still right
        Uncaught.report(t);
      }
      flight.ended(null, notFound(key));
      return;
    }
    landValue(keeper.loaded(key, value, ttlNanos, loaded), ttlNanos, generation, flight);
  }

  private void landValue(Entry.Own entry, long ttlNanos, long generation, Waiter<Entry> flight) {
    try {
      if (ttlNanos > 0) {
        keeper.keep(entry, generation);
      }
    } catch (Throwable t) {
      Uncaught.report(t);
    }
    flight.ended(entry, null);
  }

  /** Answers with an older value in place of the failed load, now and until a load succeeds. */
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
      records.servesStale(Keys.shown(group, key));
    }
    flight.ended(isStale ? new Entry.Stale(key, older.value()) : older, null);
  }

  /** Returns the exception that ends a get when the origin has no value for the key. */
  NotFoundException notFound(String key) {
    return new NotFoundException("load " + Keys.shown(group, key) + ": not found");
  }

  private RejectedException rejected(String key, String reason) {
    String shortly = "load " + Keys.shown(group, key) + ": rejected by the origin";
    return new RejectedException(shortly + ", " + reason, shortly, reason);
  }

  LoadRecords records() {
    return records;
  }

  /**
   * Ends all loads and refuses later ones.
   *
   * @param reason what the exceptions say
   */
  void close(String reason) {
    executor.close(reason);
  }
}
