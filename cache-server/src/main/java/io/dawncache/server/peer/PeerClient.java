package io.dawncache.server.peer;

import io.dawncache.core.PeerGetter;
import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.server.wire.NodeUrl;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** The way to one other node: a pool of connections on each event loop, and what all know of it. */
final class PeerClient implements PeerGetter {
  private final Outbound outbound;
  private final NodeUrl peer;
  private final Reachability reachability;
  private final Map<EventLoop, ConnectionPool> pools = new ConcurrentHashMap<>();

  private volatile boolean closed; // the peer has left the member list
  private volatile boolean stopped; // this node's server stops

  PeerClient(Outbound outbound, NodeUrl peer) {
    this.outbound = outbound;
    this.peer = peer;
    this.reachability = new Reachability(outbound.timings().avoid().toNanos(), System::nanoTime);
  }

  @Override
  public void fetch(PeerRequest request, Consumer<? super PeerResult> callback) {
    EventLoop loop = presentLoop();
    PendingFetch fetch = new PendingFetch(loop, request, callback);
    if (loop.inEventLoop()) {
      pool(loop).start(fetch);
    } else {
      loop.execute(() -> pool(loop).start(fetch));
    }
  }

  /** A request that arrived on one of our loops stays there; a thread from outside takes any. */
  private EventLoop presentLoop() {
    for (EventExecutor loop : outbound.loops()) {
      if (loop.inEventLoop()) {
        return (EventLoop) loop;
      }
    }
    return outbound.loops().next();
  }

  private ConnectionPool pool(EventLoop loop) {
    ConnectionPool pool =
        pools.computeIfAbsent(loop, l -> new ConnectionPool(outbound, peer, reachability, l));
    if (stopped) {
      pool.stop();
    } else if (closed) {
      pool.close(); // a fetch that began before the peer left may end, but leaves nothing open
    }
    return pool;
  }

  /** Ends all fetches, in flight and to come: the event loops are about to stop. */
  void stop() {
    stopped = true;
    pools.forEach((loop, pool) -> onLoop(loop, pool::stop));
  }

  @Override
  public void close() {
    closed = true;
    pools.forEach((loop, pool) -> onLoop(loop, pool::close));
  }

  private static void onLoop(EventLoop loop, Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      // The loop has ended, and the connections on it with it.
    }
  }
}
