package io.dawncache.bench.core.singleflight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SingleflightBenchmarkTest {
  private final SingleflightBenchmark benchmark = new SingleflightBenchmark();
  private final List<String> told = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void oneFlightTellsEveryCaller(int callers) {
    benchmark.callers = callers;
    assertTrue(benchmark.join(told::add), "it starts a flight");
    assertEquals(Collections.nCopies(callers, "value"), told);
    assertEquals(0, benchmark.flights.inFlight());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theBaselineTellsEveryCaller(int callers) {
    benchmark.callers = callers;
    assertTrue(benchmark.mapOfFutures(told::add), "it starts and ends a flight");
    assertEquals(Collections.nCopies(callers, "value"), told);
    assertTrue(benchmark.futures.isEmpty());
  }
}
