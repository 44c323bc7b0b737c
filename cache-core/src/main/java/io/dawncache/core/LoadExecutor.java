package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs one group's getter: a limited number of loads at once, a bounded queue behind them, and a
 * time-out that ends every load whatever the user's code does.
 */
final class LoadExecutor {
  /*
   * A load holds one of the group's permits from its start to its end. It ends once: when the
   * getter answers, or at its time-out. A getter that ignores the interrupt keeps its thread but
   * not its permit. The thread is then "abandoned", so a getter that blocks for ever costs its own
   * key one time-out and costs other keys nothing. Threads are not free, though: when
   * ABANDONED_PER_PERMIT times the permits are abandoned, the group refuses loads until some
   * threads return.
   *
   * The time-out (timer thread) can race with the getter's return (load thread). Both take the
   * load's monitor, and the first ends the load. The time-out interrupts the thread under that
   * monitor and only while the thread is inside the getter, so the interrupt can never reach the
   * thread's next task.
   *
   * A getter may get other keys, of this group or of another; its load then waits for their loads.
   * If those needed permits as well, maxLoads such loads would wait for each other until their
   * time-outs. So a waiting load lends its permit to one queued load that it waits for, and later
   * to the next. The queued load runs as a "borrower", without a permit of its own. If the lender
   * ends before its borrower, it hands the permit over, and the borrower counts as a permit holder
   * from then on. Both sides note which load waits for which key before the wait joins its flight
   * (want). So of two loads that come to wait for each other, at least the second finds the circle
   * and fails at once with its keys. This class does not know what a getter waits for on threads of
   * its own; such a wait ends at the time-out.
   *
   * A load that is marked as ended cannot end again, so after that nothing may prevent the call of
   * its ending. Exceptions are made by code that cannot throw, and the permit is returned in a try
   * whose finally calls the ending. The lock is a monitor because waiting for a monitor allocates
   * nothing, and so works on an exhausted heap.
   */
  private static final int ABANDONED_PER_PERMIT = 16;

  /** One run of the user's code. */
  @FunctionalInterface
  interface Call<T> {
    @Nullable CompletionStage<T> start() throws Exception;
  }

  /** Called once when a load has ended: exactly one of the two arguments is non-null. */
  @FunctionalInterface
  interface Ending<T> {
    void ended(@Nullable T loaded, @Nullable GetException error);

    /**
     * Returns {@code steps} with a guard: if they throw, {@code flight} ends with that exception.
     * Make it before the load starts.
     */
    static <T> Ending<T> of(Waiter<?> flight, Ending<T> steps) {
      return (loaded, error) -> {
        try {
          steps.ended(loaded, error);
        } catch (Throwable t) {
          flight.ended(null, t);
        }
      };
    }
  }

  /**
   * The loads, of all nodes, whose getters are running, by thread. A thread-local would cost every
   * virtual thread a table of its own.
   */
  private static final ConcurrentHashMap<Thread, Load<?>> IN_GETTER = new ConcurrentHashMap<>();

  /** A load's wait for a key that this executor may load. */
  final class Want {
    private final String key;
    private final Load<?> asker;

    private Want(String key, Load<?> asker) {
      this.key = key;
      this.asker = asker;
    }

    /** Ends the wait. */
    void end() {
      asker.wants.remove(this);
      synchronized (lock) {
        wanted.remove(this);
      }
    }

    private boolean lend() {
      return LoadExecutor.this.lend(asker, load -> load.keys.contains(key));
    }

    /** Returns the keys through which this wait leads to {@code goal}, or null if it does not. */
    private @Nullable List<String> wayTo(Load<?> goal, Set<Load<?>> seen) {
      for (Load<?> load : loadsOf(key)) {
        if (load == goal) {
          return new ArrayList<>(List.of(Keys.shown(group, key)));
        }
        if (seen.add(load)) {
          for (LoadExecutor.Want next : load.wants) {
            List<String> way = next.wayTo(goal, seen);
            if (way != null) {
              way.add(0, Keys.shown(group, key));
              return way;
            }
          }
        }
      }
      return null;
    }
  }

