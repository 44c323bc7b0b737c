package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The load of one or more keys, from its place in the queue to its end. */
final class Load<T> implements Runnable {
  /*
   * A load ends once: when the getter answers, or at its time-out. The time-out (timer thread) can
   * race with the getter's return (load thread). Both take the load's monitor, and the first ends
   * the load. The time-out interrupts the thread under that monitor and only while the thread is
   * inside the getter, so the interrupt can never reach the thread's next task.
   *
   * A load that is marked as ended cannot end again, so after that nothing may prevent the call of
   * its ending. Exceptions are made by code that cannot throw, and the permit is returned in a try
   * whose finally calls the ending. The lock is a monitor because waiting for a monitor allocates
   * nothing, and so works on an exhausted heap.
   */

  /** The ways a load ends. */
  enum End {
    ANSWERED,
    THREW,
    TIMED_OUT,
    CLOSED,
    NO_THREAD
  }

  /**
   * The loads, of all nodes, whose getters are running, by thread. A thread-local would cost every
   * virtual thread a table of its own.
   */
  private static final ConcurrentHashMap<Thread, Load<?>> IN_GETTER = new ConcurrentHashMap<>();

  private final LoadExecutor executor;
  private final NodeResources node;
  private final Set<String> keys;
  private final @Nullable TraceContext trace;
  private final LoadExecutor.Call<T> call;
  private final LoadExecutor.Ending<? super T> ending;

  @GuardedBy("this")
  private @Nullable Thread threadInGetter;

  @GuardedBy("this")
  private @Nullable CompletionStage<T> pending;

  @GuardedBy("this")
  private @Nullable Future<?> timeout;

  @GuardedBy("this")
  private boolean ended;

  /** When it took its place in the queue; guarded by the executor's lock. */
  long queuedNanos;

  /** The bytes taken from the node's room for loads; guarded by the executor's lock. */
  long roomTaken;

  private volatile boolean waitsForRoom; // for the bytes that its getter is about to read

  // Most loads never need these two. Both are made on the getter's thread.

  /** The bytes that its getter has reserved. */
  private volatile ByteAccount.@Nullable Holder memory;

  /** The keys that its getter waits for. */
  private volatile Set<WantedKey> wants = Set.of();

  /** The load that runs on this load's permit; this load itself once there is none to lend. */
  private final AtomicReference<@Nullable Load<?>> borrower = new AtomicReference<>();

  /** The load on whose permit this load runs, or null. */
  private volatile @Nullable Load<?> lender;

  /**
   * Makes a load.
   *
   * @param executor returns the permit, and starts others
   * @param keys at least one
   */
  Load(
      LoadExecutor executor,
      NodeResources node,
      Set<String> keys,
      @Nullable TraceContext trace,
      LoadExecutor.Call<T> call,
      LoadExecutor.Ending<? super T> ending) {
    this.executor = executor;
    this.node = node;
    this.keys = keys;
    this.trace = trace;
    this.call = call;
    this.ending = ending;
  }

  /** Returns the load whose getter runs on this thread, or null. */
  static @Nullable Load<?> ofThisThread() {
    return IN_GETTER.get(Thread.currentThread());
  }

  Set<String> keys() {
    return keys;
  }

  /** Returns the trace of the get that began it, or null. */
  @Nullable TraceContext trace() {
    return trace;
  }

  /** Makes the exceptions of this load. */
  LoadFailure failure() {
    return new LoadFailure(executor.group(), keys);
  }

  /** Starts the time-out. */
  synchronized void watch() {
    if (!ended) {
      timeout = node.threads().after(executor.loadTimeout(), this::timeOut);
    }
  }

  /** Runs on a load thread. */
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
      executor.abandonedThreadCameBack();
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
      stageIsComplete();
      end(loaded == null ? End.THREW : End.ANSWERED, loaded, thrown);
    } finally {
      executor.startOthers();
    }
  }

  private synchronized void stageIsComplete() {
    pending = null;
  }

  private void timeOut() {
    try {
      end(End.TIMED_OUT, null, null);
    } finally {
      executor.startOthers();
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
      executor.returnPermit(this, abandonsThread);
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

  private synchronized boolean hasEnded() {
    return ended;
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
   * Cancels on a load thread: cancelling runs the user's dependents of the stage, which could block
   * the timer.
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
          String inTime = " in " + executor.loadTimeout().toMillis() + " ms";
          yield waitsForRoom
              ? failure().overloaded("no room for its bytes in flight" + inTime)
              : failure().failed("no answer" + inTime, null);
        }
        case CLOSED -> failure().failed(executor.closedBecause(), null);
        case NO_THREAD -> failure().failed("no thread to run on", thrown);
        case ANSWERED, THREW -> failure().ofGetter(thrown);
      };
    } catch (Throwable t) { // out of memory, or the getter's exception throws from getMessage
      return GetFailedException.WITHOUT_TEXT;
    }
  }

  // The memory that its getter reserves.

  /**
   * As {@link LoadMemory#reserve}, on the getter's thread. Only the first reservation waits: loads
   * that each held some bytes and waited for more could wait for each other.
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
        throw failure().overloaded("no room for " + bytes + " bytes in flight");
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

  // The keys that its getter waits for, and the permit that it lends to their loads meanwhile.

  /** Returns the keys that its getter waits for. */
  Set<WantedKey> wants() {
    return wants;
  }

  /** Notes, on the getter's thread, that the getter waits. */
  void wants(WantedKey key) {
    if (wants.isEmpty()) {
      wants = ConcurrentHashMap.newKeySet();
    }
    wants.add(key);
  }

  void wantsNoMore(WantedKey key) {
    wants.remove(key);
  }

  /** Lends this load's permit to {@code load}, unless it is lent or there is none to lend. */
  boolean lendTo(Load<?> load) {
    if (!borrower.compareAndSet(null, load)) {
      return false;
    }
    load.lender = this;
    return true;
  }

  /** Passes this load's own permit on to its borrower, or returns a borrowed permit. */
  private void endLending() {
    Load<?> running = borrower.getAndSet(this);
    if (running != null) {
      running.executor.handOver(running); // perhaps that of another group
    }
    Load<?> from = lender;
    if (from != null && from.borrower.compareAndSet(this, null)) {
      for (WantedKey want : from.wants) {
        if (want.lend()) {
          return;
        }
      }
    }
  }
}
