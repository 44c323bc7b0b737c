package io.dawncache.server.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Passes the end of a read on only if the read has brought anything: one of TLS's own messages is
 * not the beginning of a request.
 */
final class DecryptedReads extends ChannelInboundHandlerAdapter {
  private boolean reading;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    reading = true;
    ctx.fireChannelRead(message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (reading) {
      reading = false;
      ctx.fireChannelReadComplete();
    }
  }
}