  /** The ways a load ends. */
  private enum End {
    ANSWERED,
    THREW,
    TIMED_OUT,
    CLOSED,
    NO_THREAD
  }

  private final String group;
  private final GroupConfig config;
  private final NodeResources node;
  private final LoadedSizes sizes;

  private final Runnable starting = this::startQueued;

  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Set<Load<?>> running = new HashSet<>();

  @GuardedBy("lock")
  private final ArrayDeque<Load<?>> queue = new ArrayDeque<>();

  /** Loads that run on the permit of a load that waits for them. */
  @GuardedBy("lock")
  private final Set<Load<?>> borrowers = new HashSet<>();

  /** The waits of loads for keys of this group. */
  @GuardedBy("lock")
  private final Set<Want> wanted = new LinkedHashSet<>();

  @GuardedBy("lock")
  private int abandoned;

  @GuardedBy("lock")
  private boolean closed;

  private volatile String closedBecause = "";

  LoadExecutor(String group, GroupConfig config, NodeResources node) {
    this.group = group;
    this.config = config;
    this.node = node;
    this.sizes = new LoadedSizes(config.maxLoads());
  }

  /** Returns the sizes of loaded values; if they are large, fewer loads run at once. */
  LoadedSizes sizes() {
    return sizes;
  }

  /**
   * Runs {@code call} or refuses it. {@code ending} is called on the thread that ends the load; for
   * a refusal, that is the calling thread. Throws nothing except what {@code ending} throws.
   *
   * @param keys the keys to load, at least one
   */
  <T> void load(Set<String> keys, Call<T> call, Ending<? super T> ending) {
    Load<T> load;
    GetException refusal;
    try {
      load = new Load<>(keys, call, ending);
      refusal = admit(load);
    } catch (Throwable t) { // out of memory
      ending.ended(null, GetException.of(group, keys.iterator().next(), t));
      return;
    }
    if (refusal != null) {
      ending.ended(null, refusal);
      return;
    }
    try {
      load.watch();
    } catch (Throwable t) {
      load.end(End.THREW, null, t); // without a time-out, the load might never end
    }
    startQueued();
    wantsOf(load).forEach(Want::lend);
  }

  /**
   * Notes that the getter on this thread, if there is one, waits for {@code key}.
   *
   * @return null if no getter runs on this thread; else the wait, which the caller {@linkplain
   *     Want#end ends}
   * @throws GetFailedException if that getter's load would wait for itself
   */
  @Nullable Want want(String key) {
    Load<?> asker = IN_GETTER.get(Thread.currentThread());
    if (asker == null) {
      return null;
    }
    Want want = new Want(key, asker);
    asker.wants().add(want);
    synchronized (lock) {
      wanted.add(want);
    }
    List<String> circle = want.wayTo(asker, new HashSet<>());
    if (circle != null) {
      want.end();
      throw asker.failedByCircle(circle);
    }
    want.lend();
    return want;
  }

  /** As {@link LoadMemory#reserve}. */
  static void reserve(long bytes) throws InterruptedException {
    Load<?> load = IN_GETTER.get(Thread.currentThread());
    if (load != null) {
      load.reserve(bytes);
    }
  }

  private List<Want> wantsOf(Load<?> load) {
    synchronized (lock) {
      return wanted.isEmpty()
          ? List.of()
          : wanted.stream().filter(want -> load.keys.contains(want.key)).toList();
    }
  }

  private List<Load<?>> loadsOf(String key) {
    List<Load<?>> loads = new ArrayList<>();
    synchronized (lock) {
      for (Collection<Load<?>> some : List.of(running, borrowers, queue)) {
        for (Load<?> load : some) {
          if (load.keys.contains(key)) {
            loads.add(load);
          }
        }
      }
    }
    return loads;
  }

  /** Starts a queued load on the permit of {@code lender}, if that permit is free to lend. */
  private boolean lend(Load<?> lender, Predicate<Load<?>> isWanted) {
    Load<?> borrower = null;
    synchronized (lock) {
      for (Load<?> load : queue) {
        if (isWanted.test(load) && lender.borrower.compareAndSet(null, load)) {
          borrower = load;
          break;
        }
      }
      if (borrower == null) {
        return false;
      }
      borrower.lender = lender;
      borrowers.add(borrower);
      queue.remove(borrower);
    }
    start(borrower);
    return true;
  }

