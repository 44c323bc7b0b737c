package io.dawncache.server.peer;

import io.dawncache.server.tls.Tls;
import io.dawncache.server.tls.TlsHandler;
import io.dawncache.server.wire.NodeUrl;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to connect to a peer within a time-out: looks its name up, then tries its addresses
 * one after the other, with TLS if the peer's URL asks for it. Confined to one event loop.
 */
final class Dial {
  /*
   * An address that refuses costs no time, and the next is tried at once. One that drops packets
   * must not use up the time of the others: each may take an equal share of what is left.
   */
  private static final Duration HANDSHAKE = Duration.ofSeconds(2); // the first of a JVM is slow

  private final Bootstrap bootstrap;
  private final boolean tls;
  private final EventLoop loop;
  private final long deadlineNanos;
  private final Promise<Channel> connected;
  private final ArrayDeque<SocketAddress> addresses = new ArrayDeque<>();
  private @Nullable ChannelFuture attempt;

  private Dial(Bootstrap bootstrap, boolean tls, EventLoop loop, Duration timeout) {
    this.bootstrap = bootstrap;
    this.tls = tls;
    this.loop = loop;
    this.deadlineNanos = System.nanoTime() + timeout.toNanos();
    this.connected = loop.newPromise();
  }

  /**
   * Starts to connect.
   *
   * @param pipeline makes the handlers of a channel; called once for each address that is tried
   * @param timeout for the look-up and all addresses together, without what {@link #allowed} adds
   * @return the connection; cancelling it ends the attempt
   */
  static Future<Channel> start(
      Outbound outbound,
      EventLoop loop,
      NodeUrl peer,
      ChannelInitializer<Channel> pipeline,
      Duration timeout) {
    Bootstrap bootstrap =
        outbound
            .bootstrap()
            .clone(loop)
            .handler(peer.tls() ? secured(outbound, peer, pipeline) : pipeline);
    Duration allowed = allowed(peer, timeout);
    Dial dial = new Dial(bootstrap, peer.tls(), loop, allowed);
    dial.endBy(allowed);
    dial.lookUp(InetSocketAddress.createUnresolved(peer.host(), peer.port()));
    return dial.connected;
  }

  /** Returns a time-out of a connection to {@code peer}, with the time for TLS if it has that. */
  static Duration allowed(NodeUrl peer, Duration timeout) {
    return peer.tls() ? timeout.plus(HANDSHAKE) : timeout;
  }

  private static ChannelInitializer<Channel> secured(
      Outbound outbound, NodeUrl peer, ChannelInitializer<Channel> pipeline) {
    Tls tls = Objects.requireNonNull(outbound.tls(), "tls");
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        tls.addTo(channel.pipeline(), peer.host(), peer.port(), HANDSHAKE);
        channel.pipeline().addLast(pipeline);
      }
    };
  }

  /** Returns whether the peer has answered, and the two sides did not agree on TLS. */
  static boolean isRefusedByTls(Throwable failure) {
    return failure instanceof SSLException && !(failure instanceof SslHandshakeTimeoutException);
  }

  /** Returns why there is no connection, for a log or a caller. */
  static String why(Throwable failure) {
    if (failure instanceof ConnectTimeoutException) {
      return String.valueOf(failure.getMessage());
    }
    if (isRefusedByTls(failure)) {
      return "no TLS, " + failure.getMessage();
    }
    return failure instanceof UnknownHostException
        ? "no connection, its name has no address: " + failure.getMessage()
        : "no connection, " + failure.getMessage();
  }

  private void endBy(Duration timeout) {
    Future<?> timer =
        loop.schedule(
            () ->
                connected.tryFailure(
                    new ConnectTimeoutException("no connection in " + timeout.toMillis() + " ms")),
            timeout.toNanos(),
            TimeUnit.NANOSECONDS);
    connected.addListener(
        done -> {
          timer.cancel(false);
          if (!done.isSuccess() && attempt != null) {
            attempt.channel().close();
          }
        });
  }

  private void lookUp(SocketAddress peer) {
    Future<? extends List<? extends SocketAddress>> found =
        Objects.requireNonNull(bootstrap.config().resolver()).getResolver(loop).resolveAll(peer);
    found.addListener(
        done -> {
          if (found.isSuccess()) {
            addresses.addAll(found.getNow());
            tryNext(new UnknownHostException(peer.toString()));
          } else {
            connected.tryFailure(found.cause());
          }
        });
  }

  private void tryNext(Throwable failure) {
    SocketAddress next = addresses.poll();
    if (connected.isDone() || next == null) {
      connected.tryFailure(failure);
      return;
    }
    try {
      connect(next);
    } catch (Throwable t) {
      connected.tryFailure(t);
    }
  }

  private void connect(SocketAddress address) {
    ChannelFuture started =
        bootstrap
            .clone()
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, shareMillis())
            .connect(address);
    attempt = started;
    started.addListener(
        done -> {
          if (!done.isSuccess()) {
            tryNext(done.cause());
          } else if (tls) {
            awaitHandshake(started.channel());
          } else {
            connected(started.channel());
          }
        });
  }

  private void awaitHandshake(Channel channel) {
    channel
        .pipeline()
        .get(TlsHandler.class)
        .handshakeFuture()
        .addListener(
            done -> {
              if (done.isSuccess()) {
                connected(channel);
              } else {
                tryNext(done.cause());
              }
            });
  }

  private void connected(Channel channel) {
    if (!connected.trySuccess(channel)) {
      channel.close();
    }
  }

  /** Returns 0, no time-out of its own, for the last address: it may take all that is left. */
  private int shareMillis() {
    if (addresses.isEmpty()) {
      return 0;
    }
    long shareNanos = (deadlineNanos - System.nanoTime()) / (addresses.size() + 1);
    return (int)
        Math.max(1, Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(shareNanos)));
  }
}
