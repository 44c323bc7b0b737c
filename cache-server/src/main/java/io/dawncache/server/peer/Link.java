package io.dawncache.server.peer;

import io.dawncache.server.wire.Frames;
import io.dawncache.server.wire.Hello;
import io.dawncache.server.wire.NodeUrl;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's way to one peer: a connection of frames if the peer grants one, else a pool of
 * HTTP connections.
 *
 * <p>Everything here runs on that event loop.
 */
final class Link implements FrameDial.Verdict {
  /*
   * The first exchange dials and asks for frames; who comes meanwhile waits for the verdict, which is
   * a round trip away, for nobody loads anything for it. Granted, all go out in one write. Refused,
   * all go to the pool, and so does everyone who comes until the peer is met anew.
   *
   * An exchange in a frame ends as one in the pool does (see HttpPool), but
   *   - it waits its turn only if all ids are taken or the channel takes no more;
   *   - at its time-out nobody's connection is closed: a CANCEL is sent;
   *   - a probe is a PING on the same connection, and if that is silent all on it have the answer
   *     that the peer could not be asked;
   *   - of a connection that is lost all that has had no part of its answer is sent once more, if
   *     the connection had brought an answer before.
   *
   * A peer may grant frames and go away at once, even in the same read, before `granted` is called:
   *   1. the dial reads the 101 and puts the connection in its place;
   *   2. what was read behind the 101 ends the connection: wentAway();
   *   3. the dial calls granted().
   * So a connection that ends while it is still `dialled` counts as a dial that failed. So does one
   * that ends before it has brought an answer while exchanges wait for it: to dial again at once
   * would meet the same end, thousands of times a second.
   */
  private static final String ALL_IDS_TAKEN = "all " + Frames.MAX_ID + " ids are taken";

  private final Outbound outbound;
  private final NodeUrl peer;
  private final Reachability reachability;
  private final Reachability byFrames;
  private final Meeting meeting;
  private final EventLoop loop;
  private final HttpPool pool;
  private final Alarm alarm;

  private final ArrayDeque<PeerExchange> waiting = new ArrayDeque<>();
  private @Nullable FrameConnection dialled; // and not yet granted
  private @Nullable FrameConnection frames;
  private boolean serving; // serveWaiting() is on the stack
  private boolean closed; // the peer has left the member list
  private boolean stopped; // this node's server stops, and its event loops with it

  /** Called when it is known whether and how the peer can be asked for its member list. */
  interface Meeting {
    /** The peer takes frames and has said who it is. */
    void inFrames(Hello tells);

    /** The peer takes no frames. */
    void inHttp();
  }

  Link(
      Outbound outbound,
      NodeUrl peer,
      Reachability reachability,
      Reachability byFrames,
      Meeting meeting,
      EventLoop loop) {
    this.outbound = outbound;
    this.peer = peer;
    this.reachability = reachability;
    this.byFrames = byFrames;
    this.meeting = meeting;
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
    FrameConnection present = frames;
    if (present != null && waiting.isEmpty() && present.mayTake()) {
      if (mayAsk(asked)) {
        present.send(asked, nowNanos);
      }
    } else if (present != null || dialled != null || mayTryFrames()) {
      await(asked);
    } else {
      pool.start(asked);
    }
  }

  private boolean mayTryFrames() {
    return outbound.frames() && !stopped && byFrames.mayAsk();
  }

  private boolean mayAsk(PeerExchange asked) {
    if (stopped) {
      asked.serverStopped();
      return false;
    }
    return !asked.isEnded() && asked.mayBeAsked();
  }

  private void await(PeerExchange asked) {
    if (mayAsk(asked)) {
      waiting.add(asked);
      long now = System.nanoTime();
      alarm.ringIn(now, asked.leftNanos(now));
      if (frames == null && dialled == null) {
        dial();
      }
    }
  }

  private void dial() {
    FrameConnection connection = new FrameConnection(this, outbound, loop);
    dialled = connection;
    new FrameDial(outbound, peer, loop, connection, this).start();
  }

  @Override
  public void granted(Hello tells) {
    FrameConnection connection = dialled;
    dialled = null;
    if (connection == null) {
      return; // it has ended already
    }
    reachability.reached();
    byFrames.reached();
    frames = connection;
    serveWaiting();
    meeting.inFrames(tells);
    if (closed) {
      left(connection);
      connection.leave();
    }
  }

  @Override
  public void refused() {
    dialled = null;
    reachability.reached();
    byFrames.missed();
    meeting.inHttp();
    for (PeerExchange next = waiting.poll(); next != null; next = waiting.poll()) {
      place(next, System.nanoTime());
    }
  }

  @Override
  public void unreachable(String why) {
    dialled = null;
    reachability.missed();
    takeWaiting().forEach(asked -> asked.unreachable(why));
  }

  private List<PeerExchange> takeWaiting() {
    List<PeerExchange> all = List.copyOf(waiting);
    waiting.clear();
    return all;
  }

  /** Sends those who wait, as far as the connection takes them. */
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

  /** A connection has ended before it brought the answer. */
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

  /** A connection takes no more, by this node's choice. */
  void left(FrameConnection connection) {
    if (frames == connection) {
      frames = null;
      dialIfAwaited();
    }
  }

  /** A connection takes no more, or has ended. */
  void wentAway(FrameConnection connection) {
    boolean atOnce = dialled == connection || (frames == connection && !connection.isUsed());
    if (atOnce && !waiting.isEmpty()) {
      frames = null;
      unreachable("it granted frames and went away at once");
    } else {
      dialled = dialled == connection ? null : dialled;
      left(connection);
    }
  }

  private void dialIfAwaited() {
    if (!waiting.isEmpty() && dialled == null) {
      dial();
    }
  }

  // The end.

  /** Closes what is idle, now and from now on; what is in flight ends as it would. */
  void close() {
    closed = true;
    pool.close();
    FrameConnection present = frames;
    if (present != null) {
      left(present);
      present.leave();
    }
  }

  /**
   * Ends all exchanges at once, and from now on every one that starts: the event loop is about to
   * stop, after which no timer and no connection would end them.
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
