package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Runs one group's getter: so many loads at once, a bounded queue behind them, and an end to every
 * load in time whatever the user's code does.
 */
final class LoadExecutor {
  /*
   * A load holds one of the group's permits from its start to its end. It ends once: when the
   * getter answers, or at its time-out. A getter that ignores the interrupt keeps its thread but
   * not its permit: the thread is "abandoned", so a getter that blocks for ever costs its own key
   * one time-out and the other keys nothing. Threads are not free, though: once ABANDONED_PER_PERMIT
   * times the permits are abandoned, the group refuses loads until some threads come back.
   *
   * What can race is the time-out (timer thread) with the getter's return (load thread). Both take
   * the load's monitor, and the first ends it. The thread is interrupted under that monitor and only
   * while it is inside the getter, so the interrupt can never hit the thread's next task.
   *
   * A load that has been marked as ended cannot end again, so from there on nothing may keep its
   * ending from being called: exceptions are made by code that cannot throw, and the permit goes
   * back in a try whose finally calls the ending. The lock is a monitor, for to wait for a monitor
   * allocates nothing that an exhausted heap could refuse.
   */
  private static final int ABANDONED_PER_PERMIT = 16;

  /** One run of the user's code. */
  @FunctionalInterface
  interface Call<T> {
    @Nullable CompletionStage<T> start() throws Exception;
  }

  /** Is called once when a load has ended: exactly one of the two is non-null. */
  @FunctionalInterface
  interface Ending<T> {
    void ended(@Nullable T loaded, @Nullable GetException error);

    /**
     * Returns {@code steps} with a net: if they throw, {@code flight} ends with what they threw. To
     * be made before the load starts.
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
  private final CacheNode node;
  private final LoadedSizes sizes;

  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Set<Load<?>> running = new HashSet<>();

  @GuardedBy("lock")
  private final ArrayDeque<Load<?>> queue = new ArrayDeque<>();

  @GuardedBy("lock")
  private int abandoned;

  @GuardedBy("lock")
  private boolean closed;

  LoadExecutor(String group, GroupConfig config, CacheNode node) {
    this.group = group;
    this.config = config;
    this.node = node;
    this.sizes = new LoadedSizes(node.bytesInFlight());
  }

  /** Returns the sizes of what is loaded, by which there are fewer loads at once. */
  LoadedSizes sizes() {
    return sizes;
  }

  /**
   * Runs {@code call} or refuses to; {@code ending} is called on the thread that ended the load,
   * which is the caller's own for a refusal. Never throws but what {@code ending} throws.
   *
   * @param key of what is loaded, for messages
   */
  <T> void load(String key, Call<T> call, Ending<? super T> ending) {
    Load<T> load;
    GetException refusal;
    try {
      load = new Load<>(key, call, ending);
      refusal = admit(load);
    } catch (Throwable t) { // no memory
      ending.ended(null, GetException.of(group, key, t));
      return;
    }
    if (refusal != null) {
      ending.ended(null, refusal);
      return;
    }
    try {
      load.watch();
    } catch (Throwable t) {
      load.end(End.THREW, null, t); // it would have no end of its own
    }
    startQueued();
  }

  /** Ends all loads, running or queued, and refuses later ones. */
  void close() {
    List<Load<?>> left = new ArrayList<>();
    synchronized (lock) {
      closed = true;
      left.addAll(running);
      left.addAll(queue);
    }
    for (Load<?> load : left) {
      try {
        load.end(End.CLOSED, null, null);
      } catch (Throwable t) {
        Uncaught.report(t); // the others have to end, too
      }
    }
  }

  /** Queues the load, or returns why not. */
  private @Nullable GetException admit(Load<?> load) {
    synchronized (lock) {
      if (closed) {
        return load.error(End.CLOSED, null);
      }
      if (abandoned >= (long) ABANDONED_PER_PERMIT * config.maxLoads()) {
        return load.overloaded(abandoned + " timed-out loads still hold their threads");
      }
      if (running.size() + queue.size() >= (long) config.maxLoads() + config.maxQueuedLoads()) {
        return load.overloaded(
            running.size() + " loads running, " + queue.size() + " waiting for their turn");
      }
      queue.add(load);
      return null;
    }
  }

