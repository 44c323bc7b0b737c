package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.core.LoadExecutor.Ending;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One load, with a second one beside it if the first is slow; the first value counts. */
final class Hedge implements Ending<Loaded> {
  /** How long a slow load takes is unknown until this many loads have ended. */
  static final int FEWEST_LOADS = 100;

  private final Ending<Loaded> ending;

  @GuardedBy("this")
  private int running = 1;

  @GuardedBy("this")
  private boolean ended;

  private @Nullable Future<?> second; // written before the first load starts

  private Hedge(Ending<Loaded> ending) {
    this.ending = ending;
  }

  /**
   * Starts a load.
   *
   * @param times the times of ended loads, from which the slow ones are known
   * @param run starts one load
   * @param onSecond called when there is a second load, before it starts
   */
  static void start(
      NodeThreads threads,
      LoadTimeStats times,
      Consumer<Ending<Loaded>> run,
      Runnable onSecond,
      Ending<Loaded> ending) {
    if (times.count() < FEWEST_LOADS) {
      run.accept(ending);
      return;
    }
    Hedge hedge = new Hedge(ending);
    Duration slow = times.percentile(99);
    Task second =
        Task.of(
            () -> {
              if (hedge.startsSecond()) {
                try {
                  onSecond.run();
                  run.accept(hedge);
                } catch (Throwable t) { // else the first would wait for its end
                  hedge.ended(null, GetFailedException.WITHOUT_TEXT);
                }
              }
            });
    hedge.second = threads.startAfter(slow, second);
    run.accept(hedge);
  }

  private synchronized boolean startsSecond() {
    if (ended) {
      return false;
    }
    running++;
    return true;
  }

  /** A value ends both loads; a failure does so only if the other load has failed, too. */
  @Override
  public void ended(@Nullable Loaded loaded, @Nullable GetException error) {
    synchronized (this) {
      running--;
      if (ended || (loaded == null && running > 0)) {
        return;
      }
      ended = true;
    }
    try {
      Future<?> pending = second;
      if (pending != null) {
        pending.cancel(false);
      }
    } finally {
      ending.ended(loaded, error);
    }
  }
}
