package io.dawncache.server.peer;

import io.dawncache.server.frame.FrameKind;
import io.dawncache.server.frame.Frames;
import io.dawncache.server.wire.Hello;
import io.dawncache.server.wire.NodeUrl;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends one event loop's exchanges to one peer: on a connection of frames if the peer grants one,
 * else on a pool of HTTP connections.
 *
 * <p>Everything here runs on that event loop.
 */
final class Link implements FrameDial.Verdict {
  /*
   * The first exchange dials and asks for frames. Exchanges that start meanwhile wait for the
   * verdict; it takes one round trip, because the peer loads nothing before it answers. If frames
   * are granted, all exchanges go out in one write. If they are refused, all go to the pool, and so
   * do all later ones until frames may be tried again.
   *
   * An exchange in frames ends like one in the pool (see HttpPool), with these differences:
   *   - it waits for its turn only if all ids are taken or the channel is not writable;
   *   - at its time-out a CANCEL is sent, and the connection stays open;
   *   - a probe is a PING on the same connection; if the peer stays silent, all exchanges on the
   *     connection end because the peer could not be asked;
   *   - if a connection is lost that had delivered an answer before, all its exchanges that have
   *     not received a part of their answer are sent again.
   *
   * A peer may grant frames and go away at once, even in the same read, before `granted` is called:
   *   1. the dial reads the 101 and adds the connection to the pipeline;
   *   2. the bytes that were read behind the 101 end the connection: connectionGone();
   *   3. the dial calls granted().
   * So a connection that ends while it is still `dialled` counts as a dial that failed. So does a
   * connection that ends before it has delivered an answer while exchanges wait for it: a new dial
   * would probably end in the same way, thousands of times a second.
   */
  private static final String ALL_IDS_TAKEN = "all " + Frames.MAX_ID + " ids are taken";

  private final Outbound outbound;
  private final NodeUrl peer;
  private final Reachability reachability;
  private final Reachability byFrames;
  private final ProtocolListener protocolListener;
  private final EventLoop loop;
  private final HttpPool pool;
  private final Alarm alarm;

  private final ArrayDeque<PeerExchange> waiting = new ArrayDeque<>();
  private @Nullable FrameConnection dialled; // and not granted yet
  private @Nullable FrameConnection frames;
  private boolean serving; // serveWaiting() is running
  private boolean closed; // the peer has left the member list
  private boolean stopped; // this node's server stops its event loops

  /** Is notified when it is known whether the peer takes frames. */
  interface ProtocolListener {
    /** The peer takes frames; {@code hello} is what it sent about itself. */
    void framesGranted(Hello hello);

    /** The peer takes no frames. */
    void framesRefused();
  }

  Link(
      Outbound outbound,
      NodeUrl peer,
      Reachability reachability,
      Reachability byFrames,
      ProtocolListener protocolListener,
      EventLoop loop) {
    this.outbound = outbound;
    this.peer = peer;
    this.reachability = reachability;
    this.byFrames = byFrames;
    this.protocolListener = protocolListener;
    this.loop = loop;
    this.pool = new HttpPool(outbound, peer, reachability, loop);
    this.alarm = new Alarm(loop, this::ring);
  }

  /** Starts an exchange; it may have ended when this returns. */
  void start(PeerExchange asked) {
    assert loop.inEventLoop();
    place(asked, asked.startNanos());
  }

  private void place(PeerExchange asked, long nowNanos) {
    try {
      findWay(asked, nowNanos);
    } catch (Throwable t) {
      asked.broken(t);
    }
  }

  private void findWay(PeerExchange asked, long nowNanos) {
    if (!acquirePeer(asked)) {
      return; // and leaves the try for frames, which comes once a minute, to one that may
    }
    FrameConnection present = frames;
    if (present != null && waiting.isEmpty() && present.mayTake()) {
      present.send(asked, nowNanos);
    } else if (present != null || dialled != null || acquireFramesTry()) {
      await(asked);
    } else if (outbound.fleet().secrets().areRequired()) {
      asked.notAsked("without frames it cannot prove that it is a peer");
    } else {
      pool.start(asked);
    }
  }

  private boolean acquireFramesTry() {
    return outbound.frames() && !stopped && byFrames.tryAcquire();
  }

  private boolean acquirePeer(PeerExchange asked) {
    if (stopped) {
      asked.serverStopped();
      return false;
    }
    return !asked.isEnded() && asked.acquirePeer();
  }

  private void await(PeerExchange asked) {
    waiting.add(asked);
    long now = System.nanoTime();
    alarm.ringIn(now, asked.leftNanos(now));
    if (frames == null && dialled == null) {
      dial();
    }
  }

