package io.dawncache.core;

import io.dawncache.core.PeerResult.Status;
import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

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
   * each may cost a connect time-out. The time-out is the journey's: the next owner gets what is
   * left of it.
   */
  private static final int MAX_OWNERS_ASKED = 2;

  private final PeerRequest request;
  private final long startNanos = System.nanoTime();
  private final Iterator<Peer> owners;
  private final Counters counters;
  private final BiConsumer<String, Waiter<ByteView>> loadHere;
  private final Waiter<ByteView> flight;
  private int asked;

  Fetch(
      PeerRequest request,
      Iterator<Peer> owners,
      Counters counters,
      BiConsumer<String, Waiter<ByteView>> loadHere,
      Waiter<ByteView> flight) {
    this.request = request;
    this.owners = owners;
    this.counters = counters;
    this.loadHere = loadHere;
    this.flight = flight;
  }

  /** Asks {@code owner}, which is not this node. */
  void ask(Peer owner, PeerGetter getter) {
    ask(owner, getter, request);
  }

  private void ask(Peer owner, PeerGetter getter, PeerRequest request) {
    asked++;
    counters.loadsDeduped.increment();
    Attempt attempt = new Attempt(owner.url());
    try {
      getter.fetch(request, attempt);
    } catch (Throwable t) {
      // Whatever it is, it must not strand those who wait. Had the getter answered before it threw,
      // that answer stands.
      attempt.accept(PeerResult.of(Status.NOT_ASKED, t.getClass().getName()));
    }
  }

  private void passOver() {
    Peer next;
    try {
      next = asked < MAX_OWNERS_ASKED && owners.hasNext() ? owners.next() : null;
    } catch (Throwable t) {
      flight.ended(null, t); // a picker of the user's that breaks its contract
      return;
    }
    Duration left = request.timeout().minusNanos(System.nanoTime() - startNanos);
    if (next == null || next.getter() == null || left.isNegative() || left.isZero()) {
      loadHere.accept(request.key(), flight);
    } else {
      ask(next, next.getter(), new PeerRequest(request.group(), request.key(), left));
    }
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
        case VALUE, NOT_THERE -> counters.peerLoads.increment();
        case FAILED, OVERLOADED, UNCLEAR, NOT_ASKED -> counters.peerErrors.increment();
      }
      switch (status) {
        case VALUE -> flight.ended(result.value(), null);
        case NOT_THERE -> flight.ended(null, new NotThereException(message("not there")));
        case FAILED -> flight.ended(null, new GetFailedException(message(result.detail()), null));
        case OVERLOADED -> flight.ended(null, new OverloadedException(message(result.detail())));
        case UNCLEAR -> loadHere.accept(request.key(), flight);
        case NOT_ASKED -> passOver();
      }
    }

    private String message(String what) {
      return "fetch " + Keys.shown(request.group(), request.key()) + " from " + url + ": " + what;
    }
  }
}
