package io.dawncache.operations;

import io.dawncache.core.ByteAccount;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import java.net.InetSocketAddress;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The handlers of a connection, one a line in data order. */
final class OperationsPipeline extends ChannelInitializer<Channel> {
  static final int MOST_CONNECTIONS = 64;

  /** The other places are kept for this machine, so that nobody else can lock its operator out. */
  static final int MOST_FROM_ELSEWHERE = 48;

  private static final int WRITE_SECONDS = 30;

  private final Entrance entrance;
  private final ByteAccount account;
  private final ChannelGroup connections;
  private final Supplier<@Nullable SSLEngine> tls;
  private final Predicate<SSLSession> isTrusted;

  /**
   * Makes the pipelines of one listener and enters its connections in {@code connections}.
   *
   * @param account counts the long bodies of requests
   * @param tls makes the engine of each connection; null for no TLS
   * @param isTrusted whether the certificate of the other side of a TLS session still is
   */
  OperationsPipeline(
      Entrance entrance,
      ByteAccount account,
      ChannelGroup connections,
      Supplier<@Nullable SSLEngine> tls,
      Predicate<SSLSession> isTrusted) {
    this.entrance = entrance;
    this.account = account;
    this.connections = connections;
    this.tls = tls;
    this.isTrusted = isTrusted;
  }

  @Override
  protected void initChannel(Channel channel) {
    SSLEngine engine = tls.get();
    String full = full(channel);
    if (full != null && engine != null) {
      channel.close(); // a handshake for an answer would cost more than a place
      return;
    }
    channel.pipeline().addLast(new WriteTimeoutHandler(WRITE_SECONDS));
    if (engine != null) {
      channel.pipeline().addLast(new SslHandler(engine));
    }
    channel.pipeline().addLast(new HttpServerCodec());
    if (full != null) {
      refuse(channel, full);
      return;
    }
    connections.add(channel);
    channel
        .pipeline()
        .addLast(
            new RequestGate(
                entrance, () -> engine == null || isTrusted.test(engine.getSession()), account))
        .addLast(new WholeRequests())
        .addLast(new FlowControlHandler())
        .addLast(new RequestHandler(entrance));
  }

  /** Returns why there is no place for a connection; null if there is one. */
  private @Nullable String full(Channel channel) {
    if (connections.size() >= MOST_CONNECTIONS) {
      return "connections (expected: <= " + MOST_CONNECTIONS + ")";
    }
    if (isFromElsewhere(channel)
        && connections.stream().filter(OperationsPipeline::isFromElsewhere).count()
            >= MOST_FROM_ELSEWHERE) {
      return "connections from other machines (expected: <= " + MOST_FROM_ELSEWHERE + ")";
    }
    return null;
  }

  private static boolean isFromElsewhere(Channel channel) {
    return !(channel.remoteAddress() instanceof InetSocketAddress remote
        && remote.getAddress().isLoopbackAddress());
  }

  /** Answers what was not asked yet: a client reads it in place of its answer. */
  private static void refuse(Channel channel, String why) {
    Problem problem = new Problem(503, "Too many connections", why);
    var response = RequestHandler.response(Answer.of(problem), false);
    HttpUtil.setKeepAlive(response, false);
    channel
        .eventLoop()
        .execute(() -> channel.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE));
  }
}
