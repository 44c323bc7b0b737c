package io.dawncache.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * One thread of a run, with the event loop that it drives itself: opens its connections, keeps them
 * open, sends what is due, and hands over its counts once per second.
 */
final class LoadThread extends Thread implements LoadConnection.Owner {
  /*
   * The thread drives the loop by hand because an event loop's own timers have a resolution of a
   * millisecond, and a task per request would cost more than the request. Each turn here is one
   * look at the sockets, then one look at the schedule; everything due leaves in one flush per
   * connection.
   *
   * Between two requests the thread waits for an answer or for the next due time, whichever is
   * first. The selector's wait ends up to a millisecond late, so if a request is due sooner the
   * thread keeps looking, and offers its core to others with each look (or, with --no-spin, is
   * late).
   */

  /** Receives what a thread has counted; the thread calls it. */
  interface Listener {
    /** All connections are open. */
    void connected();

    /**
     * A second or the run is over.
     *
     * @param second 0 for the first measured second, negative for the warm-up
     * @param whole whether it lasted a second
     */
    void counted(int second, Tally tally, boolean whole);

    /**
     * The thread has ended, and with it all its requests.
     *
     * @param why null if it has done all its work
     */
    void over(@Nullable String why);
  }

  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
  private static final int MAX_OPENING = 64; // more at once would overflow a listener's queue
  private static final long REOPEN_MILLIS = 250; // after a failure
  private static final long DESERTED_NANOS = 3_000_000_000L;
  private static final long STOP_NANOS = 1_000_000_000;
  private static final long LONGEST_WAIT_NANOS = 5_000_000;
  private static final long WAIT_ERROR_NANOS = 1_000_000;
  private static final long LOOK_AROUND_NANOS = 10_000_000;
  private static final long SECOND_NANOS = 1_000_000_000;
  private static final String ADDRESS_AT_END = ": [^ ]*/[^ ]*$"; // our own address is clearer
  private static final long NOT_BEGUN = Long.MIN_VALUE;

  private final LoadPlan plan;
  private final int index;
  private final List<InetSocketAddress> addresses;
  private final List<Requests> requests;
  private final BooleanSupplier stopped;
  private final Listener listener;
  private final Dispatcher dispatcher;
  private final SplittableRandom random;
  private final ManualIoEventLoop loop;
  private final Bootstrap bootstrap;

  private final Set<LoadConnection> connected = new LinkedHashSet<>();
  private final List<Integer> unopened = new ArrayList<>(); // the targets of connections to open
  private int opening;
  private boolean firstRound = true;
  private boolean closing;
  private long lastConnectedNanos;
  private @Nullable String trouble; // why the last connection failed

  private volatile long startNanos = NOT_BEGUN;

