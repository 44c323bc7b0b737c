package io.dawncache.core;

import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A group's API for servers: the calls that a server makes for requests from clients and peers. See
 * {@link Group#forServers()}.
 *
 * <p>A peer is answered from this node's own values and guests, or by a load here. The load waits
 * for the origin, and at most 50 ms for a peek at another node, which never loads; so nodes that
 * disagree about an owner cannot wait for each other in a circle.
 *
 * <p>Safe for use by any thread. Callbacks run on whatever thread ends what was asked for, maybe
 * before the call returns, and must not block.
 *
 * @since 0.1.0
 */
public final class GroupEndpoint {
  private static final Duration MOST_ON_THE_WAY = Duration.ofSeconds(1);
  private static final PeerResult NO_RESULT =
      PeerResult.of(PeerResult.Status.FAILED, "failed, and the reason could not be put into words");

  private final Gets gets;
  private final Loads loads;
  private final RateSketch rates;
  private final HotKeys hotKeys;
  private final Coordinator coordinator;
  private final Forgetting forgetting;
  private final Takeover takeover;

  GroupEndpoint(
      Gets gets,
      Loads loads,
      RateSketch rates,
      HotKeys hotKeys,
      Coordinator coordinator,
      Forgetting forgetting) {
    this.gets = gets;
    this.loads = loads;
    this.rates = rates;
    this.hotKeys = hotKeys;
    this.coordinator = coordinator;
    this.forgetting = forgetting;
    this.takeover = new Takeover(loads);
  }

  /**
   * Gets {@code key} for a client; a hit answers before this returns.
   *
   * @param key not empty
   * @param timeout ends this wait with a {@link GetTimeoutException}; null for none
   * @param callback called once, with the result
   */
  public void get(String key, @Nullable Duration timeout, GetCallback callback) {
    gets.get(key, timeout, callback);
  }

  /**
   * Makes a change for a client, which need not know the key's owner.
   *
   * @param operation the change to make
   * @param callback called once
   */
  public void change(Operation operation, Consumer<? super OperationResult> callback) {
    check(operation);
    coordinator.submit(operation, callback);
  }

  /**
   * {@return how long {@code entry} holds from now on, at least zero; null for ever}
   *
   * @param entry an entry that this group answered
   */
  public @Nullable Duration remainingTtl(Entry entry) {
    long leftNanos = gets.clock().leftUntil(entry.expiresNanos());
    return leftNanos == CoarseClock.NEVER ? null : Duration.ofNanos(Math.max(0, leftNanos));
  }

  /**
   * Gets {@code key} for a peer; a hit answers before this returns. A hot copy does not answer a
   * peer.
   *
   * @param key not empty
   * @param timeout ends this wait with a {@link GetTimeoutException}; null for none
   * @param copyGets how many gets the peer's copies have answered since it last asked
   * @param callback called once, with the result
   */
  public void getForPeer(
      String key, @Nullable Duration timeout, long copyGets, GetCallback callback) {
    double minuteQps = count(key, copyGets);
    Entry hit = lookUp(key);
    if (hit != null) {
      callback.value(hit, minuteQps);
      return;
    }
    PendingGet wait =
        begin(key, timeout, callback.trace(), gets.answering(key, minuteQps, callback), false);
    if (wait != null) {
      try {
        gets.load(wait);
      } catch (Throwable t) { // no memory
        wait.giveUp(t);
      }
    }
  }

  /**
   * {@return the value under {@code key} if this node's memory holds it as its own, or did so until
   * a moment ago; else null} Loads nothing, asks no other node, and is not a use.
   *
   * @param key not empty
   */
  public @Nullable Entry peekForPeer(String key) {
    return gets.peekOwn(key);
  }

  /**
   * Gets many keys for a peer, each as by {@link #getForPeer}; {@code callback} is called with each
   * as its answer comes.
   *
   * @param requests each is answered, also if several name the same key
   * @param callback called once for each request, possibly for two at the same time
   */
  public void getAllForPeer(
      List<PeerRequest> requests, BiConsumer<PeerRequest, ? super PeerResult> callback) {
    gets.counters().bulkRequests.increment();
    Bulk bulk = new Bulk(gets, loads);
    boolean manyTurns = requests.size() > loads.maxLoadsOfABulk(); // a wait may outlast a load
    try {
      for (PeerRequest request : requests) {
        try {
          get(request, manyTurns, bulk, callback);
        } catch (Throwable t) { // such as a bad key; the other keys are still processed
          answer(request, failed(t), callback);
        }
      }
    } finally {
      bulk.send();
    }
  }

  private static PeerResult failed(Throwable thrown) {
    return thrown instanceof IllegalArgumentException
        ? PeerResult.of(PeerResult.Status.FAILED, String.valueOf(thrown.getMessage()))
        : NO_RESULT;
  }

  /** Calls the callback, and keeps what it throws from the other requests. */
  private static void answer(
      PeerRequest request,
      PeerResult result,
      BiConsumer<PeerRequest, ? super PeerResult> callback) {
    try {
      callback.accept(request, result);
    } catch (Throwable t) {
      Uncaught.report(t);
    }
  }

  private void get(
      PeerRequest request,
      boolean manyTurns,
      Bulk bulk,
      BiConsumer<PeerRequest, ? super PeerResult> callback) {
    String key = request.key();
    double minuteQps = count(key, request.copyGets());
    Waiter<Entry> peer =
        (entry, error) -> answer(request, resultOf(key, entry, minuteQps, error), callback);
    Entry hit = lookUp(key);
    if (hit != null) {
      peer.ended(hit, null);
      return;
    }
    PendingGet wait = begin(key, request.timeout(), request.trace(), peer, manyTurns);
    if (wait != null) {
      try {
        gets.load(wait, bulk);
      } catch (Throwable t) { // no memory
        wait.giveUp(t);
      }
    }
  }

  /**
   * Makes a change of one key as its owner and sends it to all members.
   *
   * @param operation the change to make
   * @param callback called once
   */
  public void coordinate(Operation operation, Consumer<? super OperationResult> callback) {
    check(operation);
    coordinator.coordinate(operation, callback);
  }

  /**
   * Forgets on this node: values, copies, what was not found, and what is being asked for. A get
   * that begins after this returns asks again.
   *
   * @param what the keys to forget
   */
  public void forget(Forget what) {
    forgetting.forget(what);
  }

  /**
   * Looks for values that another member holds and offers, if this node owns their keys now. Loads
   * nothing.
   *
   * @param offer the keys of the values
   * @param done called once all have been looked for, on any thread
   * @return whether it looks for them; else too many are being looked for, and {@code done} is not
   *     called
   */
  public boolean offered(Offer offer, Runnable done) {
    return takeover.take(offer.keys(), done);
  }

  /**
   * Takes over changes from a member that leaves: sends them to the member that missed them, as if
   * this node had made them, and to members that join.
   *
   * @param changes the changes
   */
  public void handedOver(PastChanges changes) {
    forgetting.handedOver(changes);
  }

  private void check(Operation operation) {
    Keys.check(operation.key(), gets.config().maxKeyBytes());
    Values.check(operation.value(), gets.config().maxValueBytes());
  }

  private double count(String key, long copyGets) {
    long gets = Math.max(copyGets, copyGets + 1); // a peer may name the largest long
    hotKeys.got(Objects.requireNonNull(key, "key"), gets);
    return rates.count(key, gets);
  }

  private @Nullable Entry lookUp(String key) {
    Entry hit = gets.lookUpOwn(key);
    if (hit != null) {
      gets.counters().serverRequests.increment();
      gets.counters().cacheHits.increment();
    }
    return hit;
  }

  private @Nullable PendingGet begin(
      String key,
      @Nullable Duration timeout,
      @Nullable TraceContext trace,
      Waiter<Entry> peer,
      boolean manyTurns) {
    Duration patience =
        timeout != null && gets.withoutWaiting(key) != null ? beforeItEnds(timeout) : timeout;
    boolean timed = manyTurns || endsBeforeALoad(patience);
    gets.askedByPeer(key);
    PendingGet wait = gets.begin(key, patience, trace, peer, timed);
    gets.counters().serverRequests.increment();
    return wait;
  }

  /** An expired value that is the answer must arrive before the peer's deadline. */
  private static Duration beforeItEnds(Duration timeout) {
    Duration way = timeout.dividedBy(4);
    return timeout.minus(way.compareTo(MOST_ON_THE_WAY) < 0 ? way : MOST_ON_THE_WAY);
  }

  /**
   * A peer waits only for a load, with its peek; that ends by the load time-out without a timer
   * here.
   */
  private boolean endsBeforeALoad(@Nullable Duration timeout) {
    GroupConfig config = gets.config();
    return timeout != null && (timeout.compareTo(config.loadTimeout()) < 0 || config.hedge());
  }

  /** Returns how a get ended; never throws, because a peer waits for it. */
  PeerResult resultOf(
      String key, @Nullable Entry entry, double minuteQps, @Nullable Throwable error) {
    try {
      return resultOrThrow(key, entry, minuteQps, error);
    } catch (Throwable t) { // no memory
      return NO_RESULT;
    }
  }

  private PeerResult resultOrThrow(
      String key, @Nullable Entry entry, double minuteQps, @Nullable Throwable error) {
    if (entry != null) {
      return PeerResult.value(
          entry.value(), gets.clock().leftUntil(entry.expiresNanos()), entry.isStale(), minuteQps);
    }
    return PeerResult.of(GetException.of(gets.group(), key, error));
  }
}
