package io.dawncache.bench.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.bootstrap.ServerBootstrap;
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
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * The origin of all values, over HTTP: notes when which node loads which key. Each node has a path
 * of its own, {@code /NUMBER/KEY}. Safe for use by any thread.
 */
final class CountingOrigin implements AutoCloseable {
  /** How long a load takes at least: as a query of a database, and long enough to be joined. */
  private static final long DELAY_MILLIS = 5;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("chaos-origin", true), NioIoHandler.newFactory());
  private final Channel listener;
  private final Loads loads = new Loads();
  private final OriginValues values;
  private volatile boolean down;

  CountingOrigin(String host) {
    this(host, new OriginValues());
  }

  CountingOrigin(String host, OriginValues values) {
    this.values = values;
    listener =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new HttpServerCodec()).addLast(new Answering());
                  }
                })
            .bind(host, 0)
            .syncUninterruptibly()
            .channel();
  }

  /** Returns the template by which a node loads. */
  String template(int node) {
    InetSocketAddress address = (InetSocketAddress) listener.localAddress();
    return "http://"
        + address.getAddress().getHostAddress()
        + ":"
        + address.getPort()
        + "/"
        + node
        + "/{key}";
  }

  /** Returns the values that it answers with. */
  OriginValues values() {
    return values;
  }

  /** Answers nothing from now on, and closes every connection that asks; or answers again. */
  void setDown(boolean down) {
    this.down = down;
  }

  /** Returns the loads, to which later ones are added. */
  Loads loads() {
    return loads;
  }

  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private final class Answering extends SimpleChannelInboundHandler<Object> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Object message) {
      if (message instanceof HttpRequest && down) {
        ctx.close();
      } else if (message instanceof HttpRequest request) {
        String[] path = request.uri().split("/", 3); // of a URL /NODE/KEY
        String key = path[2];
        loads.add(new Loads.Load(System.nanoTime(), Integer.parseInt(path[1]), key));
        byte[] value = values.of(key).getBytes(UTF_8);
        FullHttpResponse response =
            new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(value));
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, value.length);
        ctx.executor()
            .schedule(() -> ctx.writeAndFlush(response), DELAY_MILLIS, TimeUnit.MILLISECONDS);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close(); // a node was killed
    }
  }
}