  /**
   * Makes a thread that is not yet started.
   *
   * @param addresses one per target
   * @param requests one per target
   * @param stopped when set, the thread sends no more, waits a little for requests in flight, and
   *     ends
   */
  LoadThread(
      LoadPlan plan,
      int index,
      List<InetSocketAddress> addresses,
      List<Requests> requests,
      KeyOwners owners,
      BooleanSupplier stopped,
      Listener listener) {
    super("load-" + index);
    setDaemon(true);
    this.plan = plan;
    this.index = index;
    this.addresses = addresses;
    this.requests = requests;
    this.stopped = stopped;
    this.listener = listener;
    this.dispatcher =
        new Dispatcher(
            plan.keys().chooser(index, plan.threads()),
            plan.puts(),
            owners,
            System::nanoTime,
            index);
    this.random = new SplittableRandom(index);
    this.loop = new ManualIoEventLoop(this, NioIoHandler.newFactory());
    this.bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS);
  }

  /**
   * Lets the thread send from {@code startNanos} on. Any thread may call this once all are
   * connected.
   */
  void begin(long startNanos) {
    this.startNanos = startNanos;
  }

  @Override
  public void run() {
    String why = null;
    try {
      if (connect()) {
        why = sendAll();
      } else {
        why = trouble;
      }
      close();
    } catch (RuntimeException | Error e) {
      why = "thread " + index + ": " + e;
    } finally {
      listener.over(why);
    }
  }

  /** Opens all connections and waits for the start; returns whether it started. */
  private boolean connect() {
    // Goes from target to target; each thread continues where the one before it stopped.
    int before = 0;
    for (int i = 0; i < index; i++) {
      before += (int) plan.share(plan.connections(), i);
    }
    for (int i = 0; i < plan.share(plan.connections(), index); i++) {
      unopened.add((before + i) % addresses.size());
    }
    openMore();
    while (!stopped() && trouble == null && !(unopened.isEmpty() && opening == 0)) {
      loop.run(LONGEST_WAIT_NANOS);
    }
    if (stopped() || trouble != null) {
      return false;
    }
    firstRound = false;
    listener.connected();
    while (startNanos == NOT_BEGUN && !stopped()) {
      loop.run(LONGEST_WAIT_NANOS);
    }
    return !stopped();
  }

  private boolean stopped() {
    return stopped.getAsBoolean();
  }

  private void openMore() {
    while (!closing && opening < MAX_OPENING && !unopened.isEmpty()) {
      open(unopened.remove(unopened.size() - 1));
    }
  }

  private void open(int target) {
    LoadConnection connection =
        new LoadConnection(
            dispatcher,
            this,
            requests.get(target),
            target,
            plan.depth(),
            life(),
            !plan.dialect().putsAndDeletes());
    SSLEngine tls = plan.engine(target);
    opening++;
    ChannelFuture opened =
        bootstrap
            .clone()
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(tls == null ? connection : new SslHandler(tls));
                  }
                })
            .connect(addresses.get(target));
    opened.addListener(
        done -> {
          if (!done.isSuccess()) {
            opening--;
            refused(target, done.cause());
          } else if (tls != null) {
            connectAfterHandshake(opened.channel(), connection);
          }
        });
  }

  private void connectAfterHandshake(Channel channel, LoadConnection connection) {
    channel
        .pipeline()
        .get(SslHandler.class)
        .handshakeFuture()
        .addListener(
            done -> {
              if (done.isSuccess()) {
                channel.pipeline().addLast(connection);
                connection.channelActive(channel.pipeline().context(connection));
              } else {
                opening--;
                refused(connection.target(), done.cause());
              }
            });
  }

  /**
   * Returns how many requests a new connection sends. The first connections differ, so that they do
   * not all close at once.
   */
  private long life() {
    boolean staggered = firstRound && plan.life() != LoadPlan.UNBOUNDED;
    return staggered ? 1 + random.nextLong(plan.life()) : plan.life();
  }

  private void refused(int target, Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = String.valueOf(root.getMessage()).replaceFirst(ADDRESS_AT_END, "");
    String why = plan.targets().get(target).authority() + ": " + message;
    trouble = why;
    dispatcher.tallyAt(dispatcher.nowNanos()).refused(why);
    if (!firstRound) {
      loop.schedule(() -> reopen(target), REOPEN_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void reopen(int target) {
    unopened.add(target);
    openMore();
  }

  @Override
  public void connected(LoadConnection connection) {
    opening--;
    connected.add(connection);
    dispatcher.tallyAt(dispatcher.nowNanos()).opened++;
    openMore();
  }

  @Override
  public void disconnected(LoadConnection connection) {
    connected.remove(connection);
    lastConnectedNanos = dispatcher.nowNanos();
    reopen(connection.target());
  }

  /** Sends all requests and waits for the answers; returns why it ended early, or null. */
  private @Nullable String sendAll() {
    Schedule schedule = plan.schedule(index, startNanos);
    dispatcher.begin(schedule);
    long measuredFromNanos = startNanos + plan.warmUpNanos();
    long windowEndNanos = measuredFromNanos + plan.windowNanos();
    int second = Math.toIntExact(Math.floorDiv(-plan.warmUpNanos(), SECOND_NANOS));
    long lookAroundNanos = startNanos;
    long giveUpNanos = Schedule.NEVER;
    String why = null;

    while (true) {
      int sent = dispatcher.dispatch();
      long nowNanos = System.nanoTime();
      for (; nowNanos >= measuredFromNanos + (second + 1) * SECOND_NANOS; second++) {
        listener.counted(
            second, second < 0 ? dispatcher.takeWarmUp() : dispatcher.takeMeasured(), true);
      }
      long nextNanos = schedule.nextNanos(nowNanos);
      if (nextNanos == Schedule.NEVER) {
        if (dispatcher.inFlight() == 0 && (stopped() || nowNanos >= windowEndNanos)) {
          break;
        }
        if (giveUpNanos == Schedule.NEVER) {
          giveUpNanos = nowNanos + plan.timeoutNanos();
        } else if (nowNanos >= giveUpNanos) {
          break;
        }
      }
      if (nowNanos >= lookAroundNanos) {
        lookAroundNanos = nowNanos + LOOK_AROUND_NANOS;
        if (stopped()) {
          schedule.endAt(nowNanos);
          giveUpNanos = Math.min(giveUpNanos, nowNanos + STOP_NANOS);
        }
        if (connected.isEmpty() && nowNanos - lastConnectedNanos > DESERTED_NANOS) {
          schedule.endAt(nowNanos);
          why = trouble;
          break;
        }
        giveUpOn(nowNanos - plan.timeoutNanos());
      }
      waitFor(nextNanos == Schedule.NEVER ? Schedule.NEVER : nextNanos - nowNanos, sent > 0);
    }
    closing = true;
    for (LoadConnection connection : List.copyOf(connected)) {
      connection.end(Failure.UNANSWERED);
    }
    Tally rest = dispatcher.takeMeasured();
    rest.unsent = rest.backlog;
    listener.counted(Math.max(0, second), rest, false);
    return why;
  }

  private void giveUpOn(long sentByNanos) {
    for (LoadConnection connection : connected) {
      connection.giveUpOn(sentByNanos);
    }
  }

  /**
   * Waits for an answer, but no longer than for the next request.
   *
   * @param busy whether something was sent just now, so that there is no need to yield
   */
  @SuppressWarnings("ThreadPriorityCheck") // nothing relies on the yield
  private void waitFor(long nextInNanos, boolean busy) {
    // Until a connection has room again, nothing can be sent, even if it is due.
    long nanos = dispatcher.hasRoom() ? nextInNanos : Schedule.NEVER;
    if (!plan.spins() || nanos > 2 * WAIT_ERROR_NANOS) {
      long early = plan.spins() ? WAIT_ERROR_NANOS : 0;
      loop.run(Math.max(1, Math.min(nanos - early, LONGEST_WAIT_NANOS)));
    } else if (loop.runNow() == 0 && !busy) {
      Thread.yield();
    }
  }

  private void close() {
    closing = true;
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    while (!loop.isTerminated()) {
      loop.run(LONGEST_WAIT_NANOS);
    }
  }
}