  /** Makes the borrowed permit the load's own from now on, even if that is one permit too many. */
  private void handOver(Load<?> borrower) {
    synchronized (lock) {
      if (borrowers.remove(borrower)) {
        running.add(borrower);
      }
    }
  }

  /**
   * Ends all loads, running or queued, and refuses later ones.
   *
   * @param reason what the exceptions say
   */
  void close(String reason) {
    List<Load<?>> left = new ArrayList<>();
    synchronized (lock) {
      closed = true;
      closedBecause = reason;
      left.addAll(running);
      left.addAll(borrowers);
      left.addAll(queue);
    }
    for (Load<?> load : left) {
      try {
        load.end(End.CLOSED, null, null);
      } catch (Throwable t) {
        Uncaught.report(t); // the others must end, too
      }
    }
    node.loadRoom().startOthers();
  }

  /** Returns whether this executor is closed and refuses all loads. */
  boolean isClosed() {
    synchronized (lock) {
      return closed;
    }
  }

  /** Queues the load; returns null, or the reason for a refusal. */
  private @Nullable GetException admit(Load<?> load) {
    synchronized (lock) {
      if (closed) {
        return load.error(End.CLOSED, null);
      }
      if (abandoned >= (long) ABANDONED_PER_PERMIT * config.maxLoads()) {
        return load.overloaded(abandoned + " timed-out loads still hold their threads");
      }
      if (running.size() + queue.size() >= (long) config.maxLoads() + config.maxQueuedLoads()
          && wantsOf(load).isEmpty()) {
        return load.overloaded(
            running.size() + " loads running, " + queue.size() + " waiting for their turn");
      }
      queue.add(load);
      return null;
    }
  }

  /**
   * Starts queued loads while permits are free. A loop, so that one failure does not nest in
   * another.
   */
  private void startQueued() {
    for (Load<?> load = takePermit(); load != null; load = takePermit()) {
      start(load);
    }
  }

  private void start(Load<?> load) {
    try {
      node.threads().startLoad(load);
    } catch (Throwable t) { // refused, or out of memory
      load.end(End.NO_THREAD, null, t);
    }
  }

  private @Nullable Load<?> takePermit() {
    synchronized (lock) {
      Load<?> load = !closed && running.size() < config.maxLoads() ? queue.peek() : null;
      if (load == null) {
        return null;
      }
      running.add(load); // first: the load must always be in one of the two, and adding may throw
      if (!takeRoom(load)) {
        running.remove(load);
        return null;
      }
      queue.remove();
      return load;
    }
  }

  /** The only running load of a group needs no room, so that every group makes progress. */
  @GuardedBy("lock")
  private boolean takeRoom(Load<?> load) {
    long bytes = sizes.expectedBytes();
    if (running.size() == 1) {
      node.loadRoom().take(bytes);
    } else if (!node.loadRoom().tryTake(bytes, starting)) {
      return false;
    }
    load.expectedBytes = bytes;
    return true;
  }

  private void returnPermit(Load<?> load, boolean abandonsThread) {
    synchronized (lock) {
      if (!running.remove(load) && !borrowers.remove(load)) {
        queue.remove(load);
      }
      node.loadRoom().giveBack(load.expectedBytes);
      load.expectedBytes = 0;
      if (abandonsThread) {
        abandoned++;
      }
    }
  }

  private void abandonedThreadCameBack() {
    synchronized (lock) {
      abandoned--;
    }
  }

  /** The load of one or more keys, from its place in the queue to its end. */
  private final class Load<T> implements Runnable {
    private final Set<String> keys;
    private final Call<T> call;
    private final Ending<? super T> ending;

    @GuardedBy("this")
    private @Nullable Thread threadInGetter;

    @GuardedBy("this")
    private @Nullable CompletionStage<T> pending;

    @GuardedBy("this")
    private @Nullable Future<?> timeout;

    @GuardedBy("this")
    private boolean ended;

