package io.dawncache.core;

import io.dawncache.core.singleflight.Singleflight;
import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A named cache that fills itself: answers from memory, else from the key's owner, else by its
 * getter, and asks neither twice for one key at one time.
 *
 * <p>Made by {@link CacheNode#addGroup}. Safe for use by any thread. Keys are non-empty,
 * well-formed UTF-16, and bounded ({@link GroupConfig#maxKeyBytes()}); a bad key throws {@link
 * IllegalArgumentException} at once, while a failure of the world comes as a {@link GetException}.
 */
public final class Group {
  /*
   * The way of a get: lookUp; on a miss the ring names the owners; our own key joins the load
   * flight, another's the fetch flight. A get that came from a peer only ever joins the load
   * flight, so nodes that disagree about an owner never wait for each other: a load waits for the
   * origin alone.
   *
   * What a group is made of: Memory holds, and is where a change is one step; Keeper decides what
   * is kept; Loads runs the getter; a Fetch asks other nodes, a Bulk for many keys; a Wait is one
   * caller that waits; the Coordinator makes changes all over the fleet.
   */
  private static final Duration FETCH_GRACE = Duration.ofSeconds(1);

  private static final GetResult UNFINISHED =
      new GetResult(null, new GetFailedException("not ended", null));
  private static final GetResult NO_RESULT = new GetResult(null, GetFailedException.WITHOUT_TEXT);

  private final String name;
  private final CacheNode node;
  private final Duration fetchTimeout;
  private final Counters counters = new Counters();
  private final Events events;
  private final Memory memory;
  private final RateSketch rates;
  private final Keeper keeper;
  private final Loads loads;
  private final Singleflight<String, Entry> fetches = new Singleflight<>();
  private final AtomicInteger waiters = new AtomicInteger();
  private final Coordinator coordinator;
  private final PeerService forPeers;
  private final HeapShares.Share share;

  private volatile GroupConfig config; // only its budget changes

  private volatile boolean removed;

  Group(
      String name,
      GroupConfig asked,
      HeapShares.Share share,
      AsyncGetter getter,
      @Nullable BulkGetter bulkGetter,
      CacheNode node) {
    GroupConfig config = asked.resolved(share.bytes());
    this.name = name;
    this.config = config;
    this.share = share;
    this.node = node;
    this.fetchTimeout = config.loadTimeout().plus(FETCH_GRACE);
    this.events = new Events(name, node, counters);
    this.memory = new Memory(config, node.clock(), events);
    this.rates = new RateSketch(config.maxBytes(), node.clock()::exact);
    this.keeper = new Keeper(config, node, memory, rates, counters);
    this.loads = new Loads(this, getter, bulkGetter, node, memory, keeper, events);
    this.coordinator = new Coordinator(this, node);
    this.forPeers = new PeerService(this, loads, rates);
    share.onChange(this::resize);
  }

  private void resize(long maxBytes) {
    GroupConfig resolved = config.resolved(maxBytes);
    if (resolved != config) {
      config = resolved;
      memory.resize(resolved);
    }
  }

  /** Returns the group's name. */
  public String name() {
    return name;
  }

  /**
   * Returns the group's bounds and policies. A default budget is shown as what it comes to now: a
   * share of the heap that changes when groups are added or removed.
   */
  public GroupConfig config() {
    return config;
  }

  /**
   * Returns the value of {@code key}. A hit never leaves the calling thread; a miss blocks it until
   * the flight ends: within the load time-out for a key of this node's own, within two of them and
   * a second for another's.
   *
   * @throws NotThereException if the origin holds nothing under the key
   * @throws GetFailedException if the origin failed or this thread was interrupted, which leaves
   *     its interrupt status set and the flight to its other waiters
   * @throws OverloadedException if a bound of the group was reached
   * @throws IllegalStateException if it would block an {@link EventLoopThread}: a hit never does
   */
  public ByteView get(String key) {
    return getBlocking(key, null).value();
  }

  /**
   * As {@link #get(String)}, but waits no longer than {@code timeout}; the flight goes on.
   *
   * @throws LateException if there was no answer in time, and no expired value that may be answered
   *     as stale
   */
  public ByteView get(String key, Duration timeout) {
    return getEntry(key, timeout).value();
  }

  /** As {@link #get(String, Duration)}, but tells more than the bytes. */
  public Entry getEntry(String key, Duration timeout) {
    return getBlocking(key, Objects.requireNonNull(timeout, "timeout"));
  }

  private Entry getBlocking(String key, @Nullable Duration timeout) {
    Entry hit = lookUp(key);
    if (hit != null) {
      return hit;
    }
    refuseOnEventLoop("get " + Keys.shown(name, key), "getAsync");
    BlockedCaller caller = new BlockedCaller(this, key);
    Wait wait = begin(key, timeout, caller, false); // the caller watches the clock itself
    if (wait == null) {
      return caller.answer();
    }
    route(wait);
    return caller.await(wait, timeout);
  }

  /**
   * Returns a future of the value of {@code key}: complete on return for a hit, else completed on
   * the callback executor, exceptionally with a {@link GetException}. The future is the caller's
   * own: cancelling it ends this wait and no other.
   */
  public CompletableFuture<ByteView> getAsync(String key) {
    return getAsync(key, null, Entry::value);
  }

  /**
   * As {@link #getAsync(String)}, but fails with a {@link LateException} if there is no answer
   * within {@code timeout}; the flight goes on.
   */
  public CompletableFuture<ByteView> getAsync(String key, Duration timeout) {
    return getAsync(key, Objects.requireNonNull(timeout, "timeout"), Entry::value);
  }

  /** As {@link #getAsync(String, Duration)}, but tells more than the bytes. */
  public CompletableFuture<Entry> getEntryAsync(String key, Duration timeout) {
    return getAsync(key, Objects.requireNonNull(timeout, "timeout"), entry -> entry);
  }

  private <T> CompletableFuture<T> getAsync(
      String key, @Nullable Duration timeout, Function<Entry, T> form) {
    Entry hit = lookUp(key);
    if (hit != null) {
      return CompletableFuture.completedFuture(form.apply(hit));
    }
    Completion<Entry, T> completion = new Completion<>(node, form);
    miss(
        key,
        timeout,
        (entry, error) ->
            completion.end(entry, entry == null ? GetException.of(name, key, error) : null));
    return completion.future();
  }

  /**
   * Gets {@code key} for a client of a server: a hit answers before this returns.
   *
   * @param timeout ends this wait with a {@link LateException}; null for none
   */
  public void get(String key, @Nullable Duration timeout, GetCallback callback) {
    Entry hit = lookUp(key);
    if (hit != null) {
      callback.value(hit, 0);
    } else {
      miss(key, timeout, answering(key, 0, callback));
    }
  }

  /**
   * As {@link #removeAsync}, and waits for it.
   *
   * @throws OutcomeUnknownException if it cannot be known whether it was done, also if this thread
   *     was interrupted, which leaves its interrupt status set and the change to go on
   * @throws IllegalStateException if the node was closed or the group removed, or if called on an
   *     {@link EventLoopThread}
   */
  public Applied remove(String key) {
    String what = "remove " + Keys.shown(name, key);
    refuseOnEventLoop(what, "removeAsync");
    return BlockedCaller.await(removeAsync(key), unknownIfInterrupted(what));
  }

  /** As {@link #putAsync(String, ByteView)}, and waits for it; otherwise as {@link #remove}. */
  public Applied put(String key, ByteView value) {
    String what = "put " + Keys.shown(name, key);
    refuseOnEventLoop(what, "putAsync");
    return BlockedCaller.await(putAsync(key, value), unknownIfInterrupted(what));
  }

  /** As {@link #clearAsync}, and waits for it; otherwise as {@link #remove}. */
  public Applied clear() {
    String what = "clear " + name;
    refuseOnEventLoop(what, "clearAsync");
    return BlockedCaller.await(clearAsync(), unknownIfInterrupted(what));
  }

  private static Function<InterruptedException, RuntimeException> unknownIfInterrupted(
      String what) {
    return e -> new OutcomeUnknownException(what + ": interrupted before its outcome was known");
  }

  /**
   * Has every member of the fleet forget {@code key}. Write the origin first: what is loaded after
   * this may be kept.
   *
   * @return a future completed on the callback executor once every member has forgotten or could
   *     not be told; exceptionally with an {@link OutcomeUnknownException} if that cannot be known
   * @throws IllegalStateException if the node was closed
   */
  public CompletableFuture<Applied> removeAsync(String key) {
    return submit(Operation.remove(name, key));
  }

  /**
   * As {@link #removeAsync}, and has the key's owner hold {@code value} for the group's life. It
   * may be evicted at once, so write the origin first.
   *
   * @throws IllegalArgumentException if the value is longer than {@link
   *     GroupConfig#maxValueBytes()}
   */
  public CompletableFuture<Applied> putAsync(String key, ByteView value) {
    return submit(Operation.put(name, key, value, Math.max(1, keeper.lifeNanos(Loaded.of(value)))));
  }

  /**
   * As {@link #putAsync(String, ByteView)}, with a life of the value's own.
   *
   * @param life more than zero
   */
  public CompletableFuture<Applied> putAsync(String key, ByteView value, Duration life) {
    return submit(Operation.put(name, key, value, TimeUnit.NANOSECONDS.convert(life)));
  }

  /** As {@link #removeAsync}, for all keys of the group. */
  public CompletableFuture<Applied> clearAsync() {
    refuseIfClosed("clear " + name);
    Completion<OperationResult, Applied> completion = new Completion<>(node, Group::applied);
    coordinator.clear(result -> completion.end(result, null));
    return completion.future();
  }

  private CompletableFuture<Applied> submit(Operation operation) {
    refuseIfClosed(
        (operation.value() == null ? "remove " : "put ") + Keys.shown(name, operation.key()));
    Completion<OperationResult, Applied> completion = new Completion<>(node, Group::applied);
    change(operation, result -> completion.end(result, null));
    return completion.future();
  }

  /**
   * Makes a change for a client of a server, who need not know the key's owner: as {@link
   * #removeAsync} or {@link #putAsync(String, ByteView, Duration)}.
   *
   * @param callback told once, on any thread; must not block
   */
  public void change(Operation operation, Consumer<? super OperationResult> callback) {
    Keys.check(operation.key(), config.maxKeyBytes());
    Values.check(operation.value(), config.maxValueBytes());
    coordinator.submit(operation, callback);
  }

  private void refuseIfClosed(String what) {
    if (node.isClosed() || removed) {
      throw new IllegalStateException(
          what + (removed ? ": the group was removed" : ": the node was closed"));
    }
  }

  private static Applied applied(OperationResult result) {
    if (result.status() == OperationResult.Status.DONE) {
      return new Applied(result.unreached(), result.otherLists());
    }
    throw new OutcomeUnknownException(result.detail());
  }

  /**
   * Gets many keys at once and waits for all of them; otherwise as {@link #getAll(Collection,
   * Duration, BiConsumer)}.
   *
   * @return how each ended, in the order of {@code keys}
   * @throws GetFailedException if this thread was interrupted, which leaves its interrupt status
   *     set
   * @throws IllegalStateException if called on an {@link EventLoopThread}
   */
  public Map<String, GetResult> getAll(Collection<String> keys) {
    String what = "getAll of " + name;
    refuseOnEventLoop(what, "getAllAsync");
    return BlockedCaller.await(
        getAllAsync(keys, null), e -> new GetFailedException(what + ": interrupted", e));
  }

  /**
   * As {@link #getAll(Collection, Duration, BiConsumer)}: a future of how all of the keys ended,
   * completed on the callback executor, never exceptionally.
   */
  public CompletableFuture<Map<String, GetResult>> getAllAsync(
      Collection<String> keys, @Nullable Duration timeout) {
    Map<String, GetResult> results = new LinkedHashMap<>();
    keys.forEach(key -> results.put(key, UNFINISHED));
    Completion<Map<String, GetResult>, Map<String, GetResult>> completion =
        new Completion<>(node, all -> all);
    AtomicInteger unfinished = new AtomicInteger(results.size() + 1); // and this call
    Runnable finished =
        () -> {
          if (unfinished.decrementAndGet() == 0) {
            completion.end(results, null);
          }
        };
    getAll(
        results.keySet(),
        timeout,
        (key, result) -> {
          synchronized (results) {
            results.put(key, result);
          }
          finished.run();
        });
    finished.run();
    return completion.future();
  }

  /** Returns what a server of this node answers its peers by. */
  public PeerService forPeers() {
    return forPeers;
  }

  /** Returns a view of this group whose values {@code codec} encodes and decodes. */
  public <T> TypedGroup<T> as(Codec<T> codec) {
    return new TypedGroup<>(this, codec);
  }

  /**
   * Returns what this node has in memory under {@code key} and may be answered, or null: asks
   * nobody, counts nothing, and does not count as a use.
   */
  public @Nullable Entry peek(String key) {
    Entry entry = memory.peek(Objects.requireNonNull(key, "key"));
    return entry == null || entry.isExpired(clock().now()) ? null : entry;
  }

  /**
   * Gets {@code keys}, at most so many a second, so that those which this node owns are in its
   * memory and others in their owners'.
   *
   * @param keysPerSecond more than 0
   * @param listener told now and then how far it is, and at the end; on the callback executor, one
   *     call at a time but for the last
   * @return a future of how it ended, completed on the callback executor, exceptionally with an
   *     {@link IllegalStateException} if the node closes before; cancelling it begins no more keys
   * @throws IllegalArgumentException for a bad key, before anything is asked
   */
  public CompletableFuture<WarmProgress> warm(
      Collection<String> keys, double keysPerSecond, Consumer<? super WarmProgress> listener) {
    if (!(keysPerSecond > 0)) {
      throw new IllegalArgumentException("keysPerSecond: " + keysPerSecond + " (expected: > 0)");
    }
    keys.forEach(key -> Keys.check(key, config.maxKeyBytes()));
    return new Warming(this, node, keys, keysPerSecond, Objects.requireNonNull(listener)).start();
  }

  /**
   * Returns some of the keys in memory, each as likely as any other; for operators. O(entries).
   *
   * @param count at most so many, at least 0
   */
  public List<String> sampleKeys(int count) {
    if (count < 0) {
      throw new IllegalArgumentException("count: " + count + " (expected: >= 0)");
    }
    // Vitter's algorithm R: of n keys seen so far, each is in the sample with probability count/n.
    List<String> sample = new ArrayList<>();
    AtomicLong seen = new AtomicLong();
    memory.forEach(
        entry -> {
          long place = ThreadLocalRandom.current().nextLong(seen.incrementAndGet());
          if (sample.size() < count) {
            sample.add(entry.key());
          } else if (place < count) {
            sample.set((int) place, entry.key());
          }
        });
    return sample;
  }

  /** Returns how long {@code entry} holds from now on, at least zero; null for ever. */
  public @Nullable Duration lifeLeft(Entry entry) {
    long leftNanos = clock().leftUntil(entry.expiresNanos());
    return leftNanos == CoarseClock.NEVER ? null : Duration.ofNanos(Math.max(0, leftNanos));
  }

  /** Returns the group's counters and what it holds. */
  public GroupStats stats() {
    return counters.snapshot(memory, loads.times(), events.unheard());
  }

  /** Has {@code listener} told of what happens from now on. */
  public void addListener(GroupListener listener) {
    events.add(Objects.requireNonNull(listener, "listener"));
  }

  /**
   * Removes a listener; an event that happened before may still reach it. One that was added twice
   * is removed once.
   *
   * @return whether it was there
   */
  public boolean removeListener(GroupListener listener) {
    return events.remove(Objects.requireNonNull(listener, "listener"));
  }

  /** Returns whether the group was {@linkplain CacheNode#removeGroup removed} from its node. */
  public boolean isRemoved() {
    return removed;
  }

  /** The synchronous look-up: what is in memory or null; counts a hit, makes no future. */
  @Nullable Entry lookUp(String key) {
    Entry entry = lookUpOwn(key);
    if (entry == null) {
      entry = memory.copy(key);
      if (entry == null || entry.isExpired(clock().now())) {
        return null;
      }
      counters.hotHits.increment();
    }
    counters.cacheHits.increment();
    return entry;
  }

  @Nullable Entry lookUpOwn(String key) {
    Entry entry = memory.own(Objects.requireNonNull(key, "key"));
    if (entry == null) {
      return null;
    }
    long now = clock().now();
    return now < entry.expiresNanos() && now < entry.reloadNanos() ? entry : past(entry, now);
  }

  /**
   * An own value whose end or soft age has come: what may be answered with, or null. One that has
   * expired answers if its last load failed; the next load runs behind, so that nobody waits again
   * for an origin that hangs.
   */
  private @Nullable Entry past(Entry entry, long now) {
    if (!entry.isExpired(now)) {
      loads.refresh(entry);
      return entry;
    }
    if (!entry.outlivesAFailure(now) || now >= memory.end(entry)) {
      return null;
    }
    loads.retry(entry, now);
    events.staleServed(entry.key());
    return Entry.stale(entry.key(), entry.value());
  }

  /**
   * Returns the value that answers a get of an own key which cannot wait for the load: the old one
   * as stale, or a new one that has just landed; null if there is none.
   */
  @Nullable Entry withoutWaiting(String key) {
    Entry entry = memory.held(key);
    return entry == null || !entry.isExpired(clock().now())
        ? entry
        : Entry.stale(key, entry.value());
  }

  /**
   * Gets many keys at once; each ends by itself, so a slow one delays no other. What is not in
   * memory or in flight is asked for by one request to each owner, and of the origin by one call of
   * a {@link BulkGetter}, if the group has one.
   *
   * @param keys in any number and order; one that stands there twice is told of once
   * @param timeout ends the waits that are left with a {@link LateException}; null for none
   * @param callback called once for each key, for a hit before this returns; runs on whatever
   *     thread ends a key, two of them at a time if two end at a time, and must not block; what it
   *     throws goes to that thread's uncaught exception handler
   * @throws IllegalArgumentException for a bad key, before anything is asked
   */
  public void getAll(
      Collection<String> keys,
      @Nullable Duration timeout,
      BiConsumer<String, ? super GetResult> callback) {
    Set<String> distinct = new LinkedHashSet<>(keys);
    distinct.forEach(key -> Keys.check(key, config.maxKeyBytes()));
    Map<String, GetResult> hits = new LinkedHashMap<>();
    Bulk bulk = new Bulk(this, loads);
    try {
      for (String key : distinct) {
        Entry hit = lookUp(key);
        Wait wait = hit == null ? begin(key, timeout, telling(key, callback), true) : null;
        if (hit != null) {
          hits.put(key, new GetResult(hit, null));
        } else if (wait != null) {
          route(wait, bulk);
        }
      }
    } finally {
      bulk.send(); // whatever is thrown, the flights that were begun have to fly
    }
    hits.forEach((key, hit) -> call(callback, key, hit));
  }

  /** Calls a callback for one key; what it throws keeps no other key from its own call. */
  private static void call(
      BiConsumer<String, ? super GetResult> callback, String key, GetResult result) {
    try {
      callback.accept(key, result);
    } catch (Throwable t) {
      Uncaught.report(t);
    }
  }

  private void route(Wait wait, Bulk bulk) {
    try {
      join(wait, bulk);
    } catch (Throwable t) { // a picker of the user's
      wait.giveUp(t);
    }
  }

  private void join(Wait wait, Bulk bulk) {
    Iterator<Peer> owners = node.owners(wait.key());
    Peer owner = owners.hasNext() ? owners.next() : null;
    if (owner != null && !owner.isSelf()) {
      bulk.fetch(fetches, wait, owner, owners);
    } else if (!endsAsMissing(wait)) {
      bulk.load(wait);
    }
  }

  private void miss(String key, @Nullable Duration timeout, Waiter<Entry> caller) {
    Wait wait = begin(key, timeout, caller, true);
    if (wait != null) {
      route(wait);
    }
  }

  /**
   * Counts a miss and has its caller wait, or refuses to and returns null.
   *
   * @param timed whether the wait has to end itself when {@code timeout} is over
   */
  @Nullable Wait begin(
      String key, @Nullable Duration timeout, Waiter<Entry> caller, boolean timed) {
    Keys.check(key, config.maxKeyBytes());
    Duration patience =
        timeout == null || timeout.compareTo(fetchTimeout) > 0 ? fetchTimeout : timeout;
    Wait wait = new Wait(this, key, CoarseClock.end(clock().exact(), patience.toNanos()), caller);
    counters.loads.increment();
    if (removed) {
      caller.ended(
          null,
          new GetFailedException("get " + Keys.shown(name, key) + ": the group was removed", null));
      return null;
    }
    if (waiters.incrementAndGet() > config.maxWaiters()) {
      Entry held = withoutWaiting(key);
      waitOver(held, key);
      if (held != null) {
        caller.ended(held, null);
        return null;
      }
      events.overloaded(key);
      caller.ended(
          null,
          new OverloadedException(
              "get "
                  + Keys.shown(name, key)
                  + ": overloaded, "
                  + config.maxWaiters()
                  + " gets waiting"));
      return null;
    }
    try {
      wait.isWantedBy(loads.want(key));
      if (timed && timeout != null) {
        wait.watch(node, timeout);
      }
      return wait;
    } catch (Throwable t) { // a getter waits for itself; or no memory for a timer
      wait.giveUp(t);
      return null;
    }
  }

  /** Has a wait join the flight that its key's owner decides. */
  void route(Wait wait) {
    try {
      join(wait);
    } catch (Throwable t) { // a picker of the user's
      wait.giveUp(t);
    }
  }

  private void join(Wait wait) {
    Iterator<Peer> owners = node.owners(wait.key());
    Peer owner = owners.hasNext() ? owners.next() : null;
    PeerGetter getter = owner == null ? null : owner.getter();
    if (owner == null || getter == null) {
      load(wait);
    } else {
      fetches.join(
          wait.key(),
          (key, flight) -> fetch(key, owners, wait.left(), flight).ask(owner, getter),
          wait);
    }
  }

  /** Runs when a wait has ended, whatever its end. */
  void waitOver(@Nullable Entry entry, String key) {
    waiters.decrementAndGet();
    if (entry != null && entry.isStale()) {
      events.staleServed(key);
    }
  }

  Fetch fetch(String key, Iterator<Peer> owners, @Nullable Duration left, Waiter<Entry> flight) {
    PeerRequest request =
        new PeerRequest(
            name, key, left == null ? Duration.ofMillis(1) : left, memory.takeCopyGets(key));
    return new Fetch(this, request, owners, flight);
  }

  void load(Wait wait) {
    if (!endsAsMissing(wait)) {
      loads.join(wait.key(), wait);
    }
  }

  /** Ends the wait for a key that is remembered as not there: a hit after all. */
  boolean endsAsMissing(Wait wait) {
    if (!memory.isMissing(wait.key())) {
      return false;
    }
    counters.loads.decrement();
    counters.cacheHits.increment();
    counters.notThereHits.increment();
    wait.ended(null, loads.notThere(wait.key()));
    return true;
  }

  /** Loads a key that another node owns and that could not be asked of it. */
  void loadHere(String key, Waiter<Entry> flight) {
    loads.join(key, flight);
  }

  /** A fetch that a peer answered with a value ends its flight; a copy may be kept. */
  void landFetched(
      String key, long generation, long sentNanos, PeerResult result, Waiter<Entry> flight) {
    if (result.stale()) {
      flight.ended(Entry.stale(key, result.value()), null);
      return;
    }
    Entry entry = Entry.copy(key, result.value(), CoarseClock.end(sentNanos, result.lifeNanos()));
    try {
      keeper.keepFetched(entry, result.minuteQps(), sentNanos, generation);
    } catch (Throwable t) { // a picker of the user's: what was fetched is true all the same
      Uncaught.report(t);
    }
    flight.ended(entry, null);
  }

  long generation(String key) {
    return memory.generation(key);
  }

  CoarseClock clock() {
    return node.clock();
  }

  Counters counters() {
    return counters;
  }

  /** Goes through what is held; called after the member list has changed. */
  void rehome() {
    coordinator.membersChanged();
    keeper.rehome();
  }

  /**
   * Forgets everything if this process was stopped for longer than a copy may live: it has not
   * heard what it was to forget, and others no longer count on its having heard.
   */
  void wasStopped(long forNanos) {
    if (forNanos > config.hotLife().toNanos()) {
      forgetAll();
    }
  }

  /** Lets go of what has expired. Runs on the timer thread. */
  void tick() {
    memory.tick();
    coordinator.tick();
  }

  /**
   * Forgets on this node: values, copies, what is not there, and what is being asked for. A get
   * that begins after this returns asks anew.
   */
  void forget(Forget what) {
    coordinator.heard(what);
    if (what.isAll()) {
      forgetAll();
    } else {
      what.keys().forEach(this::forget);
    }
  }

  private void forget(String key) {
    memory.forget(key, () -> detach(key));
    events.removed(key);
  }

  /** Makes a change on this node alone, in one step. */
  void apply(Operation operation) {
    String key = operation.key();
    ByteView value = operation.value();
    if (value == null || !node.owns(key)) {
      forget(key);
      return;
    }
    keeper.replace(keeper.own(key, value, operation.lifeNanos()), () -> detach(key));
    events.removed(key);
  }

  Coordinator coordinator() {
    return coordinator;
  }

  /** Forgets the whole group on this node. */
  void forgetAll() {
    memory.forgetAll(
        () -> {
          loads.flights().detachAll();
          fetches.detachAll();
        });
    events.removed(null);
  }

  private void detach(String key) {
    loads.flights().detach(key);
    fetches.detach(key);
  }

  /** Forgets everything, then ends all loads: no older value may answer in a load's place. */
  void close() {
    memory.close();
    loads.close();
    share.giveBack();
  }

  void remove() {
    removed = true;
    close();
  }

  private static void refuseOnEventLoop(String what, String instead) {
    if (Thread.currentThread() instanceof EventLoopThread) {
      throw new IllegalStateException(
          what + " would block an event loop (expected: " + instead + ")");
    }
  }

  Waiter<Entry> answering(String key, double minuteQps, GetCallback callback) {
    return (entry, error) -> {
      if (entry != null) {
        callback.value(entry, minuteQps);
      } else {
        callback.error(GetException.of(name, key, error));
      }
    };
  }

  private Waiter<Entry> telling(String key, BiConsumer<String, ? super GetResult> callback) {
    return (entry, error) -> call(callback, key, resultOf(key, entry, error));
  }

  /** Returns how a get ended; never throws, because a caller waits for it. */
  private GetResult resultOf(String key, @Nullable Entry entry, @Nullable Throwable error) {
    try {
      return entry != null
          ? new GetResult(entry, null)
          : new GetResult(null, GetException.of(name, key, error));
    } catch (Throwable t) { // no memory
      return NO_RESULT;
    }
  }
}
