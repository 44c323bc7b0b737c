package io.dawncache.operations;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** The handlers of a connection, one a line in data order. */
final class OperationsPipeline extends ChannelInitializer<Channel> {
  static final int MOST_CONNECTIONS = 64;
  private static final int WRITE_SECONDS = 30;

  private final Router router;
  private final RequestGuard guard;
  private final Permissions permissions;
  private final ChannelGroup connections;
  private final Supplier<@Nullable SSLEngine> tls;

  /**
   * Makes the pipelines of one listener and enters its connections in {@code connections}.
   *
   * @param tls makes the engine of each connection; null for no TLS
   */
  OperationsPipeline(
      Router router,
      RequestGuard guard,
      Permissions permissions,
      ChannelGroup connections,
      Supplier<@Nullable SSLEngine> tls) {
    this.router = router;
    this.guard = guard;
    this.permissions = permissions;
    this.connections = connections;
    this.tls = tls;
  }

  @Override
  protected void initChannel(Channel channel) {
    channel.pipeline().addLast(new WriteTimeoutHandler(WRITE_SECONDS));
    SSLEngine engine = tls.get();
    if (engine != null) {
      channel.pipeline().addLast(new SslHandler(engine));
    }
    channel.pipeline().addLast(new HttpServerCodec());
    if (connections.size() >= MOST_CONNECTIONS) {
      refuse(channel);
      return;
    }
    connections.add(channel);
    channel
        .pipeline()
        .addLast(new WholeRequests())
        .addLast(new FlowControlHandler())
        .addLast(new RequestHandler(router, guard, permissions));
  }

  /** Answers what was not asked yet: a client reads it in place of its answer. */
  private static void refuse(Channel channel) {
    Problem problem =
        new Problem(
            503, "Too many connections", "connections (expected: <= " + MOST_CONNECTIONS + ")");
    var response = RequestHandler.response(Answer.of(problem), false);
    HttpUtil.setKeepAlive(response, false);
    channel
        .eventLoop()
        .execute(() -> channel.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE));
  }
}
