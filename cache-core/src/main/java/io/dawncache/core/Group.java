package io.dawncache.core;

import io.dawncache.core.singleflight.Singleflight;
import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
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
   * Between our miss and our flight an earlier flight may have landed; a flight is removed only
   * after its value was put, so one more look inside the new flight keeps the key from being
   * loaded twice.
   */
  private static final Duration FETCH_GRACE = Duration.ofSeconds(1);

  private final String name;
  private final GroupConfig config;
  private final CacheNode node;
  private final LocalCache main;
  private final LoadExecutor loadExecutor;
  private final Counters counters = new Counters();
  private final Singleflight<String, ByteView> loads = new Singleflight<>();
  private final Singleflight<String, ByteView> fetches = new Singleflight<>();
  private final Duration fetchTimeout;

  Group(String name, GroupConfig config, AsyncGetter getter, CacheNode node) {
    this.name = name;
    this.config = config;
    this.node = node;
    this.main = LocalCache.of(config.policy(), config.maxBytes());
    this.loadExecutor = new LoadExecutor(name, getter, config, node);
    this.fetchTimeout = config.loadTimeout().plus(FETCH_GRACE);
  }

  /** Returns the group's name. */
  public String name() {
    return name;
  }

  /** Returns the group's bounds and policy. */
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
   * @throws IllegalStateException if called on an {@link EventLoopThread}
   */
  public ByteView get(String key) {
    return getBlocking(key, null);
  }

  /**
   * As {@link #get(String)}, but waits no longer than {@code timeout}; the flight goes on.
   *
   * @throws GetFailedException also if there was no answer in time
   */
  public ByteView get(String key, Duration timeout) {
    return getBlocking(key, Objects.requireNonNull(timeout, "timeout"));
  }

  private ByteView getBlocking(String key, @Nullable Duration timeout) {
    if (Thread.currentThread() instanceof EventLoopThread) {
      throw new IllegalStateException(
          "get " + Keys.shown(name, key) + " would block an event loop (expected: getAsync)");
    }
    ByteView hit = lookUp(key);
    if (hit != null) {
      return hit;
    }
    BlockedCaller caller = new BlockedCaller(name, key);
    miss(key, caller);
    return caller.await(timeout);
  }

  /**
   * Returns a future of the value of {@code key}: complete on return for a hit, else completed on
   * the callback executor, exceptionally with a {@link GetException}. The future is the caller's
   * own: cancelling it ends this wait and no other.
   */
  public CompletableFuture<ByteView> getAsync(String key) {
    ByteView hit = lookUp(key);
    if (hit != null) {
      return CompletableFuture.completedFuture(hit);
    }
    CompletableFuture<ByteView> future = new CompletableFuture<>();
    miss(key, (value, error) -> node.callBack(() -> complete(key, future, value, error)));
    return future;
  }

  /**
   * As {@link #getAsync(String)}, but fails with a {@link GetFailedException} if there is no answer
   * within {@code timeout}; the flight goes on.
   */
  public CompletableFuture<ByteView> getAsync(String key, Duration timeout) {
    Objects.requireNonNull(timeout, "timeout");
    CompletableFuture<ByteView> future = getAsync(key);
    if (!future.isDone()) {
      GetFailedException late = BlockedCaller.late(name, key, timeout);
      Future<?> deadline =
          node.after(timeout, () -> node.callBack(() -> complete(key, future, null, late)));
      var unused = future.whenComplete((value, error) -> deadline.cancel(false));
    }
    return future;
  }

  /** Gets {@code key} for a client of a server: a hit answers before this returns. */
  public void get(String key, GetCallback callback) {
    ByteView hit = lookUp(key);
    if (hit != null) {
      callback.value(hit);
    } else {
      miss(key, answering(key, callback));
    }
  }

  /**
   * Gets {@code key} for a peer: from memory or by a load here, never by asking another node.
   * Otherwise as {@link #get(String, GetCallback)}.
   */
  public void getLocally(String key, GetCallback callback) {
    ByteView hit = lookUp(key);
    if (hit != null) {
      counters.serverRequests.increment();
      callback.value(hit);
      return;
    }
    checkAndCountMiss(key);
    counters.serverRequests.increment();
    load(key, answering(key, callback));
  }

  /** Returns the group's counters and what its cache holds. */
  public GroupStats stats() {
    return counters.snapshot(main.stats());
  }

  /** The synchronous look-up: the value in memory or null; counts a hit, makes no future. */
  @Nullable ByteView lookUp(String key) {
    ByteView value = main.get(Objects.requireNonNull(key, "key"));
    if (value != null) {
      counters.gets.increment();
      counters.cacheHits.increment();
    }
    return value;
  }

  private void miss(String key, Waiter<ByteView> waiter) {
    checkAndCountMiss(key);
    Iterator<Peer> owners = node.owners(key);
    Peer owner = owners.hasNext() ? owners.next() : null;
    if (owner == null || owner.getter() == null) {
      load(key, waiter);
    } else {
      PeerGetter getter = owner.getter();
      fetches.join(key, (k, flight) -> fetch(k, owners, flight).ask(owner, getter), waiter);
    }
  }

  private void checkAndCountMiss(String key) {
    Keys.check(key, config.maxKeyBytes());
    counters.gets.increment();
    counters.loads.increment();
  }

  private Fetch fetch(String key, Iterator<Peer> owners, Waiter<ByteView> flight) {
    return new Fetch(
        new PeerRequest(name, key, fetchTimeout), owners, counters, this::load, flight);
  }

  private void load(String key, Waiter<ByteView> waiter) {
    loads.join(key, this::startLoad, waiter);
  }

  private void startLoad(String key, Waiter<ByteView> flight) {
    ByteView landed = main.get(key);
    if (landed != null) {
      flight.ended(landed, null);
      return;
    }
    counters.loadsDeduped.increment();
    loadExecutor.load(key, (loaded, error) -> land(key, loaded, error, flight));
  }

  /** Ends a load flight: keeps the value first, so that who comes after the flight finds it. */
  private void land(
      String key, @Nullable Loaded loaded, @Nullable GetException error, Waiter<ByteView> flight) {
    if (loaded == null) {
      counters.localLoadErrs.increment();
      flight.ended(null, error);
      return;
    }
    counters.localLoads.increment();
    ByteView value = loaded.value();
    if (value == null) {
      flight.ended(null, new NotThereException("load " + Keys.shown(name, key) + ": not there"));
      return;
    }
    try {
      keep(key, value);
    } finally {
      flight.ended(value, null);
    }
  }

  /*
   * Main holds only what this node owns under its present member list. The list may change between
   * the question and the put:
   *   1. we ask, and own the key;
   *   2. a new list is published, and dropUnowned sweeps, not seeing the key;
   *   3. we put.
   * So we ask again after the put. A list published after that second question is swept after the
   * put and sees the key.
   */
  private void keep(String key, ByteView value) {
    if (node.owns(key)) {
      main.put(key, value);
      if (!node.owns(key)) {
        main.remove(key);
      }
    }
  }

  /** Drops what this node no longer owns; called after the member list has changed. */
  void dropUnowned() {
    main.removeIf(key -> !node.owns(key));
  }

  /** Ends all loads. */
  void close() {
    loadExecutor.close();
  }

  private Waiter<ByteView> answering(String key, GetCallback callback) {
    return (value, error) -> {
      if (value != null) {
        callback.value(value);
      } else {
        callback.error(GetException.of(name, key, error));
      }
    };
  }

  private void complete(
      String key,
      CompletableFuture<ByteView> future,
      @Nullable ByteView value,
      @Nullable Throwable error) {
    if (value != null) {
      future.complete(value);
    } else {
      future.completeExceptionally(GetException.of(name, key, error));
    }
  }
}
