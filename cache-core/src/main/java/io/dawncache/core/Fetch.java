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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One fetch: asks the owner, then the next owner if the first could not be asked. If neither could,
 * if the next owner is this node, or if an answer is unclear, it loads the key here.
 */
final class Fetch {
  /*
   * Any answer of an owner but UNCLEAR ends the fetch. An owner's answer about its own load is
   * final, so a key is not loaded twice because the origin failed or the owner is busy. The fetch
   * passes over an owner only if it could not be asked. The next owner on the ring is the same for
   * every node, so a fleet that loses a node goes on loading each of that node's keys in one place.
   * A fetch asks at most two owners, because each may cost a connect time-out. The time-out is that
   * of the whole fetch: an owner gets the time that is left after it has received its hints.
   */
  private static final String NOT_REACHED = "it did not take the changes that it had missed";
  private static final PeerResult NOT_ASKED = PeerResult.of(Status.NOT_ASKED, "no memory");
  private static final PeerResult TOO_LATE =
      PeerResult.of(
          Status.TIMED_OUT, "no time left when it had taken the changes that it had missed");

  private final Gets gets;
  private final PeerRequest request;
  private final long generation;
  private final long startNanos;
  private final Iterator<Owner> owners;
  private final Waiter<Entry> flight;
  private int asked;

  Fetch(Gets gets, PeerRequest request, Iterator<Owner> owners, Waiter<Entry> flight) {
    this.gets = gets;
    this.request = request;
    this.generation = gets.generation(request.key());
    this.startNanos = gets.clock().exact();
    this.owners = owners;
    this.flight = flight;
  }

  String key() {
    return request.key();
  }

  /** Loads the key here, without asking an owner. */
  void loadHere() {
    gets.loadHere(request, flight);
  }

  /** Sends the owner its hints, then asks it with the time that is left. */
  void ask(Owner.Remote owner) {
    Attempt attempt = attempt(owner);
    try {
      gets.handOff().before(owner, reached -> askWithTimeLeft(owner.getter(), reached, attempt));
    } catch (Throwable t) { // thrown by the user's picker
      attempt.fail(t);
    }
  }

  private void askWithTimeLeft(PeerGetter getter, boolean reached, Attempt attempt) {
    try {
      PeerRequest rest = withTimeLeft();
      if (!reached) {
        attempt.accept(PeerResult.of(Status.NOT_ASKED, NOT_REACHED));
      } else if (rest == null) {
        attempt.accept(TOO_LATE);
      } else {
        getter.fetch(rest, attempt);
      }
    } catch (Throwable t) {
      // Whatever was thrown, the waiters must be called. If the getter answered before it threw,
      // that answer counts.
      attempt.fail(t);
    }
  }

  /** Starts several fetches with the same first owner, which gets one request for all. */
  static void askAll(HandOff handOff, Owner.Remote owner, List<Fetch> fetches) {
    Map<String, Attempt> attempts = new HashMap<>();
    try {
      fetches.forEach(fetch -> attempts.put(fetch.request.key(), fetch.attempt(owner)));
      handOff.before(owner, reached -> askAll(owner.getter(), reached, fetches, attempts));
    } catch (Throwable t) { // thrown by the user's picker
      failAll(fetches, attempts, t);
    }
  }

  private static void askAll(
      PeerGetter getter, boolean reached, List<Fetch> fetches, Map<String, Attempt> attempts) {
    try {
      List<PeerRequest> requests = new ArrayList<>();
      for (Fetch fetch : fetches) {
        PeerRequest rest = fetch.withTimeLeft();
        if (!reached || rest == null) {
          Objects.requireNonNull(attempts.get(fetch.request.key()))
              .accept(reached ? TOO_LATE : PeerResult.of(Status.NOT_ASKED, NOT_REACHED));
        } else {
          requests.add(rest);
        }
      }
      if (!requests.isEmpty()) {
        getter.fetchAll(
            requests,
            (request, result) -> {
              Attempt attempt = attempts.get(request.key());
              if (attempt != null) {
                attempt.accept(result);
              }
            });
      }
    } catch (Throwable t) {
      failAll(fetches, attempts, t);
    }
  }

  /** Fails the attempts that have not ended, and ends the fetches that have no attempt. */
  private static void failAll(
      List<Fetch> fetches, Map<String, Attempt> attempts, Throwable thrown) {
    for (Fetch fetch : fetches) {
      Attempt attempt = attempts.get(fetch.request.key());
      if (attempt == null) {
        fetch.flight.ended(null, thrown);
      } else {
        attempt.fail(thrown);
      }
    }
  }

  private Attempt attempt(Owner.Remote owner) {
    Attempt attempt = new Attempt(owner);
    asked++;
    gets.counters().loadsDeduped.increment();
    return attempt;
  }

