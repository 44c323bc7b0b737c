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
 * The HTTP connections of one event loop to one peer, and the rules by which exchanges on them end.
 *
 * <p>Everything here runs on that event loop.
 */
final class HttpPool {
  /*
   * An exchange takes the idle connection that was used last. If none is idle, it dials. If as many
   * connections as allowed are open and busy, it waits for its turn. It ends, with the status that
   * a fetch has,
   *   - by an answer, whatever its status;
   *   - NOT_ASKED, if the dial fails or takes too long, if the connection is lost, or if the peer
   *     does not answer a probe while the exchange waits;
   *   - TIMED_OUT at its time-out: the peer has the request and continues to load, so no other node
   *     is asked;
   *   - OVERLOADED at its time-out if it never had its turn.
   *
   * A connection from the pool may have been closed by the peer while our request was on its way:
   *   1. the peer's idle time-out ends, and the peer closes the connection;
   *   2. this node takes the connection and writes the request;
   *   3. this node reads the end of the stream.
   * This does not mean that the peer is down. So an exchange that is lost on a used connection is
   * sent again, on a new one, for which the lost one made room: every other used connection may be
   * closed, too. If the peer had received the first request after all, the second joins
   * its flight; and repeating an operation is safe.
   */
  private final Outbound outbound;
  private final NodeUrl peer;
  private final Reachability reachability;
  private final EventLoop loop;
  private final Prober prober;

  private final ArrayDeque<HttpConnection> idle = new ArrayDeque<>();
  private final ArrayDeque<PeerExchange> waiting = new ArrayDeque<>();
  private final Set<PeerExchange> all = new HashSet<>(); // exchanges that have not ended
  private int open; // connections, including those that are being dialled
  private boolean closed; // the peer has left the member list
  private boolean stopped; // this node's server stops its event loops

  HttpPool(Outbound outbound, NodeUrl peer, Reachability reachability, EventLoop loop) {
    this.outbound = outbound;
    this.peer = peer;
    this.reachability = reachability;
    this.loop = loop;
    this.prober = new Prober(outbound, peer, loop);
  }

  /** Starts an exchange with a peer that may be asked; it may have ended when this returns. */
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
    HttpConnection connection = takeIdle();
    if (connection != null) {
      send(asked, connection);
    } else {
      dialOrWait(asked);
    }
  }

  /** Closes each connection as soon as it is idle; exchanges in flight end as usual. */
  void close() {
    assert loop.inEventLoop();
    closed = true;
    for (HttpConnection next = idle.poll(); next != null; next = idle.poll()) {
      next.close();
    }
  }

  /**
   * Ends all exchanges at once, and later ones when they start. The event loop is about to stop;
   * after that no timer and no connection would end them.
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
    if (!dialled.isSuccess() || !dialled.getNow().isActive()) {
      open--;
      try {
        asked.unreachable(dialled.isSuccess() ? "connection lost" : Dial.why(dialled.cause()));
      } catch (Throwable t) { // no memory for the message
        asked.broken(t);
      }
      serveWaiting();
      return;
    }
    reachability.reached();
    HttpConnection connection = dialled.getNow().pipeline().get(HttpConnection.class);
    connection.entersPool();
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

  /** Reports an answer whose headers name another cluster. */
  void noteCluster(FullHttpResponse answer) {
    if (PeerAnswers.isOfAnotherCluster(answer)) {
      outbound.fleet().noteOtherCluster(peer.text(), Hello.of(answer.headers()).cluster());
    }
  }

  /** Returns the most bytes that an answer may have. */
  int maxAnswerBytes() {
    return outbound.limits().maxBodyBytes();
  }

  /** Called when a connection has nothing in flight any more. */
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

  /**
   * Called when a connection is closed. An exchange that is sent again takes its place, before
   * those that wait.
   *
   * @param lost the exchange whose answer was not delivered, or null
   */
  void closed(HttpConnection connection, @Nullable PeerExchange lost) {
    open--;
    idle.remove(connection);
    try {
      if (lost != null) {
        lost(lost, connection.isUsed());
      }
    } finally {
      serveWaiting();
    }
  }

  private void lost(PeerExchange asked, boolean usedBefore) {
    if (usedBefore && !stopped && asked.takeRetry()) {
      dialAgain(asked);
    } else {
      asked.connectionLost();
    }
  }

  private void dialAgain(PeerExchange asked) {
    try {
      dial(asked);
    } catch (Throwable t) {
      asked.broken(t);
    }
  }

  private void serveWaiting() {
    while (open < outbound.maxConnections()) {
      PeerExchange next = nextWaiting();
      if (next == null) {
        return;
      }
      if (stopped) {
        next.serverStopped();
      } else if (next.acquirePeer()) {
        place(next);
      }
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
