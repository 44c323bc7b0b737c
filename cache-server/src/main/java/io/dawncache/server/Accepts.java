package io.dawncache.server;

import io.dawncache.core.outage.OutageLog;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.group.ChannelGroup;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Keeps a listener accepting connections. When an accept fails, for instance because the process
 * may open no more files, the listener pauses and tries again; the log says when that begins and
 * when it is over. Meanwhile connections wait in the kernel's backlog.
 */
final class Accepts extends ChannelInboundHandlerAdapter {
  /*
   * A listener that is ready stays ready when an accept fails. Without a pause its event loop would
   * try, and fail, as fast as it can, and hardly serve anything else.
   *
   * Netty's own acceptor, next in the pipeline, pauses too, but passes the exception to the end of
   * the pipeline, which logs it with its stack each second.
   *
   * When no more files can be opened, a class may not load any more. So everything that a failure
   * needs is loaded and made together with the listener.
   */
  static final long PAUSE_MILLIS = 100;

  private static final System.Logger LOG = System.getLogger(Accepts.class.getName());

  private final ChannelGroup connections;
  private final OutageLog log;
  private final String limit;

  /** Watches the listener that accepts {@code connections}. */
  Accepts(ChannelGroup connections, LongSupplier nanoTime) {
    this.connections = connections;
    this.log = new OutageLog(LOG, nanoTime, "failures", "connections are accepted again");
    this.limit = OpenFiles.limit();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object accepted) {
    log.over();
    ctx.fireChannelRead(accepted);
  }

  /** Only the failure of an accept is an {@link IOException} here. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      ctx.fireExceptionCaught(cause);
      return;
    }
    ChannelConfig config = ctx.channel().config();
    if (config.isAutoRead()) {
      config.setAutoRead(false);
      ctx.executor().schedule(() -> config.setAutoRead(true), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
    log.occurred(() -> line(ctx, cause), cause);
  }

  private String line(ChannelHandlerContext ctx, Throwable cause) {
    return "no connection accepted on "
        + ctx.channel().localAddress()
        + ": "
        + cause.getMessage()
        + "; connections open: "
        + connections.size()
        + ", open files allowed: "
        + limit;
  }
}