  /** Asks the next owner, or loads the key here. */
  private void passOver() {
    Owner next = asked < Owners.MOST_ASKED ? nextThatActs() : null;
    if (next instanceof Owner.Remote remote && withTimeLeft() != null) {
      ask(remote);
    } else {
      loadHere();
    }
  }

  private @Nullable Owner nextThatActs() {
    while (owners.hasNext()) {
      Owner next = owners.next();
      if (!(next instanceof Owner.Remote remote) || remote.getter().actsForOthers()) {
        return next;
      }
    }
    return null;
  }

  /** Returns the request with the time that is left, or null if none is left. */
  private @Nullable PeerRequest withTimeLeft() {
    Duration left = request.timeout().minusNanos(gets.clock().exact() - startNanos);
    return left.isNegative() || left.isZero() ? null : request.withTimeout(left);
  }

  /**
   * One owner's answer. The first result from its peer getter counts, and the flight ends whatever
   * the handling of the result throws (out of memory, the user's picker).
   */
  private final class Attempt implements Consumer<PeerResult> {
    private final Owner.Remote owner;
    private final Once<PeerResult> answer =
        new Once<>(this::answered, thrown -> flight.ended(null, thrown));

    Attempt(Owner.Remote owner) {
      this.owner = owner;
    }

    @Override
    public void accept(PeerResult result) {
      answer.accept(result);
    }

    /** Handles an exception on this side: the owner could not be asked. */
    void fail(Throwable thrown) {
      PeerResult notAsked;
      try {
        notAsked = PeerResult.of(Status.NOT_ASKED, thrown.getClass().getName());
      } catch (Throwable t) { // out of memory
        notAsked = NOT_ASKED;
      }
      accept(notAsked);
    }

    private void answered(PeerResult result) {
      Status status = result == null ? Status.NOT_ASKED : result.status();
      switch (status) {
        case VALUE, NOT_FOUND -> gets.counters().peerLoads.increment();
        case REJECTED, FAILED, TIMED_OUT, OVERLOADED, UNCLEAR, NOT_ASKED ->
            gets.counters().peerErrors.increment();
      }
      switch (status) {
        case VALUE -> land(result);
        case NOT_FOUND, REJECTED, FAILED, TIMED_OUT, OVERLOADED ->
            flight.ended(null, error(result));
        case UNCLEAR -> loadHere();
        case NOT_ASKED -> passOver();
      }
    }

    private void land(PeerResult result) {
      String fault = Values.fault(result.value(), gets.config().maxValueBytes());
      if (fault == null) {
        boolean acrossZones = owner.getter().isInAnotherZone();
        gets.landFetched(request.key(), generation, startNanos, acrossZones, result, flight);
      } else {
        String fetch = "fetch " + Keys.shown(request.group(), request.key()) + ": ";
        flight.ended(null, new GetFailedException(message(fault), fetch + fault, null));
      }
    }

    /**
     * A get with time left asks again after a fetch that timed out (see {@link PendingGet}). A peer
     * that answers "timeout" at once would then be asked as fast as the network allows. So the
     * answer counts as a timeout only after at least half of the request's time; before that, it
     * counts as a failure.
     */
    private GetException timedOut(String message, String shortly) {
      Duration spent = Duration.ofNanos(gets.clock().exact() - startNanos);
      return spent.multipliedBy(2).compareTo(request.timeout()) >= 0
          ? new GetTimeoutException(message, shortly + "no answer in time")
          : new GetFailedException(
              message + " (timed out after " + spent.toMillis() + " ms)", shortly + "failed", null);
    }

    /**
     * Returns the waiters' exception: the same as at the owner, but its message names the owner.
     */
    private GetException error(PeerResult result) {
      String shortly = "fetch " + Keys.shown(request.group(), request.key()) + ": ";
      return switch (result.status()) {
        case NOT_FOUND -> new NotFoundException(message("not found"), shortly + "not found");
        case REJECTED -> {
          String rejected = "rejected by the origin";
          String reason = result.causeMessage();
          String why = reason.isEmpty() ? result.detail() : rejected + ", " + reason;
          yield new RejectedException(message(why), shortly + rejected, reason);
        }
        case TIMED_OUT -> timedOut(message(result.detail()), shortly);
        case OVERLOADED ->
            new OverloadedException(message(result.detail()), shortly + "overloaded");
        default -> failed(result, shortly + "failed");
      };
    }

    private GetFailedException failed(PeerResult result, String shortly) {
      if (result.causeClass().isEmpty()) {
        return new GetFailedException(message(result.detail()), shortly, null, result.retryAfter());
      }
      var cause = new RemoteOriginException(result.causeClass(), result.causeMessage());
      String why = result.causeMessage().isEmpty() ? result.causeClass() : result.causeMessage();
      return new GetFailedException(message(why), shortly, cause, result.retryAfter());
    }

    private String message(String what) {
      String fetch = "fetch " + Keys.shown(request.group(), request.key());
      return fetch + " from " + owner.url() + ": " + what;
    }
  }
}
