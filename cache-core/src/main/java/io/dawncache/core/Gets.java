package io.dawncache.core;

import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The way of a get in one group: from memory, else from the key's owner, else by a load here. Safe
 * for use by any thread.
 */
final class Gets {
  /*
   * lookUp; on a miss begin, which registers the caller as a waiter, and route: the ring names the
   * owners; our own key joins its load flight, another's its fetch flight. A get that came from a
   * peer only ever joins the load flight. A load waits for the origin, and at most 50 ms for a
   * peek, which never loads; so nodes that disagree about an owner never wait for each other in a
   * circle.
   */
  private static final Duration FETCH_GRACE = Duration.ofSeconds(1);

  /** What happens to a get that misses: at once, or when all gets of a bulk are known. */
  interface Sender {
    /** Sends a new fetch to the first owner of its key. */
    void fetch(Owner.Remote owner, Fetch fetch);

    /** Joins {@code wait} to the load of its key, which this node owns. */
    void load(PendingGet wait);
  }

  private final Sender atOnce =
      new Sender() {
        @Override
        public void fetch(Owner.Remote owner, Fetch fetch) {
          fetch.ask(owner);
        }

        @Override
        public void load(PendingGet wait) {
          loads.join(wait.key(), wait.trace(), wait);
        }
      };

  private final String group;
  private final PresentConfig config;
  private final NodeResources node;
  private final Owners owners;
  private final HandOff handOff;
  private final Peeks peeks;
  private final Memory memory;
  private final Keeper keeper;
  private final Flights flights;
  private final Loads loads;
  private final Counters counters;
  private final Events events;
  private final HotKeys hotKeys;
  private final AtomicInteger waiters = new AtomicInteger();

  private volatile boolean closed;

  Gets(
      String group,
      PresentConfig config,
      NodeResources node,
      Owners owners,
      HandOff handOff,
      Peeks peeks,
      Memory memory,
      Keeper keeper,
      Flights flights,
      Loads loads,
      Counters counters,
      Events events,
      HotKeys hotKeys) {
    this.group = group;
    this.config = config;
    this.node = node;
    this.owners = owners;
    this.handOff = handOff;
    this.peeks = peeks;
    this.memory = memory;
    this.keeper = keeper;
    this.flights = flights;
    this.loads = loads;
    this.counters = counters;
    this.events = events;
    this.hotKeys = hotKeys;
  }

  /** Returns what is in memory and may be answered, or null; counts a hit. */
  @Nullable Entry lookUp(String key) {
    Entry entry = lookUpOwn(key);
    if (entry != null) {
      hotKeys.got(key);
    } else {
      entry = memory.copy(key);
      if (entry == null || entry.isExpired(node.clock().now())) {
        return null;
      }
      counters.hotHits.increment();
    }
    counters.cacheHits.increment();
    return entry;
  }

  /** As {@link #lookUp}, in main alone: own values and guests; counts nothing. */
  @Nullable Entry lookUpOwn(String key) {
    Entry.Own entry = memory.own(Objects.requireNonNull(key, "key"));
    if (entry == null) {
      return null;
    }
    long now = node.clock().now();
    return now < entry.expiresNanos() && now < entry.loadDueNanos() ? entry : past(entry, now);
  }

  /**
   * Returns the answer that a guest, or an own value past its TTL or soft TTL, still gives, or
   * null. An expired value answers if its last load failed; the next load runs in the background,
   * so that no caller waits again for an origin that hangs.
   */
  private @Nullable Entry past(Entry.Own entry, long now) {
    if (entry.isGuest()) {
      return entry.answersAt(now) ? entry.copy() : null;
    }
    if (!entry.isExpired(now)) {
      loads.refresh(entry);
      return entry;
    }
    if (!entry.outlivesAFailure(now) || now >= memory.end(entry)) {
      return null;
    }
    loads.retry(entry, now);
    events.staleServed(entry.key());
    return new Entry.Stale(entry.key(), entry.value());
  }

  /**
   * Returns the value that answers a get of an own key which cannot wait for the load: the old one
   * as stale, or a new one that has just landed; null if there is none.
   */
  @Nullable Entry withoutWaiting(String key) {
    Entry entry = memory.held(key);
    return entry == null || !entry.isExpired(node.clock().now())
        ? entry
        : new Entry.Stale(key, entry.value());
  }

