package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Runs one group's getter: a limited number of loads at once, a bounded queue behind them, and a
 * time-out that ends every load whatever the user's code does.
 */
final class LoadExecutor {
  /*
   * A load holds one of the group's permits from its start to its end. A getter that ignores the
   * interrupt of a time-out keeps its thread but not its permit. The thread is then "abandoned", so
   * a getter that blocks for ever costs its own key one time-out and costs other keys nothing.
   * Threads are not free, though: when ABANDONED_PER_PERMIT times the permits are abandoned, the
   * group refuses loads until some threads return.
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

  private final String group;
  private final PresentConfig config;
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

  /** The keys of this group for which loads wait. */
  @GuardedBy("lock")
  private final Set<WantedKey> wanted = new LinkedHashSet<>();

  @GuardedBy("lock")
  private int abandoned;

  @GuardedBy("lock")
  private boolean closed;

  private volatile String closedBecause = "";

  LoadExecutor(String group, PresentConfig config, NodeResources node) {
    this.group = group;
    this.config = config;
    this.node = node;
    this.sizes = new LoadedSizes(config.now().maxLoads());
  }

  /** Returns the group's name. */
  String group() {
    return group;
  }

  /** Returns how long a load may take. */
  Duration loadTimeout() {
    return config.now().loadTimeout();
  }

  /** Returns why this executor is closed, for exceptions. */
  String closedBecause() {
    return closedBecause;
  }

  /** Returns what runs and waits now, beside so many gets. */
  GroupActivity activity(int waitingGets) {
    synchronized (lock) {
      return new GroupActivity(
          waitingGets, running.size() + borrowers.size(), queue.size(), abandoned);
    }
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
   * @param trace what {@link LoadTrace} shows to the getter
   */
  <T> void load(
      Set<String> keys, @Nullable TraceContext trace, Call<T> call, Ending<? super T> ending) {
    Load<T> load;
    GetException refusal;
    try {
      load = new Load<>(this, node, keys, trace, call, ending);
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
      load.end(Load.End.THREW, null, t); // without a time-out, the load might never end
    }
    startQueued();
    wantsOf(load).forEach(WantedKey::lend);
  }

  /**
   * Notes that the getter on this thread, if there is one, waits for {@code key}.
   *
   * @return null if no getter runs on this thread; else the wait, which the caller {@linkplain
   *     WantedKey#end ends}
   * @throws GetFailedException if that getter's load would wait for itself
   */
  @Nullable WantedKey want(String key) {
    Load<?> asker = Load.ofThisThread();
    if (asker == null) {
      return null;
    }
    WantedKey want = new WantedKey(this, key, asker);
    asker.wants(want);
    synchronized (lock) {
      wanted.add(want);
    }
    List<String> circle = want.wayTo(asker, new HashSet<>());
    if (circle != null) {
      want.end();
      throw asker.failure().ofCircle(circle);
    }
    want.lend();
    return want;
  }

  /** The wait for a key has ended; called by {@link WantedKey#end}. */
  void wantsNoMore(WantedKey want) {
    synchronized (lock) {
      wanted.remove(want);
    }
  }

  /** As {@link LoadMemory#reserve}. */
  static void reserve(long bytes) throws InterruptedException {
    Load<?> load = Load.ofThisThread();
    if (load != null) {
      load.reserve(bytes);
    }
  }

  private List<WantedKey> wantsOf(Load<?> load) {
    synchronized (lock) {
      return wanted.isEmpty()
          ? List.of()
          : wanted.stream().filter(want -> want.isOf(load)).toList();
    }
  }

  /** Returns the loads that are to bring {@code key}: running, and in the queue. */
  List<Load<?>> loadsOf(String key) {
    List<Load<?>> loads = new ArrayList<>();
    synchronized (lock) {
      for (Collection<Load<?>> some : List.of(running, borrowers, queue)) {
        for (Load<?> load : some) {
          if (load.keys().contains(key)) {
            loads.add(load);
          }
        }
      }
    }
    return loads;
  }

  /** Starts a queued load of a wanted key on its asker's permit, if that is free to lend. */
  boolean lend(WantedKey want) {
    Load<?> borrower = null;
    synchronized (lock) {
      for (Load<?> load : queue) {
        if (want.isOf(load) && want.asker().lendTo(load)) {
          borrower = load;
          break;
        }
      }
      if (borrower == null) {
        return false;
      }
      borrowers.add(borrower);
      queue.remove(borrower);
    }
    start(borrower);
    return true;
  }

  /** Makes the borrowed permit the load's own from now on, even if that is one permit too many. */
  void handOver(Load<?> borrower) {
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
        load.end(Load.End.CLOSED, null, null);
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
        return load.error(Load.End.CLOSED, null);
      }
      GroupConfig present = config.now();
      if (abandoned >= (long) ABANDONED_PER_PERMIT * present.maxLoads()) {
        return load.failure().overloaded(abandoned + " timed-out loads still hold their threads");
      }
      load.queuedNanos = node.clock().exact();
      if (isFull(present, load.queuedNanos) && wantsOf(load).isEmpty()) {
        return load.failure()
            .overloaded(
                running.size() + " loads running, " + queue.size() + " waiting for their turn");
      }
      queue.add(load);
      return null;
    }
  }

  /** Returns whether the origin has more to load than it can soon be asked for. */
  @GuardedBy("lock")
  private boolean isFull(GroupConfig present, long nowNanos) {
    Load<?> first = queue.peek();
    return running.size() + queue.size() >= (long) present.maxLoads() + present.maxQueuedLoads()
        || (first != null && nowNanos - first.queuedNanos > present.maxQueueTime().toNanos());
  }

  /** Starts queued loads, of this group and of others that wait for room, after one has ended. */
  void startOthers() {
    startQueued();
    node.loadRoom().startOthers();
  }

  /**
   * Starts queued loads while permits are free. A loop, so that one failure does not nest in
   * another.
   */
  void startQueued() {
    for (Load<?> load = takePermit(); load != null; load = takePermit()) {
      start(load);
    }
  }

  private void start(Load<?> load) {
    try {
      node.threads().startLoad(load);
    } catch (Throwable t) { // refused, or out of memory
      load.end(Load.End.NO_THREAD, null, t);
    }
  }

  private @Nullable Load<?> takePermit() {
    synchronized (lock) {
      Load<?> load = !closed && running.size() < config.now().maxLoads() ? queue.peek() : null;
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
    load.roomTaken = bytes;
    return true;
  }

  /** A load has ended: takes it out of the books. */
  void returnPermit(Load<?> load, boolean abandonsThread) {
    synchronized (lock) {
      if (!running.remove(load) && !borrowers.remove(load)) {
        queue.remove(load);
      }
      node.loadRoom().giveBack(load.roomTaken);
      load.roomTaken = 0;
      if (abandonsThread) {
        abandoned++;
      }
    }
  }

  /** The thread of a load that had ended left its getter. */
  void abandonedThreadCameBack() {
    synchronized (lock) {
      abandoned--;
    }
  }
}
