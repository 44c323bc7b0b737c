package io.dawncache.server.inbound;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.dawncache.server.wire.Fatal;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A connection for which there is no place: it is answered 503 at once, whatever it asks, and ends
 * when the client has seen that.
 */
final class RefusedConnection extends ChannelInboundHandlerAdapter {
  /*
   * A close with a request unread would reset the connection, and the client might lose the answer.
   * So the output is shut down first, and what still arrives is thrown away until the client closes
   * its side, for a second at most. At most MOST_LINGERING connections end in this way at a time;
   * beyond them others are closed at once.
   */
  private static final long LINGER_MILLIS = 1000;
  private static final int MOST_LINGERING = 256;

  private static final String BODY = "too many connections\n";
  private static final byte[] ANSWER =
      ("HTTP/1.1 503 Service Unavailable\r\n"
              + "Retry-After: 1\r\n"
              + "Dawncache-Status: overloaded\r\n"
              + "Connection: close\r\n"
              + "Content-Type: text/plain; charset=utf-8\r\n"
              + "Content-Length: "
              + BODY.length()
              + "\r\n\r\n"
              + BODY)
          .getBytes(US_ASCII);

  private final AtomicInteger lingering;

  /**
   * Makes the handler of one connection.
   *
   * @param lingering how many of the server's connections are ending in this way
   */
  RefusedConnection(AtomicInteger lingering) {
    this.lingering = lingering;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (lingering.incrementAndGet() > MOST_LINGERING) {
      ctx.close();
      return;
    }
    ctx.writeAndFlush(Unpooled.wrappedBuffer(ANSWER))
        .addListener(
            sent -> {
              if (sent.isSuccess() && ctx.channel() instanceof DuplexChannel channel) {
                channel.shutdownOutput();
              } else {
                ctx.close();
              }
            });
    ctx.executor().schedule(() -> ctx.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    lingering.decrementAndGet();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Fatal.report(cause);
    ctx.close();
  }
}