  /**
   * A hit answers before this returns; else {@code callback} is called when the key's flight ends.
   */
  void get(String key, @Nullable Duration timeout, GetCallback callback) {
    Entry hit = lookUp(key);
    if (hit != null) {
      callback.value(hit, 0);
    } else {
      miss(key, timeout, callback.trace(), answering(key, 0, callback));
    }
  }

  /** Joins {@code caller} to the flight of a key that is not in memory. */
  void miss(
      String key, @Nullable Duration timeout, @Nullable TraceContext trace, Waiter<Entry> caller) {
    PendingGet wait = begin(key, timeout, trace, caller, true);
    if (wait != null) {
      route(wait);
    }
  }

  /**
   * Counts a miss and registers its caller as a waiter, or returns null.
   *
   * @param trace what the caller belongs to, as far as known
   * @param timed whether the wait has to end itself when {@code timeout} is over
   */
  @Nullable PendingGet begin(
      String key,
      @Nullable Duration timeout,
      @Nullable TraceContext trace,
      Waiter<Entry> caller,
      boolean timed) {
    GroupConfig present = config.now();
    Keys.check(key, present.maxKeyBytes());
    Duration fetchTimeout = present.loadTimeout().plus(FETCH_GRACE);
    Duration patience =
        timeout == null || timeout.compareTo(fetchTimeout) > 0 ? fetchTimeout : timeout;
    CoarseClock clock = node.clock();
    PendingGet wait =
        new PendingGet(
            this, key, CoarseClock.end(clock.exact(), patience.toNanos()), trace, caller);
    counters.loads.increment();
    if (closed) {
      String removed = "get " + Keys.shown(group, key) + ": the group was removed";
      caller.ended(null, new GetFailedException(removed, null));
      return null;
    }
    if (waiters.incrementAndGet() > present.maxWaiters()) {
      refuse(key, caller);
      return null;
    }
    try {
      wait.isWantedBy(loads.want(key));
      if (timed && timeout != null) {
        wait.watch(node.threads(), timeout);
      }
      return wait;
    } catch (Throwable t) { // a getter waits for itself; or no memory for a timer
      wait.giveUp(t);
      return null;
    }
  }

  /**
   * If too many gets wait, an expired value that may still be answered is preferred to an error.
   */
  private void refuse(String key, Waiter<Entry> caller) {
    Entry held = withoutWaiting(key);
    waitOver(held, key);
    if (held != null) {
      caller.ended(held, null);
      return;
    }
    events.overloaded(key);
    String get = "get " + Keys.shown(group, key);
    caller.ended(
        null,
        new OverloadedException(
            get + ": overloaded, " + config.now().maxWaiters() + " gets waiting"));
  }

  /** Runs when a wait has ended, with any result. */
  void waitOver(@Nullable Entry entry, String key) {
    waiters.decrementAndGet();
    if (entry != null && entry.isStale()) {
      events.staleServed(key);
    }
  }

  /** Joins a wait to the flight that its key's owner decides. */
  void route(PendingGet wait) {
    route(wait, atOnce);
  }

  /** As {@link #route(PendingGet)}, but leaves to {@code sender} what the flight begins with. */
  void route(PendingGet wait, Sender sender) {
    try {
      join(wait, sender);
    } catch (Throwable t) { // a picker of the user's
      wait.giveUp(t);
    }
  }

  private void join(PendingGet wait, Sender sender) {
    String key = wait.key();
    Iterator<Owner> byRank = owners.of(key);
    if (byRank.hasNext() && byRank.next() instanceof Owner.Remote owner && peeks.mayFetch(key)) {
      flights
          .fetches()
          .join(key, (same, flight) -> send(owner, fetch(wait, byRank, flight), sender), wait);
    } else {
      load(wait, sender);
    }
  }

  /** Starts a new fetch, unless a change has come since this node decided to fetch the key. */
  private void send(Owner.Remote owner, Fetch fetch, Sender sender) {
    if (peeks.mayFetch(fetch.key())) {
      sender.fetch(owner, fetch);
    } else {
      fetch.loadHere();
    }
  }

  /** Returns the value that a node which now owns the key may take over, or null. */
  @Nullable Entry peekOwn(String key) {
    return memory.peekOwn(key);
  }

