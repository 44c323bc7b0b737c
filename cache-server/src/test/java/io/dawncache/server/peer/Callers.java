package io.dawncache.server.peer;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteAccount;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Forget;
import io.dawncache.core.Operation;
import io.dawncache.core.OperationResult;
import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.server.Dialect;
import io.dawncache.server.Limits;
import io.dawncache.server.testing.TestFleet;
import io.dawncache.server.wire.NodeUrl;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Clients on one event loop, and the peers by hand that they ask; all ends with {@link #end}. */
final class Callers {
  static final Duration NEVER = Duration.ofHours(1);
  static final Duration SOON = Duration.ofMillis(20);
  static final PeerTimings PATIENT = new PeerTimings(NEVER, NEVER, NEVER, NEVER, NEVER);
  static final int MAX_VALUE_BYTES = 1000;
  static final String SELF = "http://10.0.0.1:8001";

  @SuppressWarnings("deprecation") // as in Transport
  private final EventLoopGroup loops = new NioEventLoopGroup(1);

  private final List<AutoCloseable> toClose = new ArrayList<>();
  private final CacheNode node = closing(CacheNode.create());

  /** What the clients hold of answers that are not whole. */
  ByteAccount account() {
    return node.bytesInFlight();
  }

  ScriptedPeer peer(ScriptedPeer.Script... scripts) throws IOException {
    return closing(new ScriptedPeer(scripts));
  }

  /** A port that is taken, so that nobody else listens there, but not listened on. */
  String urlThatRefuses() throws IOException {
    Socket bound = closing(new Socket());
    bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return "http://127.0.0.1:" + bound.getLocalPort();
  }

  Caller of(ScriptedPeer peer) {
    return of(peer, Dialect.DAWNCACHE);
  }

  Caller of(ScriptedPeer peer, Dialect dialect) {
    return of(peer.url(), dialect, 8);
  }

  Caller of(String url, Dialect dialect, int maxConnections) {
    return of(url, dialect, maxConnections, false, PATIENT);
  }

  /** Returns a client that asks in frames, if the peer grants them. */
  Caller inFrames(ScriptedPeer peer, PeerTimings timings) {
    return of(peer.url(), Dialect.DAWNCACHE, 8, true, timings);
  }

  /** Returns a client that asks over HTTP. */
  Caller of(ScriptedPeer peer, PeerTimings timings) {
    return of(peer.url(), Dialect.DAWNCACHE, 8, false, timings);
  }

  Caller inFrames(ScriptedPeer peer) {
    return inFrames(peer, PATIENT);
  }

  private Caller of(
      String url, Dialect dialect, int maxConnections, boolean frames, PeerTimings timings) {
    Outbound outbound = outbound(dialect, maxConnections, frames, timings);
    return closing(new Caller(new PeerClient(outbound, NodeUrl.parse(url))));
  }

  /** Returns what clients share that ask in frames. */
  Outbound outboundInFrames() {
    return outbound(Dialect.DAWNCACHE, 8, true, PATIENT);
  }

  private Outbound outbound(
      Dialect dialect, int maxConnections, boolean frames, PeerTimings timings) {
    return new Outbound(
        new Bootstrap().channel(NioSocketChannel.class),
        loops,
        dialect,
        new Limits(4096, 4096, MAX_VALUE_BYTES, NEVER),
        timings,
        maxConnections,
        frames,
        TestFleet.of(SELF),
        node.bytesInFlight(),
        InstantSource.system(),
        null,
        null);
  }

  private <T extends AutoCloseable> T closing(T resource) {
    toClose.add(resource);
    return resource;
  }

  void end() throws Exception {
    for (AutoCloseable next : toClose) {
      next.close();
    }
    loops.shutdownGracefully(0, 30, TimeUnit.SECONDS).sync();
  }

  /** What a get of many keys told of one. */
  record Told(String key, PeerResult result) {}

  /** A client; what it starts has begun, on its event loop, when the start returns. */
  final class Caller implements AutoCloseable {
    final PeerClient client;

    Caller(PeerClient client) {
      this.client = client;
    }

    CompletableFuture<PeerResult> fetch(String key) throws Exception {
      return fetch(key, NEVER);
    }

    CompletableFuture<PeerResult> fetch(String key, Duration timeout) throws Exception {
      return started(callback -> client.fetch(new PeerRequest("scores", key, timeout), callback));
    }

    CompletableFuture<OperationResult> forget(Duration timeout, String... keys) throws Exception {
      return started(
          callback -> client.forget(new Forget("scores", List.of(keys)), timeout, callback));
    }

    CompletableFuture<OperationResult> coordinate(Operation operation) throws Exception {
      return started(callback -> client.coordinate(operation, NEVER, callback));
    }

    private <T> CompletableFuture<T> started(Consumer<Consumer<T>> start) throws Exception {
      CompletableFuture<T> result = new CompletableFuture<>();
      start.accept(told -> assertTrue(result.complete(told), "told twice"));
      loops.submit(() -> {}).sync();
      return result;
    }

    /** Starts a get of many keys; what it tells comes out of the queue. */
    LinkedBlockingQueue<Told> fetchAll(Duration timeout, String... keys) throws Exception {
      LinkedBlockingQueue<Told> told = new LinkedBlockingQueue<>();
      List<PeerRequest> requests = new ArrayList<>();
      for (String key : keys) {
        requests.add(new PeerRequest("scores", key, timeout));
      }
      client.fetchAll(requests, (request, result) -> told.add(new Told(request.key(), result)));
      loops.submit(() -> {}).sync();
      return told;
    }

    @Override
    public void close() {
      client.close();
    }
  }
}
