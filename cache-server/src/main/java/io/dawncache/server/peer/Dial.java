package io.dawncache.server.peer;

import io.dawncache.server.wire.NodeUrl;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
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
import org.jspecify.annotations.Nullable;

/**
 * One attempt to connect to a peer within a time-out: looks its name up, then tries its addresses
 * one after the other. Confined to one event loop.
 */
final class Dial {
  /*
   * An address that refuses costs no time, and the next is tried at once. One that drops packets
   * must not use up the time of the others: each may take an equal share of what is left.
   */
  private final Bootstrap bootstrap;
  private final EventLoop loop;
  private final long deadlineNanos;
  private final Promise<Channel> connected;
  private final ArrayDeque<SocketAddress> addresses = new ArrayDeque<>();
  private @Nullable ChannelFuture attempt;

  private Dial(Bootstrap bootstrap, EventLoop loop, Duration timeout) {
    this.bootstrap = bootstrap;
    this.loop = loop;
    this.deadlineNanos = System.nanoTime() + timeout.toNanos();
    this.connected = loop.newPromise();
  }

  /**
   * Starts to connect.
   *
   * @param pipeline makes the handlers of a channel; called once for each address that is tried
   * @param timeout for the look-up and all addresses together
   * @return the connection; cancelling it ends the attempt
   */
  static Future<Channel> start(
      Outbound outbound,
      EventLoop loop,
      NodeUrl peer,
      ChannelInitializer<Channel> pipeline,
      Duration timeout) {
    Bootstrap bootstrap = outbound.bootstrap().clone(loop).handler(pipeline);
    Dial dial = new Dial(bootstrap, loop, timeout);
    dial.endBy(timeout);
    dial.lookUp(InetSocketAddress.createUnresolved(peer.host(), peer.port()));
    return dial.connected;
  }

  /** Returns why there is no connection, for a log or a caller. */
  static String why(Throwable failure) {
    if (failure instanceof ConnectTimeoutException) {
      return String.valueOf(failure.getMessage());
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
          } else if (!connected.trySuccess(started.channel())) {
            started.channel().close();
          }
        });
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
