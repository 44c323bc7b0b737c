package io.dawncache.bench.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.dawncache.core.ByteView;
import io.dawncache.server.Dialect;
import io.dawncache.server.wire.GroupcacheCodec;
import io.dawncache.server.wire.Headers;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
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
 * The server that nodes are compared with: Netty and one answer to every request, byte for byte a
 * node's answer to a hit except for the date, with no cache. With Netty's HTTP codec, or bare: then
 * a request is anything that ends with an empty line.
 */
public final class FixedReplyServer implements AutoCloseable {
  /** The prefix of its threads' names. */
  public static final String LOOP = "fixed-reply-loop";

  private static final String DATE = "Thu, 26 Nov 2026 17:00:00 GMT"; // or any other of this length

  private final EventLoopGroup loops;
  private final Channel listener;

  private FixedReplyServer(EventLoopGroup loops, Channel listener) {
    this.loops = loops;
    this.listener = listener;
  }

  /**
   * Starts a server on this machine.
   *
   * @param port 0 for any free port
   * @param bare whether it runs without the codec
   */
  public static FixedReplyServer start(int port, int valueBytes, boolean bare) {
    ByteView value = ByteView.copyOf(new byte[valueBytes]);
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            Runtime.getRuntime().availableProcessors(), // as many as a node has by default
            new DefaultThreadFactory(LOOP, true),
            NioIoHandler.newFactory());
    Channel listener =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (bare) {
                      channel.pipeline().addLast(new BareReply(value));
                    } else {
                      channel.pipeline().addLast(new HttpServerCodec()).addLast(new Reply(value));
                    }
                  }
                })
            .bind("127.0.0.1", port)
            .syncUninterruptibly()
            .channel();
    return new FixedReplyServer(loops, listener);
  }

  /**
   * Serves until the process ends: on the port {@code args[0]}, values of {@code args[1]} bytes,
   * with the codec unless {@code args[2]} is {@code bare}.
   */
  public static void main(String[] args) throws InterruptedException {
    boolean bare = args.length > 2 && args[2].equals("bare");
    FixedReplyServer server = start(Integer.parseInt(args[0]), Integer.parseInt(args[1]), bare);
    System.out.println("serving at " + server.listener.localAddress());
    server.listener.closeFuture().sync();
  }

  /** Returns the port on which it listens. */
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private static final class Reply extends SimpleChannelInboundHandler<HttpRequest> {
    private final ByteBuf body;

    Reply(ByteView value) {
      body =
          Unpooled.unreleasableBuffer(
              GroupcacheCodec.encodeResponse(value, Unpooled.buffer().alloc()));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpRequest request) {
      FullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body.duplicate());
      response
          .headers()
          .set(HttpHeaderNames.DATE, DATE)
          .set(HttpHeaderNames.CONTENT_TYPE, Dialect.DAWNCACHE.contentType())
          .set(Headers.STATUS, Headers.VALUE)
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

  private static final class BareReply extends ChannelInboundHandlerAdapter {
    private static final byte[] REQUEST_END = {'\r', '\n', '\r', '\n'};

    private final byte[] answer;
    private int matched; // how many bytes of a request's end have matched

    BareReply(ByteView value) {
      ByteBuf body = GroupcacheCodec.encodeResponse(value, UnpooledByteBufAllocator.DEFAULT);
      ByteBuf whole = Unpooled.buffer();
      whole.writeCharSequence(
          "HTTP/1.1 200 OK\r\ndate: "
              + DATE
              + "\r\ncontent-type: "
              + Dialect.DAWNCACHE.contentType()
              + "\r\n"
              + Headers.STATUS
              + ": "
              + Headers.VALUE
              + "\r\ncontent-length: "
              + body.readableBytes()
              + "\r\n\r\n",
          US_ASCII);
      whole.writeBytes(body);
      body.release();
      answer = ByteBufUtil.getBytes(whole);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf in = (ByteBuf) message;
      ByteBuf out = ctx.alloc().ioBuffer();
      while (in.isReadable()) {
        byte next = in.readByte();
        matched = next == REQUEST_END[matched] ? matched + 1 : next == '\r' ? 1 : 0;
        if (matched == REQUEST_END.length) {
          matched = 0;
          out.writeBytes(answer);
        }
      }
      in.release();
      ctx.write(out, ctx.voidPromise());
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
