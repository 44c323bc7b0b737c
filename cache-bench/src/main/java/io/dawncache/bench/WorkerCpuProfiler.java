package io.dawncache.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Adds to a benchmark the CPU time, user and system, that its own threads used per operation: if
 * other programs use the same cores, this separates work from waiting for a core. The JVM's threads
 * and time asleep on a lock do not count.
 */
public final class WorkerCpuProfiler implements InternalProfiler {
  private static final String WORKER = "-jmh-worker-"; // in the names that JMH gives its threads

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private long beforeNanos;

  /** Used by JMH. */
  public WorkerCpuProfiler() {}

  @Override
  public String getDescription() {
    return "CPU time of the threads that run a benchmark";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    beforeNanos = workersNanos();
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    long usedNanos = workersNanos() - beforeNanos;
    long operations = result.getMetadata().getAllOps(); // those outside the timed window cost too
    if (usedNanos <= 0 || operations == 0) {
      return List.of();
    }
    return List.of(
        new ScalarResult("cpu", (double) usedNanos / operations, "ns/op", AggregationPolicy.AVG));
  }

  private long workersNanos() {
    long sum = 0;
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null && thread.getThreadName().contains(WORKER)) {
        sum += Math.max(0, threads.getThreadCpuTime(thread.getThreadId())); // -1 if it has ended
      }
    }
    return sum;
  }
}