  private void dial() {
    FrameConnection connection = new FrameConnection(this, outbound, loop);
    dialled = connection;
    new FrameDial(outbound, peer, loop, connection, this).start();
  }

  @Override
  public void granted(Hello hello, int version) {
    FrameConnection connection = dialled;
    dialled = null;
    if (connection == null) {
      return; // the connection has ended already
    }
    reachability.reached();
    byFrames.reached();
    connection.speaks(version);
    frames = connection;
    if (hello.fingerprint() == null) {
      endMemberLists();
    }
    serveWaiting();
    protocolListener.framesGranted(hello);
    if (closed) {
      connectionRetired(connection);
      connection.closeWhenIdle();
    }
  }

  /** Ends what the peer would not understand in a frame. */
  private void endMemberLists() {
    for (PeerExchange asked : List.copyOf(waiting)) {
      if (asked.question().kind() == FrameKind.MEMBERS && waiting.remove(asked)) {
        asked.notAsked("it takes no member lists");
      }
    }
  }

  @Override
  public void refused() {
    dialled = null;
    reachability.reached();
    byFrames.missed();
    protocolListener.framesRefused();
    for (PeerExchange next = waiting.poll(); next != null; next = waiting.poll()) {
      place(next, System.nanoTime());
    }
  }

  @Override
  public void unreachable(String why) {
    dialled = null;
    if (waiting.isEmpty() || waiting.stream().anyMatch(asked -> asked.question().isWaitedFor())) {
      reachability.missed(why);
    } else {
      reachability.release();
    }
    byFrames.release(); // it is still unknown whether the peer takes frames
    takeWaiting().forEach(asked -> asked.notAsked(why));
  }

  private List<PeerExchange> takeWaiting() {
    List<PeerExchange> all = List.copyOf(waiting);
    waiting.clear();
    return all;
  }

  /** Sends the waiting exchanges, as many as the connection takes. */
  void serveWaiting() {
    if (serving || waiting.isEmpty()) {
      return;
    }
    serving = true;
    try {
      FrameConnection present = frames;
      while (present != null && !waiting.isEmpty() && present.mayTake()) {
        present.send(waiting.remove(), System.nanoTime());
      }
    } finally {
      serving = false;
    }
  }

  private long ring(long nowNanos) {
    long next = Alarm.OFF;
    for (PeerExchange asked : List.copyOf(waiting)) {
      long leftNanos = asked.leftNanos(nowNanos);
      if (leftNanos > 0) {
        next = Math.min(next, leftNanos);
      } else if (waiting.remove(asked)) {
        timedOut(asked);
      }
    }
    return next;
  }

  private void timedOut(PeerExchange asked) {
    if (frames != null) {
      asked.hadNoTurn(ALL_IDS_TAKEN);
    } else {
      asked.timedOut();
    }
  }

  /** Called when a connection ended before it delivered the answer to {@code asked}. */
  void lost(PeerExchange asked, boolean usedBefore) {
    if (asked.isEnded()) {
      return;
    }
    if (usedBefore && !stopped && asked.takeRetry()) {
      place(asked, System.nanoTime());
    } else {
      asked.connectionLost();
    }
  }

  /** Called when a connection takes no more exchanges because this node decided so. */
  void connectionRetired(FrameConnection connection) {
    if (frames == connection) {
      frames = null;
      dialIfAwaited();
    }
  }

  /** Called when the peer takes no more exchanges on a connection, or the connection has ended. */
  void connectionGone(FrameConnection connection) {
    boolean atOnce = dialled == connection || (frames == connection && !connection.isUsed());
    if (atOnce && !waiting.isEmpty()) {
      frames = null;
      unreachable("it granted frames and went away at once");
    } else {
      dialled = dialled == connection ? null : dialled;
      connectionRetired(connection);
    }
  }

  private void dialIfAwaited() {
    if (!waiting.isEmpty() && dialled == null) {
      dial();
    }
  }

  /** Opens a new connection of frames for the next exchange; the present one ends when idle. */
  void redial() {
    FrameConnection present = frames;
    if (present != null) {
      connectionRetired(present);
      present.closeWhenIdle();
    }
  }

  // The end.

  /** Closes each connection as soon as it is idle; exchanges in flight end as usual. */
  void close() {
    closed = true;
    pool.close();
    redial();
  }

  /**
   * Ends all exchanges at once, and later ones when they start. The event loop is about to stop;
   * after that no timer and no connection would end them.
   */
  void stop() {
    stopped = true;
    takeWaiting().forEach(PeerExchange::serverStopped);
    FrameConnection present = frames;
    if (present != null) {
      frames = null;
      present.stop();
    }
    pool.stop();
  }
}
