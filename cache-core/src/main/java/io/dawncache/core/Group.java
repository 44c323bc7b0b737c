package io.dawncache.core;

import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A named cache that fills itself: answers from memory, else from the key's owner, else with its
 * getter, and has at most one question per key in flight.
 *
 * <p>Made by {@link CacheNode#addGroup}. Safe for use by any thread. Keys are non-empty,
 * well-formed UTF-16, and bounded ({@link GroupConfig#maxKeyBytes()}). A bad key throws {@link
 * IllegalArgumentException} at once; every other failure of a get is a {@link GetException}.
 *
 * @since 0.1.0
 */
public final class Group {
  /*
   * The parts of a group: Gets is the way of a get; Memory holds entries and changes them in one
   * step; Keeper decides what is kept; Loads runs the getter; Coordinator makes changes in the
   * whole fleet, Forgetting on this node; HandOff sends them to members that missed them.
   */
  private static final GetResult UNFINISHED =
      new GetResult(null, new GetFailedException("not ended", null));

  private final String name;
  private final NodeResources node;
  private final Counters counters = new Counters();
  private final Events events;
  private final Memory memory;
  private final Keeper keeper;
  private final HandOff handOff;
  private final Loads loads;
  private final Gets gets;
  private final Forgetting forgetting;
  private final Coordinator coordinator;
  private final GroupEndpoint forServers;
  private final Offers offers;
  private final ChangeHandOver changeHandOver;
  private final Explainer explainer;
  private final HotKeys hotKeys;
  private final HeapShares.Share share;
  private final PresentConfig config;

  private volatile boolean removed;

  Group(
      String name,
      GroupConfig asked,
      HeapShares.Share share,
      Origin origin,
      NodeResources node,
      Owners owners) {
    this.name = name;
    this.config = new PresentConfig(asked.resolved(share.bytes()));
    this.share = share;
    this.node = node;
    RateSketch rates = new RateSketch(config.now().maxBytes(), node.clock()::exact);
    this.hotKeys = new HotKeys(node.clock()::exact);
    Flights flights = new Flights();
    this.events = new Events(name, node, counters);
    this.memory = new Memory(config, node.clock(), events);
    this.keeper = new Keeper(config, node.clock(), owners, memory, counters);
    this.handOff = new HandOff(name, owners, node.clock());
    Peeks peeks = new Peeks(owners, handOff, node.clock());
    this.loads =
        new Loads(name, config, origin, node, memory, keeper, peeks, flights, counters, events);
    this.gets =
        new Gets(
            name, config, node, owners, handOff, peeks, memory, keeper, flights, loads, counters,
            events, hotKeys);
    this.forgetting =
        new Forgetting(config, owners, handOff, peeks, memory, keeper, flights, events);
    this.coordinator = new Coordinator(name, owners, handOff, forgetting, node);
    this.offers = new Offers(name, node.clock(), owners, memory, counters);
    this.changeHandOver = new ChangeHandOver(name, owners, handOff, counters);
    this.explainer =
        new Explainer(node.clock(), owners, memory, peeks, flights, loads.records().lastLoads());
    this.forServers = new GroupEndpoint(gets, loads, rates, hotKeys, coordinator, forgetting);
    share.onChange(this::resize);
  }

  /** Called when the budget has changed, never by two threads at a time. */
  private void resize(long maxBytes) {
    GroupConfig resolved = config.now().resolved(maxBytes);
    if (resolved != config.now()) {
      use(resolved);
    }
  }

  private void use(GroupConfig resolved) {
    config.change(resolved);
    memory.resize(resolved);
  }

  /** See {@link CacheNode#reconfigureGroup}. */
  void reconfigure(GroupConfig asked) {
    CachePolicy policy = config.now().policy();
    if (asked.policy() != policy) {
      throw new IllegalArgumentException(
          "policy: " + asked.policy() + " (expected: " + policy + ", as the group was added with)");
    }
    share.change(asked, maxBytes -> use(asked.resolved(maxBytes)));
    loads.configChanged();
  }

  /** See {@link CacheNode#changeOrigin}. */
  void changeOrigin(Origin origin) {
    loads.change(origin);
    forgetting.originChanged(name);
  }

  /** {@return the group's name} */
  public String name() {
    return name;
  }

  /**
   * {@return the group's present bounds and policies} They change by {@link
   * CacheNode#reconfigureGroup}. A default budget is shown at its present size: a share of the heap
   * that changes when groups are added or removed.
   */
  public GroupConfig config() {
    return config.now();
  }

  /**
   * {@return the value of {@code key}} A hit never leaves the calling thread. A miss blocks it
   * until the flight ends: at most for the load time-out if this node owns the key, else at most
   * for two of them and a second.
   *
   * @param key not empty
   * @throws NotFoundException if the origin has no value for the key
   * @throws GetFailedException if the origin failed or this thread was interrupted; its interrupt
   *     status is then set, and the flight goes on for its other waiters
   * @throws OverloadedException if a bound of the group was reached
   * @throws IllegalStateException if it would block an {@link EventLoopThread}; a hit never does
   */
  public ByteView get(String key) {
    return getBlocking(key, null).value();
  }

  /**
   * As {@link #get(String)}, but waits at most for {@code timeout}; the flight goes on.
   *
   * @param key not empty
   * @param timeout how long the caller waits at most; a hit needs no time
   * @return as {@link #get(String)}
   * @throws GetTimeoutException if there was no answer in time, and no expired value that may be
   *     answered as stale
   */
  public ByteView get(String key, Duration timeout) {
    return getEntry(key, timeout).value();
  }

  /**
   * As {@link #get(String, Duration)}, but returns the whole entry.
   *
   * @param key not empty
   * @param timeout how long the caller waits at most; a hit needs no time
   * @return as {@link #get(String, Duration)}
   */
  public Entry getEntry(String key, Duration timeout) {
    return getBlocking(key, Objects.requireNonNull(timeout, "timeout"));
  }

  /** As {@link #getEntry}; null is no time-out. */
  Entry getBlocking(String key, @Nullable Duration timeout) {
    Entry hit = gets.lookUp(key);
    if (hit != null) {
      return hit;
    }
    refuseOnEventLoop("get " + Keys.shown(name, key), "getAsync");
    BlockedCaller caller = new BlockedCaller(name, key);
    PendingGet wait =
        gets.begin(key, timeout, null, caller, false); // the caller waits for the deadline itself
    if (wait == null) {
      return caller.answer();
    }
    gets.route(wait);
    return caller.await(wait, timeout);
  }

  /**
   * Forgets at this node bytes that a codec cannot read, and gets what a load at this node brings.
   */
  Entry getAnew(String key, ByteView unreadable, @Nullable Duration timeout) {
    refuseOnEventLoop("get " + Keys.shown(name, key), "async().get");
    BlockedCaller caller = new BlockedCaller(name, key);
    PendingGet wait = gets.begin(key, timeout, null, caller, false);
    if (wait == null) {
      return caller.answer();
    }
    gets.getAnew(wait, unreadable);
    return caller.await(wait, timeout);
  }

  /** As {@link #getAnew}, but returns a future completed on the callback executor. */
  CompletableFuture<Entry> getAnewAsync(
      String key, ByteView unreadable, @Nullable Duration timeout) {
    Completion<Entry, Entry> completion = new Completion<>(node.threads(), entry -> entry);
    PendingGet wait = gets.begin(key, timeout, null, ending(key, completion), true);
    if (wait != null) {
      gets.getAnew(wait, unreadable);
    }
    return completion.future();
  }

  /**
   * {@return a future of the value of {@code key}} It is complete on return for a hit; else it is
   * completed on the callback executor, in case of failure with a {@link GetException}. Each call
   * returns its own future: cancelling it ends only this wait.
   *
   * @param key not empty
   */
  public CompletableFuture<ByteView> getAsync(String key) {
    return getAsync(key, null, Entry::value);
  }

  /**
   * As {@link #getAsync(String)}, but fails with a {@link GetTimeoutException} if there is no
   * answer within {@code timeout}; the flight goes on.
   *
   * @param key not empty
   * @param timeout how long the caller waits at most; a hit needs no time
   * @return as {@link #getAsync(String)}
   */
  public CompletableFuture<ByteView> getAsync(String key, Duration timeout) {
    return getAsync(key, Objects.requireNonNull(timeout, "timeout"), Entry::value);
  }

  /**
   * As {@link #getAsync(String, Duration)}, but returns the whole entry.
   *
   * @param key not empty
   * @param timeout how long the caller waits at most; a hit needs no time
   * @return as {@link #getAsync(String, Duration)}
   */
  public CompletableFuture<Entry> getEntryAsync(String key, Duration timeout) {
    return getEntryOrWait(key, Objects.requireNonNull(timeout, "timeout"));
  }

  /** As {@link #getEntryAsync}; null is no time-out. */
  CompletableFuture<Entry> getEntryOrWait(String key, @Nullable Duration timeout) {
    return getAsync(key, timeout, entry -> entry);
  }

  private <T> CompletableFuture<T> getAsync(
      String key, @Nullable Duration timeout, Function<Entry, T> form) {
    Entry hit = gets.lookUp(key);
    if (hit != null) {
      return CompletableFuture.completedFuture(form.apply(hit));
    }
    Completion<Entry, T> completion = new Completion<>(node.threads(), form);
    gets.miss(key, timeout, /* trace= */ null, ending(key, completion));
    return completion.future();
  }

  private Waiter<Entry> ending(String key, Completion<Entry, ?> completion) {
    return (entry, error) ->
        completion.end(entry, entry == null ? GetException.of(name, key, error) : null);
  }

  /**
   * As {@link #removeAsync}, but waits for the result.
   *
   * @param key not empty
   * @return as {@link #removeAsync}
   * @throws OutcomeUnknownException if the outcome is unknown, also if this thread was interrupted;
   *     its interrupt status is then set, and the change goes on
   * @throws IllegalStateException if the node was closed or the group removed, or if called on an
   *     {@link EventLoopThread}
   */
  public Applied remove(String key) {
    String what = "remove " + Keys.shown(name, key);
    refuseOnEventLoop(what, "removeAsync");
    return BlockedCaller.await(removeAsync(key), unknownIfInterrupted(what));
  }

  /**
   * As {@link #putAsync(String, ByteView)}, but waits for the result; otherwise as {@link #remove}.
   *
   * @param key not empty
   * @param value the new value
   * @return as {@link #putAsync(String, ByteView)}
   */
  public Applied put(String key, ByteView value) {
    String what = "put " + Keys.shown(name, key);
    refuseOnEventLoop(what, "putAsync");
    return BlockedCaller.await(putAsync(key, value), unknownIfInterrupted(what));
  }

  /**
   * As {@link #putAsync(String, ByteView, Duration)}, and waits for it; otherwise as {@link
   * #remove}.
   *
   * @param key not empty
   * @param value the new value
   * @param ttl how long the value holds, more than zero
   * @return as {@link #putAsync(String, ByteView, Duration)}
   */
  public Applied put(String key, ByteView value, Duration ttl) {
    String what = "put " + Keys.shown(name, key);
    refuseOnEventLoop(what, "putAsync");
    return BlockedCaller.await(putAsync(key, value, ttl), unknownIfInterrupted(what));
  }

  /**
   * As {@link #clearAsync}, and waits for it; otherwise as {@link #remove}.
   *
   * @return as {@link #clearAsync}
   */
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
   * Makes every member of the fleet forget {@code key}. Write the origin first: a value that is
   * loaded after this may be kept.
   *
   * @param key not empty
   * @return a future completed on the callback executor once every member has forgotten the key or
   *     could not be reached; exceptionally with an {@link OutcomeUnknownException} if the outcome
   *     is unknown
   * @throws IllegalStateException if the node was closed
   */
  public CompletableFuture<Applied> removeAsync(String key) {
    return submit(Operation.remove(name, key));
  }

  /**
   * As {@link #removeAsync}, and makes the key's owner hold {@code value} for the group's TTL. The
   * value may be evicted at once, so write the origin first.
   *
   * @param key not empty
   * @param value the new value
   * @return as {@link #removeAsync}
   * @throws IllegalArgumentException if the value is longer than {@link
   *     GroupConfig#maxValueBytes()}
   */
  public CompletableFuture<Applied> putAsync(String key, ByteView value) {
    return submit(Operation.put(name, key, value, Math.max(1, keeper.ttlNanos(Loaded.of(value)))));
  }

  /**
   * As {@link #putAsync(String, ByteView)}, with the value's own TTL.
   *
   * <p>The TTL counts from this call, by the time that each node measures; the way of the message
   * to the key's owner is not counted. It travels to the owner and, with the value, to each copy,
   * so the value ends at one time everywhere. If it ends before the change has its turn, the put is
   * a removal. After its end the value may be answered as stale, as a loaded one may ({@link
   * GroupConfig#staleIfError}).
   *
   * @param key not empty
   * @param value the new value
   * @param ttl more than zero
   * @return as {@link #putAsync(String, ByteView)}
   */
  public CompletableFuture<Applied> putAsync(String key, ByteView value, Duration ttl) {
    if (ttl.isZero() || ttl.isNegative()) {
      throw new IllegalArgumentException("ttl: " + ttl + " (expected: > 0)");
    }
    return submit(Operation.put(name, key, value, TimeUnit.NANOSECONDS.convert(ttl)));
  }

  /**
   * As {@link #removeAsync}, for all keys of the group.
   *
   * @return as {@link #removeAsync}
   */
  public CompletableFuture<Applied> clearAsync() {
    refuseIfClosed("clear " + name);
    Completion<OperationResult, Applied> completion =
        new Completion<>(node.threads(), Group::applied);
    coordinator.clear(result -> completion.end(result, null));
    return completion.future();
  }

  private CompletableFuture<Applied> submit(Operation operation) {
    refuseIfClosed(
        (operation.value() == null ? "remove " : "put ") + Keys.shown(name, operation.key()));
    Completion<OperationResult, Applied> completion =
        new Completion<>(node.threads(), Group::applied);
    forServers.change(operation, result -> completion.end(result, null));
    return completion.future();
  }

  private void refuseIfClosed(String what) {
    if (node.threads().isClosed() || removed) {
      throw new IllegalStateException(what + ": " + whyClosed());
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
   * @param keys the keys, each not empty
   * @return the result for each key, in the order of {@code keys}
   * @throws GetFailedException if this thread was interrupted; its interrupt status is then set
   * @throws IllegalStateException if called on an {@link EventLoopThread}
   */
  public Map<String, GetResult> getAll(Collection<String> keys) {
    refuseOnEventLoop("getAll of " + name, "getAllAsync");
    return awaitAll(getAllAsync(keys, null));
  }

  /** Waits for a future of the results of many gets, which never completes exceptionally. */
  <T> T awaitAll(CompletableFuture<T> results) {
    return BlockedCaller.await(
        results, e -> new GetFailedException("getAll of " + name + ": interrupted", e));
  }

  /**
   * As {@link #getAll(Collection, Duration, BiConsumer)}, but returns a future of the results for
   * all keys, completed on the callback executor, never exceptionally.
   *
   * @param keys any number in any order; duplicates are reported once
   * @param timeout as in {@link #getAll(Collection, Duration, BiConsumer)}; null for none
   * @return a future of the result for each key, in the order of {@code keys}
   */
  public CompletableFuture<Map<String, GetResult>> getAllAsync(
      Collection<String> keys, @Nullable Duration timeout) {
    Map<String, GetResult> results = new LinkedHashMap<>();
    keys.forEach(key -> results.put(key, UNFINISHED));
    Completion<Map<String, GetResult>, Map<String, GetResult>> completion =
        new Completion<>(node.threads(), all -> all);
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

  /** {@return what a server of this node needs of this group, for clients and for peers} */
  public GroupEndpoint forServers() {
    return forServers;
  }

  /**
   * {@return a view of this group with keys and values of a user's own types} The view stores
   * nothing itself, and any number of views may be made of a group.
   *
   * @param <K> the type of the keys
   * @param <V> the type of the values
   * @param keys converts between keys and the texts that this group calls them
   * @param values converts between values and bytes
   */
  public <K, V> TypedGroup<K, V> as(KeyCodec<K> keys, ValueCodec<V> values) {
    return new TypedGroup<>(this, keys, values, 0);
  }

  /**
   * As {@link #as(KeyCodec, ValueCodec)}, with this group's own keys.
   *
   * @param <V> the type of the values
   * @param values converts between values and bytes
   * @return the view
   */
  public <V> TypedGroup<String, V> as(ValueCodec<V> values) {
    return as(KeyCodec.of(String.class), values);
  }

  /**
   * {@return the entry under {@code key} in this node's memory if it may be answered, or null}
   * Neither loads nor fetches, counts nothing, and is not a use.
   *
   * @param key not empty
   */
  public @Nullable Entry peek(String key) {
    Entry entry = memory.peek(Objects.requireNonNull(key, "key"));
    return entry == null || entry.isExpired(node.clock().now()) ? null : entry;
  }

  /**
   * Gets {@code keys}, at most this many per second, so that this node's memory holds those that it
   * owns, and their owners' memories hold the others.
   *
   * @param keys the keys, each not empty
   * @param keysPerSecond more than 0
   * @param listener called with the progress at intervals, and at the end; on the callback
   *     executor, one call at a time except for the last
   * @return a future of the final progress, completed on the callback executor; exceptionally with
   *     an {@link IllegalStateException} if the node closes first; cancelling it starts no more
   *     gets
   * @throws IllegalArgumentException for a bad key, before the first get
   */
  public CompletableFuture<WarmProgress> warm(
      Collection<String> keys, double keysPerSecond, Consumer<? super WarmProgress> listener) {
    if (!(keysPerSecond > 0)) {
      throw new IllegalArgumentException("keysPerSecond: " + keysPerSecond + " (expected: > 0)");
    }
    keys.forEach(key -> Keys.check(key, config.now().maxKeyBytes()));
    return new Warming(gets, node, keys, keysPerSecond, Objects.requireNonNull(listener)).start();
  }

  /**
   * {@return some of the keys in memory, each with the same probability; for operators} O(entries).
   *
   * @param count the maximum, at least 0
   */
  public List<String> sampleKeys(int count) {
    if (count < 0) {
      throw new IllegalArgumentException("count: " + count + " (expected: >= 0)");
    }
    return memory.sampleKeys(count);
  }

  /**
   * {@return what this node knows about {@code key}, and what a get of it would do now; for
   * operators} Neither loads nor fetches, counts nothing, and is not a use.
   *
   * @param key not empty
   */
  public Explanation explain(String key) {
    Keys.check(key, config.now().maxKeyBytes());
    return explainer.explain(key);
  }

  /**
   * Loads {@code key} at this node although its value may still be valid; until the new value is
   * there, the old one answers. Joins a load that runs already, so it does not help against a
   * change of the origin that was made a moment ago: {@link #removeAsync} does. Of use at the key's
   * owner only; elsewhere the new value is kept for a short time, as a copy would be.
   *
   * @param key not empty
   * @return a future completed on the callback executor; exceptionally with a {@link GetException}
   *     if there is no value. If the origin fails and an older value may be answered, that is the
   *     result; {@link Explanation#lastLoad} says why
   * @throws IllegalStateException if the node was closed or the group removed
   */
  public CompletableFuture<ByteView> refreshAsync(String key) {
    return refresh(key, Entry::value);
  }

  /** As {@link #refreshAsync}, but returns the whole entry. */
  CompletableFuture<Entry> refreshEntryAsync(String key) {
    return refresh(key, entry -> entry);
  }

  private <T> CompletableFuture<T> refresh(String key, Function<Entry, T> form) {
    Keys.check(key, config.now().maxKeyBytes());
    refuseIfClosed("refresh " + Keys.shown(name, key));
    Completion<Entry, T> completion = new Completion<>(node.threads(), form);
    loads.reload(key, ending(key, completion));
    return completion.future();
  }

  /**
   * {@return the keys that are asked for most at this node, the hottest first; for operators} Gets
   * that this node's own values answer count, those of other nodes, and what their copies have
   * answered: so a node that owns a key knows how hot it is in the whole fleet.
   *
   * @param most how many at most, at least 0; at most 128 are known
   */
  public List<HotKey> hotKeys(int most) {
    if (most < 0) {
      throw new IllegalArgumentException("most: " + most + " (expected: >= 0)");
    }
    return hotKeys.top(most);
  }

  /** {@return what runs and what waits in the group now} */
  public GroupActivity activity() {
    return loads.activity(gets.waiting());
  }

  /** {@return the group's counters and what it holds} */
  public GroupStats stats() {
    return counters.snapshot(memory, loads.records().times(), events.unheard());
  }

  /**
   * Adds {@code listener}, to be called for every event from now on.
   *
   * @param listener called for each event
   */
  public void addListener(GroupListener listener) {
    events.add(Objects.requireNonNull(listener, "listener"));
  }

  /**
   * Removes a listener; an earlier event may still reach it. A listener that was added twice is
   * removed once.
   *
   * @param listener one that was added
   * @return whether it was there
   */
  public boolean removeListener(GroupListener listener) {
    return events.remove(Objects.requireNonNull(listener, "listener"));
  }

  /**
   * Adds {@code listener}, to be called at the end of every load from now on.
   *
   * @param listener called for each call of the getter; must not block
   */
  public void addLoadListener(LoadListener listener) {
    loads.records().listeners().add(Objects.requireNonNull(listener, "listener"));
  }

  /**
   * Removes a load listener; a load that ends now may still call it.
   *
   * @param listener one that was added
   * @return whether it was there
   */
  public boolean removeLoadListener(LoadListener listener) {
    return loads.records().listeners().remove(Objects.requireNonNull(listener, "listener"));
  }

  /** {@return whether the group was {@linkplain CacheNode#removeGroup removed} from its node} */
  public boolean isRemoved() {
    return removed;
  }

  /**
   * Gets many keys at once; each ends by itself, so a slow key delays no other. Keys that are not
   * in memory or in flight take one request to each owner, and one call of a {@link BulkGetter} if
   * the group has one.
   *
   * @param keys any number in any order; duplicates are reported once
   * @param timeout ends the remaining waits with a {@link GetTimeoutException}; null for none
   * @param callback called once for each key, for a hit before this returns. It runs on the thread
   *     that ends the key's wait, possibly for two keys at the same time, and must not block. What
   *     it throws goes to that thread's uncaught exception handler.
   * @throws IllegalArgumentException for a bad key, before the first get
   */
  public void getAll(
      Collection<String> keys,
      @Nullable Duration timeout,
      BiConsumer<String, ? super GetResult> callback) {
    new Bulk(gets, loads).getAll(keys, timeout, callback);
  }

  /** Called after owners have changed. */
  void rehome() {
    handOff.membersChanged();
    keeper.rehome();
  }

  /** Forgets what may be out of date after this process was stopped. */
  void wasStopped(long forNanos) {
    forgetting.wasStopped(forNanos);
  }

  /** Removes expired entries, and sends hints again. Runs on the timer thread. */
  void tick() {
    memory.tick();
    handOff.tick();
  }

  Gets gets() {
    return gets;
  }

  Memory memory() {
    return memory;
  }

  Coordinator coordinator() {
    return coordinator;
  }

  HandOff handOff() {
    return handOff;
  }

  /** Returns how much the values of main weigh. */
  long heldBytes() {
    return memory.mainStats().bytes();
  }

  Offers offers() {
    return offers;
  }

  ChangeHandOver changeHandOver() {
    return changeHandOver;
  }

  /** Forgets everything first, so that no older value answers in place of a load that this ends. */
  void close() {
    memory.close();
    loads.close(whyClosed());
    share.giveBack();
  }

  private String whyClosed() {
    return removed ? "the group was removed" : "the node was closed";
  }

  void remove() {
    removed = true;
    gets.close();
    close();
  }

  /** {@return the group's name, and whether it is removed} */
  @Override
  public String toString() {
    return "group " + name + (removed ? ", removed" : "");
  }

  private static void refuseOnEventLoop(String what, String instead) {
    if (Thread.currentThread() instanceof EventLoopThread) {
      throw new IllegalStateException(
          what + " would block an event loop (expected: " + instead + ")");
    }
  }
}
