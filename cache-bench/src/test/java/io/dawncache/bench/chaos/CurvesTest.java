package io.dawncache.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dawncache.bench.chaos.Slope.Point;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CurvesTest {
  private final Curves curves = new Curves();

  @Test
  void whatIsMeasuredIsKeptByNodeAndGauge() {
    curves.add(Gauge.THREADS, 1, 0, 40);
    curves.add(Gauge.THREADS, 2, 0, 41);
    curves.add(Gauge.DESCRIPTORS, 1, 0, 90);
    curves.add(Gauge.THREADS, 1, 10, 42);

    assertEquals(List.of(new Point(0, 40), new Point(10, 42)), curves.of(Gauge.THREADS, 1));
    assertEquals(List.of(), curves.of(Gauge.LIVE_HEAP, 1));
  }

  @Test
  void aMeanStandsForAStepAndWhatIsEarlierOrNoValueIsLeftOut() {
    for (int i = 0; i < 8; i++) {
      curves.add(Gauge.THREADS, 1, i * 10, i == 4 ? Double.NaN : i);
    }

    assertEquals(
        List.of(new Point(25, 2.5), new Point(50, 5), new Point(65, 6.5)),
        curves.means(Gauge.THREADS, 1, 20, 20));
  }
}
