package io.dawncache.bench.collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class PausesTest {
  @Test
  void linesOfJdk17AreRead() {
    Pauses pauses =
        Pauses.of(
            List.of(
                "[0.193s] Safepoint \"G1CollectForAllocation\", Time since last: 165090712 ns,"
                    + " Reaching safepoint: 3507 ns, Cleanup: 33458 ns, At safepoint: 4423231 ns,"
                    + " Total: 4460196 ns",
                "[0.411s] Safepoint \"ZRelocateStart\", Time since last: 832858 ns, Reaching"
                    + " safepoint: 2686 ns, Cleanup: 3795 ns, At safepoint: 76823 ns, Total: 83304"
                    + " ns"));

    assertEquals(new Pauses(2, 4_543_500, 4_460_196, 4_460_196), pauses);
  }

  @Test
  void linesOfJdk25AreRead() {
    Pauses pauses =
        Pauses.of(
            List.of(
                "[0.406s] Safepoint \"CleanClassLoaderDataMetaspaces\", Time since last: 1332933"
                    + " ns, Reaching safepoint: 94228 ns, At safepoint: 35851 ns, Leaving"
                    + " safepoint: 14022 ns, Total: 144101 ns, Threads: 1 runnable, 10 total",
                "[0.407s] Safepoint \"ZRelocateStartOld\", Time since last: 1593426 ns, Reaching"
                    + " safepoint: 109430 ns, At safepoint: 18366 ns, Leaving safepoint: 14040 ns,"
                    + " Total: 141836 ns, Threads: 1 runnable, 10 total"));

    assertEquals(new Pauses(2, 285_937, 144_101, 144_101), pauses);
  }

  @Test
  void otherLinesAreNoPauses() {
    assertEquals(
        new Pauses(0, 0, 0, 0),
        Pauses.of(List.of("", "[0.010s] Reaching safepoint: 100 ns", "[0.010s] Total: 100 ns")));
  }

  @Test
  void ofAHundredPausesTheLongestIsAboveThe99thPercentile() {
    List<String> log =
        LongStream.rangeClosed(1, 100)
            .mapToObj(nanos -> "[1.0s] Safepoint \"Any\", Total: " + nanos + " ns")
            .toList();

    assertEquals(new Pauses(100, 5050, 99, 100), Pauses.of(log));
  }
}
