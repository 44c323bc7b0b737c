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
  private static final PeerResult NOT_ASKED = PeerResult.of(Status.NOT_ASKED, "no memory");
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
          .whenHeard(owner.url(), getter, heard -> askInTheRest(getter, heard, attempt));
    } catch (Throwable t) { // a picker of the user's
      attempt.fail(t);
    }
  }

  private void askInTheRest(PeerGetter getter, boolean heard, Attempt attempt) {
    try {
      PeerRequest rest = inTheRest();
      if (!heard) {
        attempt.accept(PeerResult.of(Status.NOT_ASKED, UNTOLD));
      } else if (rest == null) {
        attempt.accept(TOO_LATE);
      } else {
        getter.fetch(rest, attempt);
      }
    } catch (Throwable t) {
      // Whatever it is, it must not strand those who wait. Had the getter answered before it threw,
      // that answer stands.
      attempt.fail(t);
    }
  }

  /** Sets out on several journeys whose first owner is the same: it is asked once for all. */
  static void askAll(Group group, Peer owner, List<Fetch> journeys) {
    Map<String, Attempt> attempts = new HashMap<>();
    try {
      PeerGetter getter = Objects.requireNonNull(owner.getter(), "another node's");
      journeys.forEach(journey -> attempts.put(journey.request.key(), journey.attempt(owner)));
      group
          .coordinator()
          .whenHeard(owner.url(), getter, heard -> askAll(getter, heard, journeys, attempts));
    } catch (Throwable t) { // a picker of the user's
      failAll(journeys, attempts, t);
    }
  }

  private static void askAll(
      PeerGetter getter, boolean heard, List<Fetch> journeys, Map<String, Attempt> attempts) {
    try {
      List<PeerRequest> requests = new ArrayList<>();
      for (Fetch journey : journeys) {
        PeerRequest rest = journey.inTheRest();
        if (!heard || rest == null) {
          Objects.requireNonNull(attempts.get(journey.request.key()))
              .accept(heard ? TOO_LATE : PeerResult.of(Status.NOT_ASKED, UNTOLD));
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
      failAll(journeys, attempts, t);
    }
  }

  /** Fails the attempts that have not ended; a journey for which none was made ends. */
  private static void failAll(
      List<Fetch> journeys, Map<String, Attempt> attempts, Throwable thrown) {
    for (Fetch journey : journeys) {
      Attempt attempt = attempts.get(journey.request.key());
      if (attempt == null) {
        journey.flight.ended(null, thrown);
      } else {
        attempt.fail(thrown);
      }
    }
  }

  private Attempt attempt(Peer owner) {
    Attempt attempt = new Attempt(owner.url());
    asked++;
    group.counters().loadsDeduped.increment();
    return attempt;
  }

  /** Asks the next owner, or has the key loaded here. */
  private void passOver() {
    Peer next = asked < MAX_OWNERS_ASKED && owners.hasNext() ? owners.next() : null;
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
        case VALUE, NOT_THERE -> group.counters().peerLoads.increment();
        case REJECTED, FAILED, LATE, OVERLOADED, UNCLEAR, NOT_ASKED ->
            group.counters().peerErrors.increment();
      }
      switch (status) {
        case VALUE -> land(result);
        case NOT_THERE, REJECTED, FAILED, LATE, OVERLOADED -> flight.ended(null, error(result));
        case UNCLEAR -> group.loadHere(request.key(), flight);
        case NOT_ASKED -> passOver();
      }
    }

    private void land(PeerResult result) {
      String fault = Values.fault(result.value(), group.config().maxValueBytes());
      if (fault == null) {
        group.landFetched(request.key(), generation, startNanos, result, flight);
      } else {
        String fetch = "fetch " + Keys.shown(request.group(), request.key()) + ": ";
        flight.ended(null, new GetFailedException(message(fault), fetch + fault, null));
      }
    }

    /**
     * A get with time left asks again after a late fetch (see {@link Wait}). A peer that says
     * "late" at once would then be asked as often as the network allows, so it is late only if at
     * least half of the time that it was given has passed; else it has failed.
     */
    private GetException late(String message, String shortly) {
      Duration spent = Duration.ofNanos(group.clock().exact() - startNanos);
      return spent.multipliedBy(2).compareTo(request.timeout()) >= 0
          ? new LateException(message, shortly + "no answer in time")
          : new GetFailedException(
              message + " (late after " + spent.toMillis() + " ms)", shortly + "failed", null);
    }

    /** Returns what those who wait are given: the same as at the owner, but that it names it. */
    private GetException error(PeerResult result) {
      String shortly = "fetch " + Keys.shown(request.group(), request.key()) + ": ";
      return switch (result.status()) {
        case NOT_THERE -> new NotThereException(message("not there"), shortly + "not there");
        case REJECTED -> {
          String rejected = "rejected by the origin";
          String reason = result.causeMessage();
          String why = reason.isEmpty() ? result.detail() : rejected + ", " + reason;
          yield new RejectedException(message(why), shortly + rejected, reason);
        }
        case LATE -> late(message(result.detail()), shortly);
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
