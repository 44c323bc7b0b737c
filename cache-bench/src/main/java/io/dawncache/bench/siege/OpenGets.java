package io.dawncache.bench.siege;

import io.dawncache.server.wire.GroupcacheCodec;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gets of one group at a rate, due at equal distances whatever became of earlier ones, over
 * connections that are kept, each with one get at a time. Checks every byte of every value.
 */
final class OpenGets implements AutoCloseable {
  private static final long TICK_MICROS = 500;
  private static final long CHECK_MILLIS = 250;
  private static final int CONNECT_MILLIS = 10_000;
  private static final int SERVICE_UNAVAILABLE = 503;
  private static final int ANSWER_SLACK_BYTES = 64 << 10;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("siege-gets", true), NioIoHandler.newFactory());
  private final EventLoop loop = loops.next();
  private final Bootstrap bootstrap;
  private final String path;
  private final String authority;
  private final int valueBytes;
  private final int connections;
  private final long timeoutNanos;

  // Belong to the event loop.
  private final Deque<Connection> idle = new ArrayDeque<>();
  private final Set<Connection> busy = new HashSet<>();
  private final Queue<Get> waiting = new ArrayDeque<>();
  private int open;
  private @Nullable Stream stream;

  /** Gets at a rate. */
  private static final class Stream {
    final Outcome outcome = new Outcome();
    final double periodNanos;
    final long count;
    final Supplier<String> keys;
    final long startNanos = System.nanoTime();
    long sent;

    Stream(double rate, long count, Supplier<String> keys) {
      this.periodNanos = 1e9 / rate;
      this.count = count;
      this.keys = keys;
    }

    boolean hasNext() {
      return sent < count;
    }

    long nextNanos() {
      return startNanos + (long) (sent * periodNanos);
    }
  }

  private record Get(String key, long dueNanos, Outcome outcome) {}

  /**
   * Is ready to send, and sends nothing.
   *
   * @param valueBytes how long the values of the group are
   * @param connections how many connections there are at most; a get that finds none free waits
   * @param timeoutNanos how long a get waits for its answer
   */
  OpenGets(
      InetSocketAddress node, String group, int valueBytes, int connections, long timeoutNanos) {
    this.path = SiegeNode.path(group);
    this.authority = node.getHostString() + ":" + node.getPort();
    this.valueBytes = valueBytes;
    this.connections = connections;
    this.timeoutNanos = timeoutNanos;
    this.bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .remoteAddress(node);
    loop.scheduleAtFixedRate(this::sendDue, 0, TICK_MICROS, TimeUnit.MICROSECONDS);
    loop.scheduleAtFixedRate(this::giveUpOld, 0, CHECK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Sends gets of these keys from now on, in place of those before; returns what they come to. */
  Outcome send(double rate, Supplier<String> keys) {
    return send(new Stream(rate, Long.MAX_VALUE, keys));
  }

  /**
   * Sends a get of each of these keys, in place of those before, and waits until all have ended.
   */
  Outcome sweep(double rate, List<String> keys) throws InterruptedException {
    Outcome outcome = send(new Stream(rate, keys.size(), keys.iterator()::next));
    outcome.awaitEnded(keys.size(), (long) (keys.size() / rate * 1e3) + mostMillis());
    return outcome;
  }

  private Outcome send(Stream next) {
    loop.submit(() -> stream = next).syncUninterruptibly();
    return next.outcome;
  }

  /** Sends no more; those that were sent go on. */
  void pause() {
    loop.submit(() -> stream = null).syncUninterruptibly();
  }

  /** Waits until all of these have ended; no more of them are sent. */
  void await(Outcome outcome) throws InterruptedException {
    outcome.awaitEnded(outcome.due(), mostMillis());
  }

  /** Returns in how many milliseconds a get has ended. */
  private long mostMillis() {
    return TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + CONNECT_MILLIS + 2 * CHECK_MILLIS;
  }

  private void sendDue() {
    long now = System.nanoTime();
    Stream sending = stream;
    while (sending != null && sending.hasNext() && sending.nextNanos() - now <= 0) {
      long due = sending.nextNanos();
      sending.sent++;
      sending.outcome.sent(now - due);
      send(new Get(sending.keys.get(), due, sending.outcome));
    }
  }

  private void send(Get get) {
    Connection free = idle.pollFirst();
    if (free != null) {
      free.send(get);
    } else if (open < connections) {
      connect(get);
    } else {
      get.outcome().waits();
      waiting.add(get);
    }
  }

  /**
   * Opens all the connections there may be, and returns when they are open, so that later none has
   * to be.
   *
   * @throws IOException if one cannot be opened
   */
  void connectAll() throws IOException, InterruptedException {
    CompletableFuture<Void> all = new CompletableFuture<>();
    loop.execute(() -> connectOneMore(all));
    try {
      all.get();
    } catch (ExecutionException e) {
      throw new IOException("no connection: " + e.getMessage(), e);
    }
  }

  /** Opens the next connection, one after the other, as the node's backlog may be short. */
  private void connectOneMore(CompletableFuture<Void> all) {
    if (open == connections) {
      all.complete(null);
      return;
    }
    connect(
        connection -> {
          idle.addFirst(connection);
          connectOneMore(all);
        },
        all::completeExceptionally);
  }

  private void connect(Get get) {
    connect(
        connection -> connection.send(get),
        failure -> {
          get.outcome().failed("no connection");
          sendWaiting();
        });
  }

  private void connect(Consumer<Connection> connected, Consumer<Throwable> failed) {
    open++;
    Connection connection = new Connection();
    bootstrap
        .clone()
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(new HttpClientCodec())
                    .addLast(new HttpObjectAggregator(valueBytes + ANSWER_SLACK_BYTES))
                    .addLast(connection);
              }
            })
        .connect()
        .addListener(
            connecting -> {
              if (connecting.isSuccess()) {
                connected.accept(connection);
              } else {
                open--;
                failed.accept(connecting.cause());
              }
            });
  }

  private void sendWaiting() {
    Get next = waiting.poll();
    if (next != null) {
      send(next);
    }
  }

  private void giveUpOld() {
    long now = System.nanoTime();
    for (Connection connection : List.copyOf(busy)) {
      connection.giveUpIfOlder(now - timeoutNanos);
    }
  }

  /** Closes all connections; the gets on them fail. */
  @Override
  public void close() {
    loop.submit(
            () -> {
              stream = null;
              waiting.clear();
              List<Connection> all = new ArrayList<>(busy);
              all.addAll(idle);
              all.forEach(Connection::close);
            })
        .syncUninterruptibly();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /** One connection. Belongs to the event loop. */
  private final class Connection extends SimpleChannelInboundHandler<FullHttpResponse> {
    private @Nullable Channel channel;
    private @Nullable Get get;
    private long sentNanos;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      channel = ctx.channel();
    }

    void send(Get next) {
      get = next;
      sentNanos = System.nanoTime();
      busy.add(this);
      if (channel != null) {
        FullHttpRequest request =
            new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.GET, path + next.key(), Unpooled.EMPTY_BUFFER);
        request.headers().set(HttpHeaderNames.HOST, authority);
        channel.writeAndFlush(request); // a failure ends the connection
      }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse answer) {
      Get asked = get;
      get = null;
      busy.remove(this);
      if (asked != null) {
        count(asked, answer);
      }
      if (asked == null || !HttpUtil.isKeepAlive(answer)) {
        ctx.close();
        return;
      }
      idle.addFirst(this);
      sendWaiting();
    }

    private void count(Get asked, FullHttpResponse answer) {
      int status = answer.status().code();
      if (answer.decoderResult().isFailure()) {
        asked.outcome().failed("an answer that is not HTTP");
      } else if (status == SERVICE_UNAVAILABLE) {
        if (answer.headers().contains(HttpHeaderNames.RETRY_AFTER)) {
          asked.outcome().refused();
        } else {
          asked.outcome().failed("status 503 without Retry-After");
        }
      } else if (status != 200) {
        asked.outcome().failed("status " + status);
      } else if (!isValue(asked.key(), answer)) {
        asked.outcome().failed("another value");
      } else {
        asked.outcome().answered(System.nanoTime() - asked.dueNanos());
      }
    }

    private boolean isValue(String key, FullHttpResponse answer) {
      try {
        byte[] value = GroupcacheCodec.decodeResponse(answer.content().nioBuffer()).toByteArray();
        return Arrays.equals(TimedOrigin.value(key, valueBytes), value);
      } catch (IOException e) {
        return false;
      }
    }

    void giveUpIfOlder(long nanos) {
      if (sentNanos - nanos < 0) {
        fail("no answer in " + TimeUnit.NANOSECONDS.toSeconds(timeoutNanos) + " s");
        close();
      }
    }

    private void fail(String reason) {
      Get failed = get;
      get = null;
      busy.remove(this);
      if (failed != null) {
        failed.outcome().failed(reason);
      }
    }

    void close() {
      if (channel != null) {
        channel.close();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      open--;
      idle.remove(this);
      fail("connection closed before the answer");
      sendWaiting();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      fail(String.valueOf(cause.getMessage()));
      ctx.close();
    }
  }
}