    private long expectedBytes; // taken from the node's room for loads; guarded by the lock

    private volatile boolean waitsForRoom; // for the bytes that its getter is about to read

    // Most loads never need these two. Both are made on the getter's thread.

    /** The bytes that its getter has reserved. */
    private volatile ByteAccount.@Nullable Holder memory;

    /** The keys that its getter waits for. */
    private volatile Set<LoadExecutor.Want> wants = Set.of();

    /**
     * The load that runs on this load's permit; this load itself once there is no permit to lend.
     */
    private final AtomicReference<@Nullable Load<?>> borrower = new AtomicReference<>();

    /** The load on whose permit this load runs, or null. */
    private volatile @Nullable Load<?> lender;

    Load(Set<String> keys, Call<T> call, Ending<? super T> ending) {
      this.keys = keys;
      this.call = call;
      this.ending = ending;
    }

    synchronized void watch() {
      if (!ended) {
        timeout = node.threads().after(config.loadTimeout(), this::timeOut);
      }
    }

    /** Runs on the load executor. */
    @Override
    public void run() {
      if (!enterGetter()) {
        return;
      }
      CompletionStage<T> stage = null;
      Throwable thrown = null;
      Thread thread = Thread.currentThread();
      try {
        IN_GETTER.put(thread, this);
        stage = call.start();
      } catch (Throwable t) {
        thrown = t;
      } finally {
        IN_GETTER.remove(thread);
      }
      if (leaveGetter(stage)) {
        abandonedThreadCameBack();
        letMemoryGo();
        if (stage != null) {
          cancel(stage);
        }
      } else if (thrown != null) {
        finish(null, thrown);
      } else if (stage == null) {
        finish(null, null);
      } else {
        follow(stage);
      }
    }

    /**
     * Only the first reservation waits: loads that each held some bytes and waited for more could
     * wait for each other.
     */
    void reserve(long bytes) throws InterruptedException {
      if (hasEnded()) {
        throw new InterruptedException("the load has ended");
      }
      ByteAccount.Holder held = memory;
      if (held == null) {
        held = node.bytesInFlight().open();
        memory = held;
      }
      if (held.bytes() > 0) {
        if (bytes > held.bytes() && !held.set(bytes)) {
          throw overloaded("no room for " + bytes + " bytes in flight");
        }
        return;
      }
      waitsForRoom = true;
      held.awaitSet(bytes);
      waitsForRoom = false;
    }

    private void letMemoryGo() {
      ByteAccount.Holder held = memory;
      if (held != null) {
        held.close();
      }
    }

    private Set<LoadExecutor.Want> wants() {
      Set<LoadExecutor.Want> present = wants;
      if (present.isEmpty()) {
        present = ConcurrentHashMap.newKeySet();
        wants = present;
      }
      return present;
    }

    private synchronized boolean hasEnded() {
      return ended;
    }

    private synchronized boolean enterGetter() {
      if (ended) {
        return false;
      }
      threadInGetter = Thread.currentThread();
      return true;
    }

    /** Returns whether the load ended meanwhile and counted this thread as abandoned. */
    private synchronized boolean leaveGetter(@Nullable CompletionStage<T> stage) {
      threadInGetter = null;
      pending = stage;
      Thread.interrupted(); // the time-out's interrupt was only for the getter
      return ended;
    }

    private void follow(CompletionStage<T> stage) {
      try {
        stage.whenComplete(this::finish);
      } catch (Throwable t) {
        finish(null, t);
      }
    }

    private void finish(@Nullable T loaded, @Nullable Throwable thrown) {
      try {
        report(loaded, thrown);
      } finally {
        startQueued();
        node.loadRoom().startOthers();
      }
    }

    private void report(@Nullable T loaded, @Nullable Throwable thrown) {
      stageIsComplete();
      end(loaded == null ? End.THREW : End.ANSWERED, loaded, thrown);
    }

    private synchronized void stageIsComplete() {
      pending = null;
    }

    private void timeOut() {
      try {
        end(End.TIMED_OUT, null, null);
      } finally {
        startQueued();
        node.loadRoom().startOthers();
      }
    }

