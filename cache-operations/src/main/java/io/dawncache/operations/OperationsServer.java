package io.dawncache.operations;

import io.dawncache.core.CacheNode;
import io.dawncache.server.CacheServer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A listener for operators and their tools, apart from the data port. GET reports: {@code
 * /healthz}, {@code /readyz}, {@code /stats}, {@code /explain}, and what the {@linkplain
 * OperationsConfig configuration} adds. POST acts, with a JSON object as its body: {@code /remove},
 * {@code /clear}, {@code /warm}, {@code /refresh}, {@code /drain}. What is refused is answered with
 * a problem document (RFC 9457).
 *
 * <p>It has one thread of its own and bounds of its own: 64 connections, of them 48 from other
 * machines; 4 MiB a request, for which beyond 4 KiB there has to be room in the node's {@linkplain
 * CacheNode#bytesInFlight account}; 30 s for a request to arrive and 30 s for its answer. So it
 * answers while the data port is overloaded. It has no passwords unless it is given {@linkplain
 * OperationsConfig.Builder#tokens tokens}: everybody who reaches it may act, with TLS who presents
 * a certificate if the server wants one of all. A page in a browser may not, see {@link
 * OperationsConfig.Builder#hostName}.
 *
 * <p>Safe for use by any thread; {@link #start} and {@link #close} block.
 *
 * @since 0.1.0
 */
public final class OperationsServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(OperationsServer.class.getName());

  private final EventLoopGroup loop;
  private final ChannelGroup connections;
  private final Channel listener;

  /**
   * Starts a listener.
   *
   * @param server the server that is reported and acted on, with its node
   * @param config where it listens, and what of the program it shows
   * @return the listener, which accepts connections
   * @throws IOException if it cannot listen there, such as {@link BindException}
   * @throws IllegalArgumentException if it is to accept TLS and the server has no certificate
   */
  public static OperationsServer start(CacheServer server, OperationsConfig config)
      throws IOException {
    Objects.requireNonNull(server, "server");
    return new OperationsServer(server, Objects.requireNonNull(config, "config"));
  }

  @SuppressWarnings("deprecation") // Netty 4.1 has no other event loop group
  private OperationsServer(CacheServer server, OperationsConfig config) throws IOException {
    if (config.tls() && server.newTlsEngine() == null) {
      throw new IllegalArgumentException("tls: true (expected: false, the server has none)");
    }
    Router router =
        new Router(
            new Reports(server, config).endpoints(), new Actions(server, config).endpoints());
    loop = new NioEventLoopGroup(1, new DefaultThreadFactory("dawncache-operations", true));
    connections = new DefaultChannelGroup(loop.next());
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.AUTO_READ, false) // a request at a time
            .childHandler(
                new OperationsPipeline(
                    new Entrance(router, new RequestGuard(config), new Permissions(config)),
                    server.node().bytesInFlight(),
                    connections,
                    config.tls() ? server::newTlsEngine : () -> null,
                    server::isTlsTrusted))
            .bind(config.host(), config.port())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      BindException failure =
          new BindException(
              "operations: listen on %s:%d: %s"
                  .formatted(config.host(), config.port(), bound.cause().getMessage()));
      failure.initCause(bound.cause());
      throw failure;
    }
    listener = bound.channel();
    LOG.log(System.Logger.Level.INFO, "operations: listening on {0}", address().toString());
    if (config.tokens() == null && !address().getAddress().isLoopbackAddress()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "operations: listening on {0} without tokens: each process that reaches this port may do"
              + " all that operators may (expected: tokens, or a loopback address)",
          address().toString());
    }
  }

  /** {@return the address on which it listens, with its actual port} */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /** {@return the address on which it listens} */
  @Override
  public String toString() {
    return "operations listener on " + address();
  }

  /** Closes the listener and its connections, also those whose answers are not complete. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
