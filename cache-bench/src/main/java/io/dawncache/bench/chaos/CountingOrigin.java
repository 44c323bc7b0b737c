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
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * The origin of all values, over HTTP: notes when which node loads which key. Each node has a path
 * of its own, {@code /NUMBER/KEY}. Safe for use by any thread.
 */
final class CountingOrigin implements AutoCloseable {
  /** How long a load takes at least: as a query of a database, and long enough to be joined. */
  private static final long DELAY_MILLIS = 5;

  private static final int VALUE_BYTES = 200;

  /**
   * A load.
   *
   * @param atNanos when it began
   * @param node the number of the node that asked
   */
  record Load(long atNanos, int node, String key) {}

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("chaos-origin", true), NioIoHandler.newFactory());
  private final Channel listener;
  private final Queue<Load> loads = new ConcurrentLinkedQueue<>();
  private final Map<String, Integer> versions = new ConcurrentHashMap<>();

  CountingOrigin(String host) {
    listener =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new HttpServerCodec()).addLast(new Answers());
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

  /** Gives a key another value from now on, and returns it. */
  String change(String key) {
    return value(key, versions.merge(key, 1, Integer::sum));
  }

  /** Returns the value that a key has now. */
  String value(String key) {
    return value(key, versions.getOrDefault(key, 0));
  }

  private static String value(String key, int version) {
    String text = key + " version " + version + " ";
    return text + ".".repeat(Math.max(0, VALUE_BYTES - text.length()));
  }

  /** Returns the loads until now, in the order in which they began. */
  List<Load> loads() {
    return List.copyOf(loads);
  }

  /** Returns the loads in a part of the run. */
  List<Load> loads(Span span) {
    return loads.stream().filter(load -> span.contains(load.atNanos())).toList();
  }

  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private final class Answers extends SimpleChannelInboundHandler<Object> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Object message) {
      if (message instanceof HttpRequest request) {
        String[] path = request.uri().split("/", 3); // of a URL /NODE/KEY
        String key = path[2];
        loads.add(new Load(System.nanoTime(), Integer.parseInt(path[1]), key));
        byte[] value = value(key).getBytes(UTF_8);
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
