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
 * One fetch: asks the owner, then the next owner if the first could not be asked, and has the key
 * loaded here if neither could.
 */
final class Fetch {
  /*
   * Any answer of an owner ends the fetch: what the owner says of its own load is final, so a key
   * is not loaded twice because the origin failed or the owner is busy. Only an owner that could
   * not be asked is passed over. The next owner on the ring is the same for every node, so a fleet
   * that loses a node goes on loading each of that node's keys in one place. A fetch asks two
   * owners at most, because each may cost a connect time-out. The time-out is the whole fetch's:
   * an owner gets what is left of it when it has received its hints.
   */
  private static final int MAX_OWNERS_ASKED = 2;

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

  /** Sends the owner its hints, then asks it with what is left of the time. */
  void ask(Owner.Remote owner) {
    Attempt attempt = attempt(owner);
    try {
      gets.handOff().before(owner, reached -> askInTheRest(owner.getter(), reached, attempt));
    } catch (Throwable t) { // a picker of the user's
      attempt.fail(t);
    }
  }

  private void askInTheRest(PeerGetter getter, boolean reached, Attempt attempt) {
    try {
      PeerRequest rest = inTheRest();
      if (!reached) {
        attempt.accept(PeerResult.of(Status.NOT_ASKED, NOT_REACHED));
      } else if (rest == null) {
        attempt.accept(TOO_LATE);
      } else {
        getter.fetch(rest, attempt);
      }
    } catch (Throwable t) {
      // Whatever it is, the waiters have to be called. If the getter answered before it threw, that
      // answer counts.
      attempt.fail(t);
    }
  }

  /** Starts several fetches whose first owner is the same: it gets one request for all. */
  static void askAll(HandOff handOff, Owner.Remote owner, List<Fetch> fetches) {
    Map<String, Attempt> attempts = new HashMap<>();
    try {
      fetches.forEach(fetch -> attempts.put(fetch.request.key(), fetch.attempt(owner)));
      handOff.before(owner, reached -> askAll(owner.getter(), reached, fetches, attempts));
    } catch (Throwable t) { // a picker of the user's
      failAll(fetches, attempts, t);
    }
  }

  private static void askAll(
      PeerGetter getter, boolean reached, List<Fetch> fetches, Map<String, Attempt> attempts) {
    try {
      List<PeerRequest> requests = new ArrayList<>();
      for (Fetch fetch : fetches) {
        PeerRequest rest = fetch.inTheRest();
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

  /** Fails the attempts that have not ended, and ends the fetches that have none. */
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

  private Attempt attempt(Owner owner) {
    Attempt attempt = new Attempt(owner.url());
    asked++;
    gets.counters().loadsDeduped.increment();
    return attempt;
  }

  /** Asks the next owner, or has the key loaded here. */
  private void passOver() {
    Owner next = asked < MAX_OWNERS_ASKED && owners.hasNext() ? owners.next() : null;
    if (next instanceof Owner.Remote remote && inTheRest() != null) {
      ask(remote);
    } else {
      gets.loadHere(request.key(), flight);
    }
  }

  /** Returns the request with what is left of its time, or null if nothing is. */
  private @Nullable PeerRequest inTheRest() {
    Duration left = request.timeout().minusNanos(gets.clock().exact() - startNanos);
    return left.isNegative() || left.isZero() ? null : request.withTimeout(left);
  }

  /**
   * One owner's answer: the first result that its peer getter brings counts, and whatever its
   * handling throws (no memory, a picker of the user's), the flight ends.
   */
  private final class Attempt implements Consumer<PeerResult> {
    private final String url;
    private final Once<PeerResult> answer =
        new Once<>(this::answered, thrown -> flight.ended(null, thrown));

    Attempt(String url) {
      this.url = url;
    }

    @Override
    public void accept(PeerResult result) {
      answer.accept(result);
    }

    /** The owner could not be asked, because of an exception on our side. */
    void fail(Throwable thrown) {
      PeerResult notAsked;
      try {
        notAsked = PeerResult.of(Status.NOT_ASKED, thrown.getClass().getName());
      } catch (Throwable t) { // no memory
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
        case UNCLEAR -> gets.loadHere(request.key(), flight);
        case NOT_ASKED -> passOver();
      }
    }

    private void land(PeerResult result) {
      String fault = Values.fault(result.value(), gets.config().maxValueBytes());
      if (fault == null) {
        gets.landFetched(request.key(), generation, startNanos, result, flight);
      } else {
        String fetch = "fetch " + Keys.shown(request.group(), request.key()) + ": ";
        flight.ended(null, new GetFailedException(message(fault), fetch + fault, null));
      }
    }

    /**
     * A get with time left asks again after a fetch that timed out (see {@link PendingGet}). A peer
     * that says so at once would then be asked as often as the network allows, so the fetch timed
     * out only if at least half of the time that it was given has passed; else it has failed.
     */
    private GetException timedOut(String message, String shortly) {
      Duration spent = Duration.ofNanos(gets.clock().exact() - startNanos);
      return spent.multipliedBy(2).compareTo(request.timeout()) >= 0
          ? new GetTimeoutException(message, shortly + "no answer in time")
          : new GetFailedException(
              message + " (timed out after " + spent.toMillis() + " ms)", shortly + "failed", null);
    }

    /** Returns what those who wait are given: the same as at the owner, but that it names it. */
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
        return new GetFailedException(message(result.detail()), shortly, null);
      }
      var cause = new RemoteOriginException(result.causeClass(), result.causeMessage());
      String why = result.causeMessage().isEmpty() ? result.causeClass() : result.causeMessage();
      return new GetFailedException(message(why), shortly, cause);
    }

    private String message(String what) {
      return "fetch " + Keys.shown(request.group(), request.key()) + " from " + url + ": " + what;
    }
  }
}
