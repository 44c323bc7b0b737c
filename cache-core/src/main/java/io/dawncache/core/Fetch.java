package io.dawncache.core;

import io.dawncache.core.PeerResult.Status;
import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One fetch flight's journey: to the owner, to the next owner if the first could not be asked, and
 * home to be loaded if neither could.
 */
final class Fetch {
  /*
   * Any answer of an owner ends the journey: what it says of its own load is final, so a key is
   * not loaded twice because the origin failed or the owner is busy. Only an owner that could not
   * be asked is passed over. The next owner on the ring is the same for every node, so a fleet
   * that loses a node goes on loading each of its keys in one place; it stops after two because
   * each may cost a connect time-out. The time-out is the journey's: each owner gets what is left
   * of it when it has heard what it was owed.
   */
  private static final int MAX_OWNERS_ASKED = 2;

  private static final String UNTOLD = "it could not be told what to forget";
  private static final PeerResult TOO_LATE =
      PeerResult.of(Status.LATE, "no time left when it had been told what to forget");

  private final Group group;
  private final PeerRequest request;
  private final long generation;
  private final long startNanos;
  private final Iterator<Peer> owners;
  private final Waiter<Entry> flight;
  private int asked;

  Fetch(Group group, PeerRequest request, Iterator<Peer> owners, Waiter<Entry> flight) {
    this.group = group;
    this.request = request;
    this.generation = group.generation(request.key());
    this.startNanos = group.clock().exact();
    this.owners = owners;
    this.flight = flight;
  }

  /** Has the owner hear what it is owed, then asks it in what is left of the time. */
  void ask(Peer owner, PeerGetter getter) {
    Attempt attempt = attempt(owner);
    try {
      group
          .coordinator()
          .whenHeard(
              owner.url(),
              getter,
              heard -> {
                PeerRequest rest = inTheRest();
                if (!heard) {
                  attempt.accept(PeerResult.of(Status.NOT_ASKED, UNTOLD));
                } else if (rest == null) {
                  attempt.accept(TOO_LATE);
                } else {
                  ask(getter, rest, attempt);
                }
              });
    } catch (Throwable t) { // a picker of the user's
      attempt.accept(PeerResult.of(Status.NOT_ASKED, t.getClass().getName()));
    }
  }

  private static void ask(PeerGetter getter, PeerRequest request, Attempt attempt) {
    try {
      getter.fetch(request, attempt);
    } catch (Throwable t) {
      // Whatever it is, it must not strand those who wait. Had the getter answered before it threw,
      // that answer stands.
      attempt.accept(PeerResult.of(Status.NOT_ASKED, t.getClass().getName()));
    }
  }

  /** Sets out on several journeys whose first owner is the same: it is asked once for all. */
  static void askAll(Group group, Peer owner, PeerGetter getter, List<Fetch> journeys) {
    Map<String, Attempt> attempts = new HashMap<>();
    journeys.forEach(journey -> attempts.put(journey.request.key(), journey.attempt(owner)));
    try {
      group
          .coordinator()
          .whenHeard(
              owner.url(),
              getter,
              heard -> {
                if (heard) {
                  askAll(getter, journeys, attempts);
                } else {
                  endAll(attempts, UNTOLD);
                }
              });
    } catch (Throwable t) { // a picker of the user's
      endAll(attempts, t.getClass().getName());
    }
  }

  private static void askAll(
      PeerGetter getter, List<Fetch> journeys, Map<String, Attempt> attempts) {
    List<PeerRequest> requests = new ArrayList<>();
    for (Fetch journey : journeys) {
      PeerRequest rest = journey.inTheRest();
      if (rest == null) {
        Objects.requireNonNull(attempts.get(journey.request.key())).accept(TOO_LATE);
      } else {
        requests.add(rest);
      }
    }
    if (requests.isEmpty()) {
      return;
    }
    try {
      getter.fetchAll(
          requests,
          (request, result) -> {
            Attempt attempt = attempts.get(request.key());
            if (attempt != null) {
              attempt.accept(result);
            }
          });
    } catch (Throwable t) {
      endAll(attempts, t.getClass().getName());
    }
  }

  private static void endAll(Map<String, Attempt> attempts, String why) {
    attempts.values().forEach(a -> a.accept(PeerResult.of(Status.NOT_ASKED, why)));
  }

  private Attempt attempt(Peer owner) {
    asked++;
    group.counters().loadsDeduped.increment();
    return new Attempt(owner.url());
  }

  private void passOver() {
    Peer next;
    try {
      next = asked < MAX_OWNERS_ASKED && owners.hasNext() ? owners.next() : null;
    } catch (Throwable t) {
      flight.ended(null, t); // a picker of the user's that breaks its contract
      return;
    }
    if (next == null || next.getter() == null || inTheRest() == null) {
      group.loadHere(request.key(), flight);
    } else {
      ask(next, next.getter());
    }
  }

  /** Returns the request with what is left of its time, or null if nothing is. */
  private @Nullable PeerRequest inTheRest() {
    Duration left = request.timeout().minusNanos(group.clock().exact() - startNanos);
    return left.isNegative() || left.isZero() ? null : request.withTimeout(left);
  }

  /** One owner's answer; a peer getter that tells twice is heard once. */
  private final class Attempt implements Consumer<PeerResult> {
    private final String url;
    private final AtomicBoolean told = new AtomicBoolean();

    Attempt(String url) {
      this.url = url;
    }

    @Override
    public void accept(PeerResult result) {
      if (!told.compareAndSet(false, true)) {
        return;
      }
      Status status = result == null ? Status.NOT_ASKED : result.status();
      switch (status) {
        case VALUE, NOT_THERE -> group.counters().peerLoads.increment();
        case REJECTED, FAILED, LATE, OVERLOADED, UNCLEAR, NOT_ASKED ->
            group.counters().peerErrors.increment();
      }
      switch (status) {
        case VALUE -> group.landFetched(request.key(), generation, startNanos, result, flight);
        case NOT_THERE -> flight.ended(null, new NotThereException(message("not there")));
        case REJECTED -> flight.ended(null, new RejectedException(message(result.detail())));
        case FAILED -> flight.ended(null, new GetFailedException(message(result.detail()), null));
        case LATE -> flight.ended(null, late(message(result.detail())));
        case OVERLOADED -> flight.ended(null, new OverloadedException(message(result.detail())));
        case UNCLEAR -> group.loadHere(request.key(), flight);
        case NOT_ASKED -> passOver();
      }
    }

    /**
     * Whoever has time left asks again after a late fetch (see {@link Wait}). A peer that says
     * "late" at once would then be asked as often as the network allows, so it is late only if at
     * least half of the time that it was given has passed; else it has failed.
     */
    private GetException late(String message) {
      Duration spent = Duration.ofNanos(group.clock().exact() - startNanos);
      return spent.multipliedBy(2).compareTo(request.timeout()) >= 0
          ? new LateException(message)
          : new GetFailedException(message + " (late after " + spent.toMillis() + " ms)", null);
    }

    private String message(String what) {
      return "fetch " + Keys.shown(request.group(), request.key()) + " from " + url + ": " + what;
    }
  }
}
