package io.dawncache.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.bench.chaos.Slope.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SlopeTest {
  @Test
  void pointsOfALineHaveItsSlopeAndNoDoubt() {
    Slope slope = Slope.of(List.of(at(10, 7), at(20, 9), at(40, 13)), 0);

    assertEquals(0.2, slope.perSecond(), 1e-12);
    assertEquals(0, slope.uncertain(), 1e-9);
  }

  /** The slope is 0.6; its error is sqrt(0.8), as 2.4 are unexplained, and t(3) is 2.3534. */
  @Test
  void whatTheLineDoesNotExplainMakesTheSlopeUncertain() {
    Slope slope = Slope.of(List.of(at(1, 2), at(2, 4), at(3, 5), at(4, 4), at(5, 5)), 0);

    assertEquals(0.6, slope.perSecond(), 1e-12);
    assertEquals(2.353363 * Math.sqrt(0.08), slope.uncertain(), 1e-6);
  }

  @Test
  void aSlopeIsKnownNoBetterThanAStepOverTheTime() {
    Slope slope = Slope.of(List.of(at(0, 40), at(300, 40), at(600, 40)), 1);

    assertEquals(0, slope.perSecond());
    assertEquals(1 / 600.0, slope.uncertain(), 1e-12);
  }

  @Test
  void ofTwoPointsNothingIsKnown() {
    assertEquals(Double.POSITIVE_INFINITY, Slope.of(List.of(at(0, 1), at(1, 1)), 0).uncertain());
    assertEquals(Double.POSITIVE_INFINITY, Slope.of(List.of(), 0).uncertain());
  }

  @ParameterizedTest
  @CsvSource({
    "1, 6.3138",
    "2, 2.9200",
    "3, 2.3534",
    "4, 2.1318",
    "5, 2.0150",
    "6, 1.9432",
    "10, 1.8125",
    "20, 1.7247",
    "30, 1.6973",
    "48, 1.6772",
    "120, 1.6577",
    "1000000, 1.6449"
  })
  void quantilesAreThoseOfTheTables(int degrees, double quantile) {
    assertEquals(quantile, Slope.student(degrees), 1.5e-4);
  }

  /** Of 2,000 runs, 100 are expected, with a standard deviation of 10. */
  @Test
  void theTrueSlopeIsAboveTheBoundInOneRunOfTwenty() {
    Random random = new Random(1);
    int above = 0;
    for (int run = 0; run < 2000; run++) {
      List<Point> points = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        points.add(at(i, 0.5 * i + random.nextGaussian()));
      }
      Slope slope = Slope.of(points, 0);
      above += slope.perSecond() + slope.uncertain() < 0.5 ? 1 : 0;
    }
    assertTrue(above > 60 && above < 140, "above the bound: " + above);
  }

  private static Point at(double seconds, double value) {
    return new Point(seconds, value);
  }
}
