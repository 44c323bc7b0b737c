package io.dawncache.server.peer;

import io.dawncache.server.PeerHealth;
import io.dawncache.server.wire.NodeUrl;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Decides whether a peer is ejected from this node's view. Safe for use by any thread; works on one
 * event loop.
 */
final class Health {
  /*
   * Only that a peer could not be asked counts against it: no connection, a connection that ends
   * without an answer, silence to a probe, another cluster. No answer ever does, whatever its
   * status; so an origin that is down ejects no member.
   *
   * A connection that ends before an answer may be the fault of the question alone, so it only
   * starts a probe.
   *
   * A peer that could not be asked is suspect: this node asks it nothing, and probes it at once. If
   * the probe fails too, the peer is ejected, and its keys go to the owners that act for it. Probes
   * at intervals find it again. A peer that is ejected again and again has to answer more of them
   * in a row, each time twice as many. So usually no request of a user waits to find out. Only
   * while a peer is avoided without being ejected does Reachability let one request through at
   * intervals.
   *
   * A peer that leaves reports that itself, and answers probes until it stops. So probes count only
   * once one has failed, or the peer should have stopped long ago. A process at its URL with
   * another number is a new one, and is readmitted at once.
   */
  private static final Duration BETWEEN_PROBES = Duration.ofSeconds(1);
  private static final long DOUBTS_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long LONGEST_LEAVE_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long FLAPPING_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final int MOST_PROBES_IN_A_ROW = 32;

  private static final System.Logger LOG = System.getLogger(Health.class.getName());

  /** Starts a probe of the peer. */
  @FunctionalInterface
  interface Probes {
    /** Calls {@code whenEnded} once, on the event loop, also if this throws. */
    void start(Consumer<Probe.Outcome> whenEnded);
  }

  private final String peer;
  private final Probes probes;
  private final Ejections ejections;
  private final Reachability reachability;
  private final EventLoop loop;
  private final LongSupplier nanoTime;
  private final Runnable whenReadmitted;
  private volatile PeerHealth present;
  private volatile boolean closed;

  // On the event loop:
  private boolean probing;
  private int answersNeeded = 1;
  private int answersInARow;
  private long ejectedNanos;
  private boolean everEjected;
  private long doubtedNanos;
  private long leavingInstance;
  private long leavingNanos;
  private boolean stoppedSince; // it left, and a probe failed
  private boolean readmitting;

  /**
   * Starts with a peer that is up.
   *
   * @param peer the peer's URL
   * @param reachability receives the results of probes
   * @param loop runs everything
   * @param whenReadmitted called on the event loop each time that the peer is readmitted
   */
  Health(
      String peer,
      Probes probes,
      Ejections ejections,
      Reachability reachability,
      EventLoop loop,
      LongSupplier nanoTime,
      Runnable whenReadmitted) {
    this.peer = peer;
    this.probes = probes;
    this.ejections = ejections;
    this.reachability = reachability;
    this.loop = loop;
    this.nanoTime = nanoTime;
    this.whenReadmitted = whenReadmitted;
    this.doubtedNanos = nanoTime.getAsLong() - DOUBTS_NANOS;
    this.present = PeerHealth.up(peer, Instant.now());
  }

  /** As the other constructor, with probes over the network. */
  static Health of(
      NodeUrl peer,
      Outbound outbound,
      Ejections ejections,
      Reachability reachability,
      Runnable whenReadmitted) {
    EventLoop loop = outbound.loops().next();
    Duration patience = outbound.timings().probe().dividedBy(2);
    return new Health(
        peer.text(),
        whenEnded -> Probe.start(outbound, loop, peer, patience, whenEnded),
        ejections,
        reachability,
        loop,
        System::nanoTime,
        whenReadmitted);
  }

  /** Returns what is known now. */
  PeerHealth present() {
    return present;
  }

  /** Notes that the peer could not be asked. */
  void missed(String why) {
    onLoop(() -> suspect(why));
  }

  /** Probes the peer, because something suggests that it cannot be asked. */
  void doubted() {
    if (present.state() == PeerHealth.State.UP) {
      onLoop(
          () -> {
            long now = nanoTime.getAsLong();
            if (!probing && now - doubtedNanos >= DOUBTS_NANOS) {
              doubtedNanos = now;
              probe();
            }
          });
    }
  }

