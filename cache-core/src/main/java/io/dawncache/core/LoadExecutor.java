package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
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
   */
  private static final int ABANDONED_PER_PERMIT = 16;

  /** One run of the user's code. */
  @FunctionalInterface
  interface Call<T> {
    @Nullable CompletionStage<T> start() throws Exception;
  }

  /** Told once how a load ended: exactly one of the two is non-null. */
  @FunctionalInterface
  interface Ending<T> {
    void ended(@Nullable T loaded, @Nullable GetException error);
  }

  private final String group;
  private final GroupConfig config;
  private final CacheNode node;
  private final LoadedSizes sizes;

  private final ReentrantLock lock = new ReentrantLock();

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
   * Runs {@code call} or refuses to; {@code ending} is told on the thread that ended the load,
   * which is the caller's own for a refusal.
   *
   * @param key of what is loaded, for messages
   */
  <T> void load(String key, Call<T> call, Ending<? super T> ending) {
    Load<T> load = new Load<>(key, call, ending);
    GetException refusal = admit(load);
    if (refusal != null) {
      ending.ended(null, refusal);
    } else {
      load.watch();
      startQueued();
    }
  }

  /** Ends all loads, running or queued, and refuses later ones. */
  void close() {
    List<Load<?>> left = new ArrayList<>();
    lock.lock();
    try {
      closed = true;
      left.addAll(running);
      left.addAll(queue);
    } finally {
      lock.unlock();
    }
    left.forEach(load -> load.end(null, load.failed("the node was closed", null)));
  }

  /** Queues the load, or returns why not. */
  private @Nullable GetException admit(Load<?> load) {
    lock.lock();
    try {
      if (closed) {
        return load.failed("the node was closed", null);
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
    } finally {
      lock.unlock();
    }
  }

  /** Starts queued loads while there are permits; a loop, so that no failure nests in another. */
  private void startQueued() {
    for (Load<?> load = takePermit(); load != null; load = takePermit()) {
      try {
        node.startLoad(load);
      } catch (RejectedExecutionException | OutOfMemoryError e) {
        load.end(null, load.failed("no thread to run on", e));
      }
    }
  }

  private @Nullable Load<?> takePermit() {
    lock.lock();
    try {
      Load<?> load =
          !closed && running.size() < sizes.mostAtOnce(config.maxLoads()) ? queue.poll() : null;
      if (load != null) {
        running.add(load);
      }
      return load;
    } finally {
      lock.unlock();
    }
  }

  private void returnPermit(Load<?> load, boolean abandonsThread) {
    lock.lock();
    try {
      if (!running.remove(load)) {
        queue.remove(load);
      }
      if (abandonsThread) {
        abandoned++;
      }
    } finally {
      lock.unlock();
    }
  }

  private void abandonedThreadCameBack() {
    lock.lock();
    try {
      abandoned--;
    } finally {
      lock.unlock();
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
      if (loaded != null) {
        end(loaded, null);
      } else if (thrown == null) {
        end(null, failed("the getter returned null", null));
      } else {
        Throwable cause =
            thrown instanceof CompletionException && thrown.getCause() != null
                ? thrown.getCause()
                : thrown;
        String message = cause.getMessage();
        end(null, failed(message == null ? cause.getClass().getName() : message, cause));
      }
    }

    private synchronized void stageIsComplete() {
      pending = null;
    }

    private void timeOut() {
      try {
        end(null, failed("no answer in " + config.loadTimeout().toMillis() + " ms", null));
      } finally {
        startQueued();
      }
    }

    /** Ends the load unless it has ended; gives its permit back, then tells. */
    void end(@Nullable T loaded, @Nullable GetException error) {
      boolean abandonsThread;
      CompletionStage<T> unfinished;
      synchronized (this) {
        if (ended) {
          return;
        }
        ended = true;
        if (timeout != null) {
          timeout.cancel(false);
        }
        abandonsThread = threadInGetter != null;
        if (threadInGetter != null) {
          threadInGetter.interrupt();
        }
        unfinished = pending;
      }
      returnPermit(this, abandonsThread);
      try {
        ending.ended(loaded, error);
      } finally {
        if (unfinished != null) {
          cancelElsewhere(unfinished);
        }
      }
    }

    /**
     * Cancelling runs what the user hung on the stage; on the timer it would stop all time-outs.
     */
    private void cancelElsewhere(CompletionStage<T> stage) {
      try {
        node.startLoad(() -> cancel(stage));
      } catch (RejectedExecutionException | OutOfMemoryError e) {
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

    GetFailedException failed(String why, @Nullable Throwable cause) {
      return new GetFailedException("load " + Keys.shown(group, key) + ": " + why, cause);
    }

    OverloadedException overloaded(String why) {
      return new OverloadedException("load " + Keys.shown(group, key) + ": overloaded, " + why);
    }
  }
}
