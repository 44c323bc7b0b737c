package io.dawncache.core;

import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a group does for its peers: it answers from this node's own values or by a load here and
 * never asks another node, so that nodes which disagree about an owner cannot wait for each other.
 *
 * <p>A server calls this with what came over the wire; see {@link Group#forPeers()}. Safe for use
 * by any thread.
 */
public final class PeerService {
  private static final Duration MOST_ON_THE_WAY = Duration.ofSeconds(1);
  private static final PeerResult NO_RESULT =
      PeerResult.of(PeerResult.Status.FAILED, "failed, and the reason could not be put into words");

  private final Group group;
  private final Loads loads;
  private final RateSketch rates;
  private final Counters counters;

  PeerService(Group group, Loads loads, RateSketch rates) {
    this.group = group;
    this.loads = loads;
    this.rates = rates;
    this.counters = group.counters();
  }

  /**
   * Gets {@code key} for a peer; a hit answers before this returns. A copy does not answer a peer.
   *
   * @param timeout ends this wait with a {@link LateException}; null for none
   * @param copyGets how many gets the peer's copies have answered since it last asked
   */
  public void get(String key, @Nullable Duration timeout, long copyGets, GetCallback callback) {
    double minuteQps = count(key, copyGets);
    Entry hit = lookUp(key);
    if (hit != null) {
      callback.value(hit, minuteQps);
      return;
    }
    Wait wait = begin(key, timeout, group.answering(key, minuteQps, callback), false);
    if (wait != null) {
      try {
        group.load(wait);
      } catch (Throwable t) { // no memory
        wait.giveUp(t);
      }
    }
  }

  /**
   * Gets many keys for a peer, each as by {@link #get}; {@code callback} is told of each as its
   * answer comes, on any thread, and must not block.
   *
   * @param requests each is answered, also if several name the same key
   */
  public void getAll(
      List<PeerRequest> requests, BiConsumer<PeerRequest, ? super PeerResult> callback) {
    counters.bulkRequests.increment();
    Bulk bulk = new Bulk(group, loads);
    boolean manyTurns = requests.size() > loads.placesOfABulk(); // a wait may outlast a load
    try {
      for (PeerRequest request : requests) {
        try {
          get(request, manyTurns, bulk, callback);
        } catch (Throwable t) { // such as a bad key's; the others are got all the same
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
    Wait wait = begin(key, request.timeout(), peer, manyTurns);
    if (wait != null) {
      try {
        if (!group.endsAsMissing(wait)) {
          bulk.load(wait);
        }
      } catch (Throwable t) { // no memory
        wait.giveUp(t);
      }
    }
  }

  /**
   * Makes a change of one key as its owner and tells all members.
   *
   * @param callback told once, on any thread; must not block
   */
  public void coordinate(Operation operation, Consumer<? super OperationResult> callback) {
    Keys.check(operation.key(), group.config().maxKeyBytes());
    Values.check(operation.value(), group.config().maxValueBytes());
    group.coordinator().coordinate(operation, callback);
  }

  /**
   * Forgets on this node: values, copies, what is not there, and what is being asked for. A get
   * that begins after this returns asks anew.
   */
  public void forget(Forget what) {
    group.forget(what);
  }

  private double count(String key, long copyGets) {
    long gets = Math.max(copyGets, copyGets + 1); // a peer may name the largest long
    return rates.count(Objects.requireNonNull(key, "key"), gets);
  }

  private @Nullable Entry lookUp(String key) {
    Entry hit = group.lookUpOwn(key);
    if (hit != null) {
      counters.serverRequests.increment();
      counters.cacheHits.increment();
    }
    return hit;
  }

  private @Nullable Wait begin(
      String key, @Nullable Duration timeout, Waiter<Entry> peer, boolean manyTurns) {
    Duration patience =
        timeout != null && group.withoutWaiting(key) != null ? beforeItEnds(timeout) : timeout;
    boolean timed = manyTurns || endsBeforeALoad(patience);
    Wait wait = group.begin(key, patience, peer, timed);
    counters.serverRequests.increment();
    return wait;
  }

  /** An old value that is the answer at the peer's deadline has to be there by then. */
  private static Duration beforeItEnds(Duration timeout) {
    Duration way = timeout.dividedBy(4);
    return timeout.minus(way.compareTo(MOST_ON_THE_WAY) < 0 ? way : MOST_ON_THE_WAY);
  }

  /** A peer waits for a load alone, and by the load time-out that has ended without a timer. */
  private boolean endsBeforeALoad(@Nullable Duration timeout) {
    GroupConfig config = group.config();
    return timeout != null && (timeout.compareTo(config.loadTimeout()) < 0 || config.hedge());
  }

  /** Returns how a get ended; never throws, for a peer waits for it. */
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
          entry.value(), group.clock().leftUntil(entry.expiresNanos()), entry.isStale(), minuteQps);
    }
    return PeerResult.of(GetException.of(group.name(), key, error));
  }
}
