package io.dawncache.core;

import java.lang.reflect.Method;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes a node's threads: virtual threads from JDK 24 on, where {@code synchronized} no longer pins
 * them (<a href="https://openjdk.org/jeps/491">JEP 491</a>), daemon threads before.
 */
final class Threads {
  private static final int FIRST_JDK_WITHOUT_PINNING = 24;
  private static final int MAX_CALLBACK_THREADS = 64;
  private static final long KEEP_ALIVE_SECONDS = 30;

  private Threads() {}

  /** Returns an executor that starts a thread for every task; its users bound their number. */
  static ExecutorService perTask(String name) {
    return Runtime.version().feature() >= FIRST_JDK_WITHOUT_PINNING
        ? virtualPerTask(name)
        : new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            KEEP_ALIVE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            daemons(name));
  }

  /**
   * Returns an executor for users' callbacks. There may be many at once, so before JDK 24 they
   * share a pool. A callback there that waits for another callback's get may find the pool full of
   * waiting callbacks.
   */
  static ExecutorService callbacks(String name) {
    if (Runtime.version().feature() >= FIRST_JDK_WITHOUT_PINNING) {
      return virtualPerTask(name);
    }
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            MAX_CALLBACK_THREADS,
            MAX_CALLBACK_THREADS,
            KEEP_ALIVE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            daemons(name));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** Returns the one thread that runs time-outs; a cancelled time-out leaves nothing behind. */
  static ScheduledThreadPoolExecutor timer(String name) {
    ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, daemons(name));
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return timer;
  }

  /**
   * Makes threads that do not depend on the thread that first needs them: they do not inherit its
   * thread-locals, and they have the context class loader of the node's creator.
   */
  private static ThreadFactory daemons(String name) {
    AtomicLong count = new AtomicLong();
    return withPresentClassLoader(
        task -> {
          Thread thread = new Thread(null, task, name + "-" + count.incrementAndGet(), 0, false);
          thread.setDaemon(true);
          return thread;
        });
  }

  private static ThreadFactory withPresentClassLoader(ThreadFactory threads) {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    return task -> {
      Thread thread = threads.newThread(task);
      thread.setContextClassLoader(loader);
      return thread;
    };
  }

  /**
   * {@code Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(..)
   * .inheritInheritableThreadLocals(false).factory())}, also on JDK 17.
   */
  private static ExecutorService virtualPerTask(String name) {
    try {
      Class<?> builderType = Class.forName("java.lang.Thread$Builder");
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      builderType.getMethod("name", String.class, long.class).invoke(builder, name + "-", 1L);
      builderType.getMethod("inheritInheritableThreadLocals", boolean.class).invoke(builder, false);
      ThreadFactory factory =
          withPresentClassLoader((ThreadFactory) builderType.getMethod("factory").invoke(builder));
      Method perTask = Executors.class.getMethod("newThreadPerTaskExecutor", ThreadFactory.class);
      return (ExecutorService) perTask.invoke(null, factory);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("virtual threads on JDK " + Runtime.version(), e);
    }
  }
}
