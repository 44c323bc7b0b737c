package io.dawncache.server;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The thread that changes the owners of keys by what this node receives from its peers: members
 * that cannot be asked, and the ring that all know. Every such change sweeps through this node's
 * memory, which no event loop should do. It never waits for anything else, as a discovery's thread
 * may. It ends when it is idle; after {@link #close} it ignores new tasks.
 */
final class OwnersThread implements Executor, AutoCloseable {
  private static final int IDLE_SECONDS = 10;

  private final ThreadPoolExecutor thread;

  OwnersThread() {
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread made = new Thread(task, "dawncache-owners");
              made.setDaemon(true);
              return made;
            });
    thread.allowCoreThreadTimeOut(true);
  }

  @Override
  public void execute(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException e) {
      // The server has stopped.
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
