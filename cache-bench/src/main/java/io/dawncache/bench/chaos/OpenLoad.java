package io.dawncache.bench.chaos;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Clients behind a load balancer: gets at a rate, over connections that are kept, to those nodes
 * that are ready. Latency counts from when a request was due. Checks every byte of every answer.
 */
final class OpenLoad implements AutoCloseable {
  /*
   * What a client does when a node goes: as load balancers do by default.
   *
   *   - A node that is not ready gets no new request; those on their way to it stay. It is asked
   *     four times a second whether it is, and is not ready if it takes 2 s to answer. If none is
   *     ready, all are asked.
   *   - A node that gives no connection is out of the rotation until it is ready again, and the
   *     request, which was not sent, goes to another one.
   *   - A request on a kept connection that the node closes without a byte of an answer goes once
   *     to another node: the node may have closed it before it could have seen the request (RFC
   *     9112, 9.3.1 permits this for a GET). The results count these.
   *   - Everything else is a failure: a connection that is reset, a fresh one that is closed
   *     before its first answer, half an answer, any status but 200, any other value, and no
   *     answer in 10 s.
   */
  private static final long TICK_MICROS = 500;
  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final int CONNECT_MILLIS = 1_000;
  private static final int MOST_CONNECTIONS = 500; // to one node
  private static final long CHECK_MILLIS = 250;

  /** A connection that a burst has opened does not stay, as the node pays for it. */
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("chaos-load", true), NioIoHandler.newFactory());
  private final EventLoop loop = loops.next();
  private final Bootstrap bootstrap =
      new Bootstrap()
          .group(loop)
          .channel(NioSocketChannel.class)
          .option(ChannelOption.TCP_NODELAY, true)
          .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS);
  private final KeySpace keys;
  private final String basePath;
  private final Answers answers = new Answers();

  // Belong to the event loop.
  private final List<Series> running = new ArrayList<>();
  private final Rotation rotation;

  /**
   * Is ready to send, and sends nothing.
   *
   * @param basePath the path of the group, with a slash at its end
   */
  OpenLoad(KeySpace keys, String basePath, List<Target> targets) {
    this.keys = keys;
    this.basePath = basePath;
    this.rotation = new Rotation(targets);
    loop.scheduleAtFixedRate(this::sendDue, 0, TICK_MICROS, TimeUnit.MICROSECONDS);
    loop.scheduleAtFixedRate(this::closeOld, 0, CHECK_MILLIS, TimeUnit.MILLISECONDS);
  }

  KeySpace keys() {
    return keys;
  }

  Answers answers() {
    return answers;
  }

  /** Sends these requests from now on. */
  void start(Series series) {
    loop.execute(
        () -> {
          series.startAt(System.nanoTime());
          running.add(series);
        });
  }

  /** Sends no more of these; the series ends when those that were sent have ended. */
  void end(Series series) {
    loop.execute(series::end);
  }

  private void sendDue() {
    long now = System.nanoTime();
    for (Series series : running) {
      while (!series.isAllSent() && series.nextNanos() - now <= 0) {
        long due = series.nextNanos();
        send(new Ask(series, series.take(), due));
      }
    }
    running.removeIf(Series::isAllSent);
  }

  private void send(Ask ask) {
    Target target = rotation.next(ask::avoids);
    if (target == null) {
      ended(ask, "no node took it");
      return;
    }
    ClientConnection free = target.idle.pollFirst();
    if (free != null) {
      send(ask, free);
    } else if (target.connections < MOST_CONNECTIONS) {
      connect(ask, target);
    } else {
      target.waiting.add(ask);
    }
  }

  private void send(Ask ask, ClientConnection connection) {
    connection.target().busy.add(connection);
    connection.send(ask, basePath + keys.name(ask.key()));
  }

  private void connect(Ask ask, Target target) {
    target.connections++;
    ClientConnection connection = new ClientConnection(this, target);
    bootstrap
        .clone()
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new HttpClientCodec()).addLast(connection);
              }
            })
        .connect(target.address())
        .addListener(
            connecting -> {
              if (connecting.isSuccess()) {
                send(ask, connection);
              } else {
                target.connections--;
                target.setReady(false);
                sendElsewhere(ask, target);
              }
            });
  }

  /** Sends a request to another node than this one. */
  void sendElsewhere(Ask ask, Target not) {
    ask.avoid(not);
    send(ask);
  }

  void ended(Ask ask, @Nullable String failure) {
    answers.add(ask.ended(failure));
    ask.series().oneIsOver();
  }

  /** A connection has answered, and takes the next request. */
  void isFree(ClientConnection connection) {
    Target target = connection.target();
    target.busy.remove(connection);
    Ask next = target.waiting.poll();
    if (next != null) {
      send(next, connection);
    } else {
      target.idle.addFirst(connection);
    }
  }

  void isClosed(ClientConnection connection) {
    Target target = connection.target();
    target.connections--;
    target.busy.remove(connection);
    target.idle.remove(connection);
    Ask next = target.waiting.poll();
    if (next != null) {
      send(next);
    }
  }

  private void closeOld() {
    long now = System.nanoTime();
    for (Target target : rotation.targets()) {
      for (ClientConnection connection : List.copyOf(target.busy)) {
        if (now - connection.sentNanos() > TIMEOUT_NANOS) {
          connection.giveUp("no answer in 10 s");
        }
      }
      ClientConnection unused = target.idle.peekLast();
      while (unused != null && now - unused.sentNanos() > IDLE_NANOS) {
        target.idle.removeLast();
        unused.close();
        unused = target.idle.peekLast();
      }
    }
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
