package io.dawncache.bench.server;

import io.dawncache.core.ByteView;
import io.dawncache.server.wire.Dialect;
import io.dawncache.server.wire.Messages;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;

/**
 * The program that nodes are compared with: Netty's HTTP codec and one answer to every request,
 * byte for byte a node's answer to a hit, without any cache behind it.
 */
final class FixedReplyServer {
  private FixedReplyServer() {}

  /**
   * Serves until the process ends: at the port {@code args[0]}, values of {@code args[1]} bytes.
   */
  public static void main(String[] args) throws InterruptedException {
    int port = Integer.parseInt(args[0]);
    ByteView value = ByteView.copyOf(new byte[Integer.parseInt(args[1])]);
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(loopCount(), NioIoHandler.newFactory());
    Channel listener =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new HttpServerCodec()).addLast(new Reply(value));
                  }
                })
            .bind("127.0.0.1", port)
            .sync()
            .channel();
    System.out.println("serving at " + listener.localAddress());
    listener.closeFuture().sync();
  }

  /** As many as a node has by default. */
  private static int loopCount() {
    return Runtime.getRuntime().availableProcessors();
  }

  private static final class Reply extends SimpleChannelInboundHandler<HttpRequest> {
    private final ByteBuf body;

    Reply(ByteView value) {
      body = Unpooled.unreleasableBuffer(Messages.encodeResponse(value, Unpooled.buffer().alloc()));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpRequest request) {
      FullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body.duplicate());
      response
          .headers()
          .set(HttpHeaderNames.CONTENT_TYPE, Dialect.DAWNCACHE.contentType())
          .setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
      ctx.write(response, ctx.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
