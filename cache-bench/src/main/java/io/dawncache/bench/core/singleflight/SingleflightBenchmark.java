package io.dawncache.bench.core.singleflight;

import io.dawncache.core.singleflight.Singleflight;
import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * One flight from its start to its end on one thread, without contention: the first caller starts
 * it, the others join while it is in flight, it ends with a value, and all are notified.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Thread)
public class SingleflightBenchmark {
  private static final String KEY = "key";
  private static final String VALUE = "value";

  @Param({"1", "2"})
  int callers;

  final Singleflight<String, String> flights = new Singleflight<>();
  final ConcurrentMap<String, CompletableFuture<String>> futures = new ConcurrentHashMap<>();

  @Benchmark
  public boolean join(Blackhole told) {
    return join(told::consume);
  }

  @Benchmark
  public boolean baselineMapOfFutures(Blackhole told) {
    return mapOfFutures(told::consume);
  }

  /** Returns whether this call started a flight. */
  boolean join(Consumer<? super String> told) {
    Waiter<String> waiter = (value, error) -> told.accept(value);
    return flights.join(
        KEY,
        (key, flight) -> {
          for (int i = 1; i < callers; i++) {
            flights.join(key, SingleflightBenchmark::neverStarted, waiter);
          }
          flight.ended(VALUE, null);
        },
        waiter);
  }

  /** Returns whether this call started and ended a flight. */
  boolean mapOfFutures(Consumer<? super String> told) {
    boolean first = joinFuture(told);
    for (int i = 1; i < callers; i++) {
      joinFuture(told);
    }
    CompletableFuture<String> flight = futures.remove(KEY);
    return first && flight != null && flight.complete(VALUE);
  }

  private boolean joinFuture(Consumer<? super String> told) {
    CompletableFuture<String> started = new CompletableFuture<>();
    CompletableFuture<String> flight = futures.putIfAbsent(KEY, started);
    var unused = (flight == null ? started : flight).thenAccept(told);
    return flight == null;
  }

  private static void neverStarted(String key, Waiter<String> flight) {
    throw new AssertionError("a second flight for " + key);
  }
}