  /** Starts queued loads while there are permits; a loop, so that no failure nests in another. */
  private void startQueued() {
    for (Load<?> load = takePermit(); load != null; load = takePermit()) {
      try {
        node.startLoad(load);
      } catch (Throwable t) { // refused, or no memory for it
        load.end(End.NO_THREAD, null, t);
      }
    }
  }

  private @Nullable Load<?> takePermit() {
    synchronized (lock) {
      Load<?> load =
          !closed && running.size() < sizes.mostAtOnce(config.maxLoads()) ? queue.peek() : null;
      if (load != null) {
        running.add(load);
        queue.remove(); // not before: it must be in one of the two, and adding may throw
      }
      return load;
    }
  }

  private void returnPermit(Load<?> load, boolean abandonsThread) {
    synchronized (lock) {
      if (!running.remove(load)) {
        queue.remove(load);
      }
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

  /** One key's load from its turn in the queue to its end. */
  private final class Load<T> implements Runnable {
    private final String key;
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

    Load(String key, Call<T> call, Ending<? super T> ending) {
      this.key = key;
      this.call = call;
      this.ending = ending;
    }

    synchronized void watch() {
      if (!ended) {
        timeout = node.after(config.loadTimeout(), this::timeOut);
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
      try {
        stage = call.start();
      } catch (Throwable t) {
        thrown = t;
      }
      if (leaveGetter(stage)) {
        abandonedThreadCameBack();
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
      Thread.interrupted(); // the time-out's interrupt was for the getter alone
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
        tell(loaded, thrown);
      } finally {
        startQueued();
      }
    }

    private void tell(@Nullable T loaded, @Nullable Throwable thrown) {
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
      }
    }

    /** Ends the load unless it has ended: gives its permit back, then calls its ending. */
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
      } finally {
        try {
          ending.ended(loaded, loaded == null ? error(end, thrown) : null);
        } finally {
          if (unfinished != null) {
            cancelElsewhere(unfinished);
          }
        }
      }
    }

    @GuardedBy("this")
    private void interruptGetter() {
      try {
        if (threadInGetter != null) {
          threadInGetter.interrupt();
        }
      } catch (Throwable t) {
        Uncaught.report(t); // the getter goes on, as one does that ignores the interrupt
      }
    }

    /**
     * Cancelling runs what the user hung on the stage; on the timer it would stop all time-outs.
     */
    private void cancelElsewhere(CompletionStage<T> stage) {
      try {
        node.startLoad(() -> cancel(stage));
      } catch (Throwable t) {
        // No thread for it: the stage ends unheard.
      }
    }

    /** Cancels the user's stage if it is not complete and can be cancelled. */
    private void cancel(CompletionStage<T> stage) {
      try {
        stage.toCompletableFuture().cancel(true);
      } catch (Throwable t) {
        // A stage need not be cancellable; it then ends unheard.
      }
    }

    /** Returns the exception of a load that ended without a value; never throws. */
    GetException error(End end, @Nullable Throwable thrown) {
      try {
        return switch (end) {
          case TIMED_OUT -> failed("no answer in " + config.loadTimeout().toMillis() + " ms", null);
          case CLOSED -> failed("the node was closed", null);
          case NO_THREAD -> failed("no thread to run on", thrown);
          case ANSWERED, THREW ->
              thrown == null ? failed("the getter returned null", null) : failed(thrown);
        };
      } catch (Throwable t) { // no memory, or an exception of the getter's whose text cannot be had
        return GetFailedException.WITHOUT_TEXT;
      }
    }

    private GetFailedException failed(Throwable thrown) {
      Throwable cause =
          thrown instanceof CompletionException && thrown.getCause() != null
              ? thrown.getCause()
              : thrown;
      String load = "load " + Keys.shown(group, key) + ": ";
      String message = cause.getMessage();
      String why = message == null ? cause.getClass().getName() : message;
      return new GetFailedException(load + why, load + "the origin failed", cause);
    }

    private GetFailedException failed(String why, @Nullable Throwable cause) {
      return new GetFailedException("load " + Keys.shown(group, key) + ": " + why, cause);
    }

    OverloadedException overloaded(String why) {
      return new OverloadedException("load " + Keys.shown(group, key) + ": overloaded, " + why);
    }
  }
}
