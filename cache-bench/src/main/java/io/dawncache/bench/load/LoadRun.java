package io.dawncache.bench.load;

import io.dawncache.server.wire.NodeUrl;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A run: starts the threads, adds up what they count, and ends when they have ended. */
final class LoadRun {
  private static final long BEFORE_START_NANOS = 20_000_000; // by then all threads are awake

  /** A message of a thread; {@code tally} is null if the thread has only reached a new stage. */
  private record Word(
      Stage stage, int second, boolean whole, @Nullable Tally tally, @Nullable String why) {}

  private enum Stage {
    CONNECTED,
    COUNTED,
    OVER
  }

  /** A second that not all threads have reported yet. */
  private static final class Pending {
    private final Tally tally = new Tally();
    private boolean whole = true;
    private int told;
  }

  private final LoadPlan plan;
  private final AtomicBoolean stopped;
  private final Consumer<SecondRow> watcher;
  private final BlockingQueue<Word> words = new LinkedBlockingQueue<>();
  private final List<LoadThread> threads = new ArrayList<>();

  private final Tally total = new Tally();
  private final List<SecondRow> seconds = new ArrayList<>();
  private final TreeMap<Integer, Pending> pending = new TreeMap<>();

  /**
   * Prepares a run.
   *
   * @param stopped ends the run soon, and sends no more, when set; any thread may set it at any
   *     time, also before the run, and the run itself sets it if it cannot begin
   * @param watcher receives each second when it is over
   */
  LoadRun(LoadPlan plan, AtomicBoolean stopped, Consumer<SecondRow> watcher) {
    this.plan = plan;
    this.stopped = stopped;
    this.watcher = watcher;
  }

  /**
   * Runs for as long as the plan says, or until it is stopped. May be called once.
   *
   * @throws IOException if a target has no address or accepts no connection; then nothing was sent
   */
  LoadResult run() throws IOException, InterruptedException {
    Instant began = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    start();
    String why = awaitAll(Stage.CONNECTED);
    if (why != null && !stopped.get()) {
      stopped.set(true);
      awaitAll(Stage.OVER);
      throw new ConnectException(why);
    }
    long startNanos = System.nanoTime() + BEFORE_START_NANOS;
    threads.forEach(thread -> thread.begin(startNanos));
    why = awaitAll(Stage.OVER);
    pending.forEach(this::complete);
    return new LoadResult(
        plan,
        began,
        startNanos + plan.warmUpNanos(),
        total,
        List.copyOf(seconds),
        stopped.get(),
        why);
  }

  private void start() throws IOException {
    List<InetSocketAddress> addresses = new ArrayList<>();
    List<Requests> requests = new ArrayList<>();
    for (NodeUrl target : plan.targets()) {
      addresses.add(addressOf(target));
      requests.add(
          new Requests(target, plan.dialect(), plan.basePath(), plan.group(), plan.keys()));
    }
    KeyOwners owners = plan.owners();
    for (int i = 0; i < plan.threads(); i++) {
      threads.add(new LoadThread(plan, i, addresses, requests, owners, stopped::get, listener()));
    }
    threads.forEach(Thread::start);
  }

  private static InetSocketAddress addressOf(NodeUrl target) throws UnknownHostException {
    InetSocketAddress address = new InetSocketAddress(target.host(), target.port());
    if (address.isUnresolved()) {
      throw new UnknownHostException(target.authority() + ": " + target.host() + " has no address");
    }
    return address;
  }

  private LoadThread.Listener listener() {
    return new LoadThread.Listener() {
      @Override
      public void connected() {
        words.add(new Word(Stage.CONNECTED, 0, false, null, null));
      }

      @Override
      public void counted(int second, Tally tally, boolean whole) {
        words.add(new Word(Stage.COUNTED, second, whole, tally, null));
      }

      @Override
      public void over(@Nullable String why) {
        words.add(new Word(Stage.OVER, 0, false, null, why));
      }
    };
  }

  /**
   * Waits until all threads have reached a stage, or one has ended before it; returns that thread's
   * reason, if there is one.
   */
  private @Nullable String awaitAll(Stage stage) throws InterruptedException {
    String why = null;
    for (int left = threads.size(); left > 0; ) {
      Word word = words.take();
      if (word.tally() != null) {
        add(word.second(), word.tally(), word.whole());
      } else if (word.stage() == stage) {
        left--;
      } else if (word.stage() == Stage.OVER) {
        words.add(word); // put back for the caller that waits for it
        return word.why() == null ? "the run was stopped" : word.why();
      }
      why = word.why() == null ? why : word.why();
    }
    return why;
  }

  private void add(int second, Tally tally, boolean whole) {
    Pending counted = pending.computeIfAbsent(second, number -> new Pending());
    counted.tally.add(tally);
    counted.whole &= whole;
    counted.told++;
    if (counted.told == threads.size()) {
      pending.remove(second);
      complete(second, counted);
    }
  }

  /**
   * Completes a second. The last may be cut short: it counts, but shown beside whole ones it would
   * mislead.
   */
  private void complete(int second, Pending counted) {
    boolean shown = counted.whole && counted.told == threads.size();
    SecondRow row = SecondRow.of(second, counted.tally);
    if (shown) {
      watcher.accept(row);
    }
    if (second >= 0) {
      total.add(counted.tally);
      if (shown || seconds.isEmpty()) {
        seconds.add(row);
      }
    }
  }
}
