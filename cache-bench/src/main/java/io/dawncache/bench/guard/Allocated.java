package io.dawncache.bench.guard;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/** Counts the bytes that threads allocate, as the JVM counts them: exact under any load. */
final class Allocated {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Allocated() {}

  /** An operation to repeat many times. */
  @FunctionalInterface
  interface Step {
    void run(int turn) throws IOException;
  }

  /**
   * Returns how many bytes this thread allocates for a step, when it has been compiled.
   *
   * @param steps how often to do it to warm up, and again to count
   */
  static double bytesHere(int steps, Step step) throws IOException {
    run(steps, step);
    return bytesOf(new long[] {Thread.currentThread().getId()}, steps, step);
  }

  /**
   * Returns how many bytes the threads whose names begin with {@code names} allocate for a step of
   * this thread's, when it has been compiled.
   */
  static double bytesOfThreads(String names, int steps, Step step) throws IOException {
    run(steps, step);
    long[] threads =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith(names))
            .mapToLong(Thread::getId)
            .toArray();
    if (threads.length == 0) {
      throw new IOException("no thread " + names + " (expected: at least one)");
    }
    return bytesOf(threads, steps, step);
  }

  private static double bytesOf(long[] threads, int steps, Step step) throws IOException {
    long before = bytes(threads);
    run(steps, step);
    return (bytes(threads) - before) / (double) steps;
  }

  private static void run(int steps, Step step) throws IOException {
    for (int i = 0; i < steps; i++) {
      step.run(i);
    }
  }

  private static long bytes(long[] threads) {
    return Arrays.stream(THREADS.getThreadAllocatedBytes(threads)).sum();
  }
}
