package io.dawncache.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.bench.chaos.Finding.Verdict;
import io.dawncache.bench.chaos.Slope.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

final class GaugeTest {
  private static final double MIB = 1 << 20;

  @Test
  void aCurveThatIsFlatForAnHourIsMet() {
    Finding flat = Gauge.LIVE_HEAP.flat(1, minutes(50, i -> (20 + i % 2 * 0.1) * MIB));

    assertEquals(Verdict.MET, flat.verdict(), flat::toString);
    assertEquals("node 1: slope of the live heap", flat.what());
    assertEquals("upper bound (95 %) < 1.01 MB an hour, 1 % of 101 MB", flat.bar());
    assertTrue(flat.reached().endsWith("; mean 21.0 MB of 50 points"), flat::toString);
  }

  @Test
  void aCurveThatGrowsByMoreThanItMayIsMissedHoweverShortItIs() {
    IntToDoubleFunction twoMebibytesAnHour = i -> (20 + i * 2.0 / 60) * MIB;

    assertEquals(
        Verdict.MISSED, Gauge.LIVE_HEAP.flat(1, minutes(50, twoMebibytesAnHour)).verdict());
    assertEquals(Verdict.MISSED, Gauge.LIVE_HEAP.flat(1, minutes(5, twoMebibytesAnHour)).verdict());
  }

  @Test
  void aCurveThatIsNotKnownWellEnoughIsNeverMet() {
    IntToDoubleFunction noisy = i -> (20 + i % 3) * MIB;

    assertEquals(Verdict.TOO_SHORT, Gauge.LIVE_HEAP.flat(1, minutes(10, noisy)).verdict());
    assertEquals(Verdict.TOO_SHORT, Gauge.THREADS.flat(1, minutes(10, i -> 40)).verdict());
    assertEquals(Verdict.TOO_SHORT, Gauge.THREADS.flat(1, List.of()).verdict());
    assertEquals(Verdict.MET, Gauge.THREADS.flat(1, minutes(50, i -> 40)).verdict());
  }

  @Test
  void aBoundAboveTheBarIsMissedIfTheSlopeIsKnownWellEnough() {
    IntToDoubleFunction nearly = i -> (20 + i * 0.95 / 60 + i % 2 * 0.2) * MIB;

    Finding finding = Gauge.LIVE_HEAP.flat(1, minutes(50, nearly));

    assertEquals(Verdict.MISSED, finding.verdict(), finding::toString);
  }

  @Test
  void numbersAndBytesAreShownAsSuch() {
    assertEquals("-2.5", Gauge.THREADS.shown(-2.5));
    assertEquals("-1.05 MB", Gauge.LIVE_HEAP.shown(-MIB));
  }

  private static List<Point> minutes(int count, IntToDoubleFunction value) {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      points.add(new Point(i * 60.0, value.applyAsDouble(i)));
    }
    return points;
  }
}
