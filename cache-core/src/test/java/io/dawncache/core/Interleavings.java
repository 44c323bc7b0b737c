package io.dawncache.core;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jetbrains.lincheck.Lincheck;

/**
 * Runs tasks of a few threads in many orders of their steps: a model checker decides at every read
 * and write of shared memory which thread goes on. The orders are the same in every run.
 */
public final class Interleavings {
  private Interleavings() {}

  /**
   * Runs a scenario once for each order.
   *
   * @param orders how many orders are tried
   * @param scenario starts from nothing each time, and throws if something is wrong
   */
  public static void check(int orders, Runnable scenario) {
    Lincheck.runConcurrentTest(orders, scenario);
  }

  /** Runs each task in a thread of its own, and returns when all have ended. */
  public static void atOnce(Runnable... tasks) {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (Runnable task : tasks) {
      threads.add(
          new Thread(
              () -> {
                try {
                  task.run();
                } catch (Throwable t) {
                  failure.set(t);
                }
              }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
  }
}
