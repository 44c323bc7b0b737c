package io.dawncache.server.peer;

import io.dawncache.core.PeerResult;
import io.dawncache.core.PeerResult.Status;
import io.dawncache.server.wire.Dialect;
import io.dawncache.server.wire.NodeUrl;
import io.dawncache.server.wire.PeerExchange;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to one peer, and the rules by which a fetch on them ends.
 *
 * <p>Everything here runs on that event loop.
 */
final class ConnectionPool {
  /*
   * A fetch takes an idle connection, the one used last; else it dials; else, with all connections
   * busy, it waits its turn. It ends
   *   - by an answer, whatever it says;
   *   - NOT_ASKED, if the dial fails or takes too long, if the connection is lost, or if the peer
   *     is silent to a probe while it waits;
   *   - FAILED at its time-out: the peer had it and goes on loading, so nobody else is asked;
   *   - OVERLOADED at its time-out if it never had its turn.
   *
   * A connection from the pool may have been closed by the peer while our request was on its way:
   *   1. the peer's idle time ends, it closes;
   *   2. we take the connection and write;
   *   3. we read the end of the stream.
   * That says nothing about the peer. So a fetch lost on a used connection is sent once more, on a
   * fresh one. If the peer had seen the first after all, the second joins its flight.
   */
  private final Outbound outbound;
  private final NodeUrl peer;
  private final Reachability reachability;
  private final EventLoop loop;
  private final Prober prober;

  private final ArrayDeque<Connection> idle = new ArrayDeque<>();
  private final ArrayDeque<PendingFetch> waiting = new ArrayDeque<>();
  private final Set<PendingFetch> pending = new HashSet<>(); // all that have not ended
  private int open; // connections, those being dialled included
  private boolean closed; // the peer has left the member list
  private boolean stopped; // this node's server stops, and its event loops with it

  ConnectionPool(Outbound outbound, NodeUrl peer, Reachability reachability, EventLoop loop) {
    this.outbound = outbound;
    this.peer = peer;
    this.reachability = reachability;
    this.loop = loop;
    this.prober = new Prober(outbound, peer, loop);
  }

  Dialect dialect() {
    return outbound.dialect();
  }

  int maxBodyBytes() {
    return outbound.limits().maxBodyBytes();
  }

  /** Starts a fetch; its callback may be called before this returns. */
  void start(PendingFetch fetch) {
    assert loop.inEventLoop();
    pending.add(fetch);
    fetch.whenEnded(pending::remove);
    fetch.after(fetch.request().timeout().toNanos(), () -> timedOut(fetch));
    place(fetch);
  }

  private void place(PendingFetch fetch) {
    if (stopped) {
      fetch.end(Status.NOT_ASKED, "this node's server has stopped");
      return;
    }
    if (!reachability.mayAsk()) {
      fetch.end(Status.NOT_ASKED, "it could not be asked a moment ago");
      return;
    }
    Connection connection = takeIdle();
    if (connection != null) {
      send(fetch, connection);
    } else {
      dialOrWait(fetch);
    }
  }

  /** Closes what is idle, now and from now on; fetches in flight end as they would. */
  void close() {
    assert loop.inEventLoop();
    closed = true;
    for (Connection next = idle.poll(); next != null; next = idle.poll()) {
      next.close();
    }
  }

  /**
   * Ends all fetches at once, and from now on every one that starts: the event loop is about to
   * stop, after which no timer and no connection would end them.
   */
  void stop() {
    assert loop.inEventLoop();
    stopped = true;
    List.copyOf(pending)
        .forEach(fetch -> fetch.end(Status.NOT_ASKED, "this node's server has stopped"));
    close();
  }

  private @Nullable Connection takeIdle() {
    for (Connection next = idle.pollLast(); next != null; next = idle.pollLast()) {
      if (next.isActive()) {
        return next;
      }
    }
    return null;
  }

  private void dialOrWait(PendingFetch fetch) {
    if (open < outbound.maxConnections()) {
      dial(fetch);
    } else {
      waiting.add(fetch);
    }
  }

  private void dial(PendingFetch fetch) {
    open++;
    ChannelFuture dialled =
        outbound
            .bootstrap()
            .clone(loop)
            .handler(new PeerPipeline(outbound.limits(), this))
            .connect(peer.host(), peer.port());
    fetch.after(
        outbound.timings().connect().toNanos(),
        () -> {
          if (!dialled.isDone()) {
            unreachable(
                fetch, "no connection in " + outbound.timings().connect().toMillis() + " ms");
          }
        });
    dialled.addListener(done -> dialled(fetch, dialled));
  }

  private void dialled(PendingFetch fetch, ChannelFuture dialled) {
    if (!dialled.isSuccess()) {
      open--;
      unreachable(fetch, "no connection, " + dialled.cause().getMessage());
      serveWaiting();
      return;
    }
    reachability.reached();
    Connection connection = dialled.channel().pipeline().get(Connection.class);
    if (fetch.isEnded()) {
      giveBack(connection);
    } else {
      send(fetch, connection);
    }
  }

  private void send(PendingFetch fetch, Connection connection) {
    connection.send(
        fetch, PeerExchange.request(outbound.dialect(), peer, outbound.self(), fetch.request()));
    probeWhileUnanswered(fetch);
  }

  private void probeWhileUnanswered(PendingFetch fetch) {
    fetch.after(
        outbound.timings().probeAfter().toNanos(),
        () -> prober.probe(answered -> probed(fetch, answered)));
  }

  private void probed(PendingFetch fetch, boolean answered) {
    if (fetch.isEnded()) {
      return;
    }
    if (answered) {
      probeWhileUnanswered(fetch);
    } else {
      unreachable(fetch, "silent to a probe for " + outbound.timings().probe().toMillis() + " ms");
    }
  }

  /** The peer answered a fetch. */
  void answered(PendingFetch fetch, PeerResult result) {
    reachability.reached();
    fetch.end(result);
  }

  /** A connection was closed before it gave the answer it owed. */
  void lost(PendingFetch fetch, boolean usedBefore) {
    if (usedBefore && !stopped && fetch.takeRetry()) {
      dialOrWait(fetch);
    } else {
      fetch.end(Status.NOT_ASKED, "the connection was lost before the answer");
    }
  }

  /** A connection has nothing in flight any more. */
  void giveBack(Connection connection) {
    PendingFetch next = nextWaiting();
    if (next != null) {
      send(next, connection);
    } else if (closed) {
      connection.close();
    } else {
      idle.addLast(connection);
    }
  }

  /** A connection is closed. */
  void closed(Connection connection) {
    open--;
    idle.remove(connection);
    serveWaiting();
  }

  private void serveWaiting() {
    while (open < outbound.maxConnections()) {
      PendingFetch next = nextWaiting();
      if (next == null) {
        return;
      }
      place(next);
    }
  }

  private @Nullable PendingFetch nextWaiting() {
    PendingFetch next = waiting.poll();
    while (next != null && next.isEnded()) {
      next = waiting.poll();
    }
    return next;
  }

  private void unreachable(PendingFetch fetch, String why) {
    reachability.missed();
    fetch.end(Status.NOT_ASKED, why);
  }

  private void timedOut(PendingFetch fetch) {
    String timeout = fetch.request().timeout().toMillis() + " ms";
    if (waiting.remove(fetch)) {
      fetch.end(Status.OVERLOADED, "all " + outbound.maxConnections() + " connections are busy");
    } else if (fetch.isSent()) {
      fetch.end(Status.FAILED, "no answer in " + timeout);
    } else {
      fetch.end(Status.NOT_ASKED, "no connection in " + timeout);
    }
  }
}