    /** Ends the load unless it has ended: returns its permit, then calls its ending. */
    void end(End end, @Nullable T loaded, @Nullable Throwable thrown) {
      boolean abandonsThread;
      CompletionStage<T> unfinished;
      Future<?> watching;
      synchronized (this) {
        if (ended) {
          return;
        }
        ended = true;
        abandonsThread = threadInGetter != null;
        interruptGetter();
        unfinished = pending;
        watching = timeout;
      }
      try {
        returnPermit(this, abandonsThread);
        if (watching != null) {
          watching.cancel(false);
        }
        endLending();
      } finally {
        if (!abandonsThread) {
          letMemoryGo(); // first: callers that get the value may reserve it in the account
        }
        try {
          ending.ended(loaded, loaded == null ? error(end, thrown) : null);
        } finally {
          if (unfinished != null) {
            cancelElsewhere(unfinished);
          }
        }
      }
    }

    /** Passes this load's own permit on to its borrower, or returns a borrowed permit. */
    private void endLending() {
      Load<?> running = borrower.getAndSet(this);
      if (running != null) {
        running.handOver();
      }
      Load<?> from = lender;
      if (from != null && from.borrower.compareAndSet(this, null)) {
        for (LoadExecutor.Want want : from.wants) {
          if (want.lend()) {
            return;
          }
        }
      }
    }

    private void handOver() {
      LoadExecutor.this.handOver(this);
    }

    @GuardedBy("this")
    private void interruptGetter() {
      try {
        if (threadInGetter != null) {
          threadInGetter.interrupt();
        }
      } catch (Throwable t) {
        Uncaught.report(t); // the getter goes on, like a getter that ignores the interrupt
      }
    }

    /**
     * Cancels on a load thread: cancelling runs the user's dependents of the stage, which could
     * block the timer.
     */
    private void cancelElsewhere(CompletionStage<T> stage) {
      try {
        node.threads().startLoad(() -> cancel(stage));
      } catch (Throwable t) {
        // No thread for it: the stage goes on, and nothing reads its result.
      }
    }

    /** Cancels the user's stage if it is not complete and can be cancelled. */
    private void cancel(CompletionStage<T> stage) {
      try {
        stage.toCompletableFuture().cancel(true);
      } catch (Throwable t) {
        // The stage cannot be cancelled: it goes on, and nothing reads its result.
      }
    }

    /** Returns the exception of a load that ended without a value; never throws. */
    GetException error(End end, @Nullable Throwable thrown) {
      try {
        return switch (end) {
          case TIMED_OUT -> {
            String inTime = " in " + config.loadTimeout().toMillis() + " ms";
            yield waitsForRoom
                ? overloaded("no room for its bytes in flight" + inTime)
                : failed("no answer" + inTime, null);
          }
          case CLOSED -> failed(closedBecause, null);
          case NO_THREAD -> failed("no thread to run on", thrown);
          case ANSWERED, THREW -> {
            if (thrown == null) {
              yield failed("the getter returned null", null);
            }
            yield thrown instanceof OverloadedException overloaded ? overloaded : failed(thrown);
          }
        };
      } catch (Throwable t) { // out of memory, or the getter's exception throws from getMessage
        return GetFailedException.WITHOUT_TEXT;
      }
    }

    private GetFailedException failed(Throwable thrown) {
      Throwable cause =
          thrown instanceof CompletionException && thrown.getCause() != null
              ? thrown.getCause()
              : thrown;
      String load = "load " + shown() + ": ";
      String message = cause.getMessage();
      String why = message == null ? cause.getClass().getName() : message;
      return new GetFailedException(load + why, load + "the origin failed", cause);
    }

    GetFailedException failedByCircle(List<String> way) {
      return failed("waits for itself, " + shown() + " -> " + String.join(" -> ", way), null);
    }

    private GetFailedException failed(String why, @Nullable Throwable cause) {
      return new GetFailedException("load " + shown() + ": " + why, cause);
    }

    private String shown() {
      return Keys.shown(group, keys.iterator().next());
    }

    OverloadedException overloaded(String why) {
      return new OverloadedException("load " + shown() + ": overloaded, " + why);
    }
  }
}