  /** Notes that a peer has asked for a key that is not in memory. */
  void askedByPeer(String key) {
    owners.askedFor(key);
  }

  /** Forgets at this node bytes that a codec cannot read, if they are held, and counts them. */
  void forgetUnreadable(String key, ByteView bytes) {
    counters.unreadable.increment();
    memory.forgetIfEqual(key, bytes, () -> flights.detach(key));
  }

  /**
   * Ends a wait with another value than {@code unreadable}, which it forgets: with one that is held
   * by now, or by a load at this node, whichever node owns the key. The owner would answer with the
   * same bytes again, and so would a node that is peeked.
   */
  void getAnew(PendingGet wait, ByteView unreadable) {
    try {
      forgetUnreadable(wait.key(), unreadable);
      Entry held = lookUpOwn(wait.key());
      if (held != null) {
        wait.ended(held, null);
      } else {
        loads.reload(wait.key(), wait);
      }
    } catch (Throwable t) { // no memory
      wait.giveUp(t);
    }
  }

  /** Joins a wait to the load flight of its key, without asking which node owns the key. */
  void load(PendingGet wait) {
    load(wait, atOnce);
  }

  /** As {@link #load(PendingGet)}, but leaves the load to {@code sender}. */
  void load(PendingGet wait, Sender sender) {
    if (!endIfMissing(wait)) {
      sender.load(wait);
    }
  }

  /** Ends the wait for a key that is remembered as not found: a hit after all. */
  private boolean endIfMissing(PendingGet wait) {
    if (!memory.isMissing(wait.key())) {
      return false;
    }
    counters.loads.decrement();
    counters.cacheHits.increment();
    counters.notFoundHits.increment();
    wait.ended(null, loads.notFound(wait.key()));
    return true;
  }

  /**
   * Returns a fetch of another's key, to be sent to the first of its owners; it has the time and
   * the trace of the get that begins it.
   */
  private Fetch fetch(PendingGet first, Iterator<Owner> byRank, Waiter<Entry> flight) {
    Duration left = first.left();
    Duration timeout = left == null ? Duration.ofMillis(1) : left;
    String key = first.key();
    PeerRequest request =
        new PeerRequest(group, key, timeout, memory.takeCopyGets(key), first.trace());
    return new Fetch(this, request, byRank, flight);
  }

  /** Loads here what its owners could not be asked for. */
  void loadHere(PeerRequest request, Waiter<Entry> flight) {
    loads.join(request.key(), request.trace(), flight);
  }

  /** A fetch that a peer answered with a value ends its flight; a copy may be kept. */
  void landFetched(
      String key,
      long generation,
      long begunNanos,
      boolean acrossZones,
      PeerResult result,
      Waiter<Entry> flight) {
    (acrossZones ? counters.bytesAcrossZones : counters.bytesWithinZone)
        .add(result.value().length());
    if (result.stale()) {
      flight.ended(new Entry.Stale(key, result.value()), null);
      return;
    }
    Entry entry =
        new Entry.Copy(key, result.value(), CoarseClock.end(begunNanos, result.ttlNanos()));
    try {
      keeper.keepFetched(entry, result.minuteQps(), acrossZones, begunNanos, generation);
    } catch (Throwable t) { // a picker of the user's: what was fetched is still valid
      Uncaught.report(t);
    }
    flight.ended(entry, null);
  }

  /** Returns a waiter that calls {@code callback}. */
  Waiter<Entry> answering(String key, double minuteQps, GetCallback callback) {
    return (entry, error) -> {
      if (entry != null) {
        callback.value(entry, minuteQps);
      } else {
        callback.error(GetException.of(group, key, error));
      }
    };
  }

  Flights flights() {
    return flights;
  }

  long generation(String key) {
    return memory.generation(key);
  }

  String group() {
    return group;
  }

  GroupConfig config() {
    return config.now();
  }

  CoarseClock clock() {
    return node.clock();
  }

  Counters counters() {
    return counters;
  }

  HandOff handOff() {
    return handOff;
  }

  /** Returns how many gets wait for a flight. */
  int waiting() {
    return waiters.get();
  }

  /** Refuses all gets that miss from now on: the group was removed. */
  void close() {
    closed = true;
  }
}
