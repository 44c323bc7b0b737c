package io.dawncache.bench.server;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Adds to a benchmark that drives servers the CPU time, user and system, that all of them together
 * used per operation: on a shared machine the steadiest figure.
 */
public final class ServerCpuProfiler implements InternalProfiler {
  private @Nullable Duration before;

  /** Used by JMH. */
  public ServerCpuProfiler() {}

  @Override
  public String getDescription() {
    return "CPU time of the servers that a benchmark drives";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    before = ServerProcess.cpuOfAll();
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    Duration after = ServerProcess.cpuOfAll();
    long operations = result.getMetadata().getAllOps(); // those outside the timed window cost too
    if (before == null || after == null || operations == 0) {
      return List.of();
    }
    double micros = after.minus(before).toNanos() / 1e3;
    return List.of(new ScalarResult("cpu", micros / operations, "us/op", AggregationPolicy.AVG));
  }
}
