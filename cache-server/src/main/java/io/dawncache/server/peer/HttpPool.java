package io.dawncache.server.peer;

import io.dawncache.server.wire.Hello;
import io.dawncache.server.wire.NodeUrl;
import io.dawncache.server.wire.PeerAnswers;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to one peer, and the rules by which an exchange on them ends.
 *
 * <p>Everything here runs on that event loop.
 */
final class HttpPool {
  /*
   * An exchange takes an idle connection, the one used last; else it dials; else, with all
   * connections busy, it waits its turn. It ends, in the words of a fetch,
   *   - by an answer, whatever it says;
   *   - NOT_ASKED, if the dial fails or takes too long, if the connection is lost, or if the peer
   *     is silent to a probe while it waits;
   *   - LATE at its time-out: the peer had it and goes on loading, so nobody else is asked;
   *   - OVERLOADED at its time-out if it never had its turn.
   *
   * A connection from the pool may have been closed by the peer while our request was on its way:
   *   1. the peer's idle time ends, it closes;
   *   2. we take the connection and write;
   *   3. we read the end of the stream.
   * That says nothing about the peer. So what is lost on a used connection is sent once more, on a
   * fresh one. If the peer had seen the first after all, the second joins its flight; and to repeat
   * an operation is safe.
   */
  private final Outbound outbound;
  private final NodeUrl peer;
  private final Reachability reachability;
  private final EventLoop loop;
  private final Prober prober;

  private final ArrayDeque<HttpConnection> idle = new ArrayDeque<>();
  private final ArrayDeque<PeerExchange> waiting = new ArrayDeque<>();
  private final Set<PeerExchange> all = new HashSet<>(); // all that have not ended
  private int open; // connections, those being dialled included
  private boolean closed; // the peer has left the member list
  private boolean stopped; // this node's server stops, and its event loops with it

  HttpPool(Outbound outbound, NodeUrl peer, Reachability reachability, EventLoop loop) {
    this.outbound = outbound;
    this.peer = peer;
    this.reachability = reachability;
    this.loop = loop;
    this.prober = new Prober(outbound, peer, loop);
  }

  /** Starts an exchange; it may have ended when this returns. */
  void start(PeerExchange asked) {
    assert loop.inEventLoop();
    all.add(asked);
    asked.whenEnded(all::remove);
    asked.after(asked.left().toNanos(), () -> timedOut(asked));
    place(asked);
  }

  private void place(PeerExchange asked) {
    try {
      findWay(asked);
    } catch (Throwable t) {
      asked.broken(t);
    }
  }

  private void findWay(PeerExchange asked) {
    if (stopped) {
      asked.serverStopped();
    }
    if (asked.isEnded() || !asked.mayBeAsked()) {
      return;
    }
    HttpConnection connection = takeIdle();
    if (connection != null) {
      send(asked, connection);
    } else {
      dialOrWait(asked);
    }
  }

  /** Closes what is idle, now and from now on; what is in flight ends as it would. */
  void close() {
    assert loop.inEventLoop();
    closed = true;
    for (HttpConnection next = idle.poll(); next != null; next = idle.poll()) {
      next.close();
    }
  }

  /**
   * Ends all exchanges at once, and from now on every one that starts: the event loop is about to
   * stop, after which no timer and no connection would end them.
   */
  void stop() {
    assert loop.inEventLoop();
    stopped = true;
    List.copyOf(all).forEach(PeerExchange::serverStopped);
    close();
  }

  private @Nullable HttpConnection takeIdle() {
    for (HttpConnection next = idle.pollLast(); next != null; next = idle.pollLast()) {
      if (next.isActive()) {
        return next;
      }
    }
    return null;
  }

  private void dialOrWait(PeerExchange asked) {
    if (open < outbound.maxConnections()) {
      dial(asked);
    } else {
      waiting.add(asked);
    }
  }

  private void dial(PeerExchange asked) {
    PeerPipeline pipeline = new PeerPipeline(outbound, this);
    Future<Channel> dialled =
        Dial.start(outbound, loop, peer, pipeline, outbound.timings().connect());
    open++;
    dialled.addListener(done -> dialled(asked, dialled));
  }

  private void dialled(PeerExchange asked, Future<Channel> dialled) {
    if (!dialled.isSuccess()) {
      open--;
      try {
        asked.unreachable(Dial.why(dialled.cause()));
      } catch (Throwable t) { // no memory for the text
        asked.broken(t);
      }
      serveWaiting();
      return;
    }
    reachability.reached();
    HttpConnection connection = dialled.getNow().pipeline().get(HttpConnection.class);
    if (asked.isEnded()) {
      giveBack(connection);
    } else {
      send(asked, connection);
    }
  }

  private void send(PeerExchange asked, HttpConnection connection) {
    try {
      connection.send(asked);
      if (!asked.isEnded()) {
        probeWhileUnanswered(asked);
      }
    } catch (Throwable t) {
      asked.broken(t);
    }
  }

  private void probeWhileUnanswered(PeerExchange asked) {
    asked.after(
        outbound.timings().probeAfter().toNanos(),
        () -> prober.probe(answered -> probed(asked, answered)));
  }

  private void probed(PeerExchange asked, boolean answered) {
    if (asked.isEnded()) {
      return;
    }
    try {
      if (answered) {
        probeWhileUnanswered(asked);
      } else {
        asked.silent(outbound.timings().probe());
      }
    } catch (Throwable t) {
      asked.broken(t);
    }
  }

  /** Notes an answer that says it is of another cluster. */
  void noteCluster(FullHttpResponse answer) {
    if (PeerAnswers.isOfAnotherCluster(answer)) {
      outbound.fleet().isOfAnother(peer.text(), Hello.of(answer.headers()).cluster());
    }
  }

  /** Returns why an exchange failed whose answer has more bytes than any may have. */
  String tooLong() {
    return "the answer is too long (expected: <= " + outbound.limits().maxBodyBytes() + " bytes)";
  }

  /** A connection was closed before it gave the answer it owed. */
  void lost(PeerExchange asked, boolean usedBefore) {
    if (usedBefore && !stopped && asked.takeRetry()) {
      dialAgain(asked);
    } else {
      asked.connectionLost();
    }
  }

  private void dialAgain(PeerExchange asked) {
    try {
      dialOrWait(asked);
    } catch (Throwable t) {
      asked.broken(t);
    }
  }

  /** A connection has nothing in flight any more. */
  void giveBack(HttpConnection connection) {
    PeerExchange next = nextWaiting();
    if (next != null) {
      send(next, connection);
    } else if (closed) {
      connection.close();
    } else {
      idle.addLast(connection);
    }
  }

  /** A connection is closed. */
  void closed(HttpConnection connection) {
    open--;
    idle.remove(connection);
    serveWaiting();
  }

  private void serveWaiting() {
    while (open < outbound.maxConnections()) {
      PeerExchange next = nextWaiting();
      if (next == null) {
        return;
      }
      place(next);
    }
  }

  private @Nullable PeerExchange nextWaiting() {
    PeerExchange next = waiting.poll();
    while (next != null && next.isEnded()) {
      next = waiting.poll();
    }
    return next;
  }

  private void timedOut(PeerExchange asked) {
    if (waiting.remove(asked)) {
      asked.hadNoTurn("all " + outbound.maxConnections() + " connections are busy");
    } else {
      asked.timedOut();
    }
  }
}
