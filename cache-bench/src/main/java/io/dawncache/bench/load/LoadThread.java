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
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One thread of a run with the event loop that it drives itself: opens its connections, keeps them
 * open, sends what is due, and hands over what it has counted once a second.
 */
final class LoadThread extends Thread implements LoadConnection.Owner {
  /*
   * The loop is driven by hand because an event loop's own timers are a millisecond coarse, and a
   * task a request would cost more than the request. Here each turn is one look at the sockets, then
   * one look at the schedule; all that is due goes out in one flush a connection.
   *
   * Between two requests the thread waits for whichever comes first, an answer or the next due time.
   * The selector's wait ends a millisecond late at worst, so when a request is due sooner the thread
   * keeps looking, and offers its core to others with each look (or, if told not to, is late).
   */

  /** Who hears what a thread has counted; called by the thread. */
  interface Listener {
    /** All connections are open. */
    void connected();

    /**
     * A second is over, or the run is.
     *
     * @param second 0 for the first that is measured, negative for those that warm up
     * @param whole whether it lasted a second
     */
    void counted(int second, Tally tally, boolean whole);

    /**
     * The thread has ended, and all its requests.
     *
     * @param why null if it did what it was to do
     */
    void over(@Nullable String why);
  }

  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
  private static final int MAX_OPENING = 64; // more at once would overrun a listener's queue
  private static final long REOPEN_MILLIS = 250; // after a failure
  private static final long DESERTED_NANOS = 3_000_000_000L;
  private static final long STOP_NANOS = 1_000_000_000;
  private static final long LONGEST_WAIT_NANOS = 5_000_000;
  private static final long WAIT_ERROR_NANOS = 1_000_000;
  private static final long LOOK_AROUND_NANOS = 10_000_000;
  private static final long SECOND_NANOS = 1_000_000_000;
  private static final String ADDRESS_AT_END = ": [^ ]*/[^ ]*$"; // ours is clearer
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
  private final List<Integer> unopened = new ArrayList<>(); // the targets of those to come
  private int opening;
  private boolean firstRound = true;
  private boolean closing;
  private long lastConnectedNanos;
  private @Nullable String trouble; // the last connection that could not be had

  private volatile long startNanos = NOT_BEGUN;

  /**
   * Makes a thread that is not yet started.
   *
   * @param addresses one a target
   * @param requests one a target
   * @param stopped whether it is to send no more, wait a little for what is in flight, and end
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

  /** Lets the thread send, from that time on. Any thread may call this, once all are connected. */
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

  /** Opens all connections and waits for the start; returns whether it came to that. */
  private boolean connect() {
    // From target to target, and from thread to thread where the last left off.
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
    opening++;
    ChannelFuture opened =
        bootstrap
            .clone()
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(connection);
                  }
                })
            .connect(addresses.get(target));
    opened.addListener(
        done -> {
          if (!done.isSuccess()) {
            opening--;
            refused(target, done.cause());
          }
        });
  }

  /** The first connections live for different times, so that they do not all go at once. */
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

  /** Sends all there is to send and waits for the answers; returns why that was all, or null. */
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
   * @param busy whether something was sent just now, so that nobody has to be given a chance
   */
  @SuppressWarnings("ThreadPriorityCheck") // the yield is a courtesy; nothing relies on it
  private void waitFor(long nextInNanos, boolean busy) {
    // Until a connection has room again, nothing can be sent whatever is due.
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