  /**
   * Notes that the peer leaves.
   *
   * @param instance the number of its process
   * @param done called once, on any thread, when others own its keys
   */
  void leaves(long instance, Runnable done) {
    try {
      loop.execute(() -> leave(instance, done));
    } catch (RejectedExecutionException e) { // the server has stopped
      done.run();
    }
  }

  private void leave(long instance, Runnable done) {
    if (present.state() == PeerHealth.State.LEAVING && instance == leavingInstance) {
      done.run(); // it has reported this before
      return;
    }
    leavingInstance = instance;
    leavingNanos = nanoTime.getAsLong();
    stoppedSince = false;
    readmitting = false;
    become(PeerHealth.State.LEAVING, "it leaves");
    LOG.log(System.Logger.Level.INFO, "peer {0}: leaves", peer);
    ejections.leave(peer, done);
    probeLater();
  }

  /** Notes the instance number of a process at the peer's URL. */
  void met(long instance) {
    if (present.state() == PeerHealth.State.LEAVING) {
      onLoop(
          () -> {
            if (present.state() == PeerHealth.State.LEAVING && instance != leavingInstance) {
              readmit();
            }
          });
    }
  }

  /** Ends the probes: the peer has left the list, or this node stops. */
  void close() {
    closed = true;
  }

  private void onLoop(Runnable task) {
    if (closed) {
      return;
    }
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      // The server has stopped.
    }
  }

  private void suspect(String why) {
    if (present.state() == PeerHealth.State.UP) {
      become(PeerHealth.State.SUSPECT, why);
      answersInARow = 0;
      if (!probing) {
        probe();
      }
    }
  }

  private void become(PeerHealth.State state, String reason) {
    present = new PeerHealth(peer, state, reason, Instant.now(), null);
  }

  private void probe() {
    if (closed) {
      return;
    }
    probing = true;
    probes.start(this::probed);
  }

  private void probed(Probe.Outcome outcome) {
    probing = false;
    if (closed) {
      return;
    }
    if (outcome == Probe.Outcome.ANSWERED) {
      answered();
    } else {
      failed(outcome.toString());
    }
  }

  private void answered() {
    switch (present.state()) {
      case UP -> {}
      case SUSPECT -> comeBack();
      case EJECTED -> {
        answersInARow++;
        if (answersInARow >= answersNeeded) {
          readmit();
        } else {
          probeLater();
        }
      }
      case LEAVING -> {
        if (stoppedSince || nanoTime.getAsLong() - leavingNanos > LONGEST_LEAVE_NANOS) {
          readmit();
        } else {
          probeLater();
        }
      }
    }
  }

  private void readmit() {
    readmitting = true;
    ejections.readmit(peer, () -> onLoop(this::readmitted));
  }

  private void comeBack() {
    become(PeerHealth.State.UP, "");
    reachability.reached();
  }

  private void readmitted() {
    if (!readmitting) {
      return; // it has left meanwhile
    }
    readmitting = false;
    LOG.log(System.Logger.Level.INFO, "peer {0}: readmitted", peer);
    comeBack();
    whenReadmitted.run();
  }

  private void failed(String why) {
    answersInARow = 0;
    reachability.missed();
    switch (present.state()) {
      case UP -> {
        become(PeerHealth.State.SUSPECT, why);
        probe();
      }
      case SUSPECT -> ejections.eject(peer, done -> onLoop(() -> ejected(why, done)));
      case EJECTED -> probeLater();
      case LEAVING -> {
        stoppedSince = true;
        probeLater();
      }
    }
  }

  private void ejected(String why, boolean done) {
    if (done && present.state() != PeerHealth.State.LEAVING) {
      long now = nanoTime.getAsLong();
      boolean flaps = everEjected && now - ejectedNanos < FLAPPING_NANOS;
      answersNeeded = flaps ? Math.min(2 * answersNeeded, MOST_PROBES_IN_A_ROW) : 1;
      everEjected = true;
      ejectedNanos = now;
      become(PeerHealth.State.EJECTED, why);
      LOG.log(System.Logger.Level.WARNING, "peer {0}: ejected, {1}", peer, why);
    }
    probeLater();
  }

  private void probeLater() {
    if (!probing) {
      probing = true;
      loop.schedule(this::probe, BETWEEN_PROBES.toMillis(), TimeUnit.MILLISECONDS);
    }
  }
}
