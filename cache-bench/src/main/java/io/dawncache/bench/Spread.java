package io.dawncache.bench;

import java.util.Collection;
import java.util.Locale;

/**
 * One number per round, in order: on a machine whose speed drifts, the median says more than the
 * mean, and the extremes show how far to trust it.
 *
 * @param median the middle one, or the mean of the two in the middle
 * @param min the smallest
 * @param max the largest
 */
public record Spread(double median, double min, double max) {
  /** Returns the spread of {@code rounds}, of which there is at least one. */
  public static Spread of(Collection<Double> rounds) {
    double[] sorted = rounds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int last = sorted.length - 1;
    return new Spread((sorted[last / 2] + sorted[(last + 1) / 2]) / 2, sorted[0], sorted[last]);
  }

  /** Returns {@code 12.3 (9.8 to 22.0)}, with two decimals below ten. */
  @Override
  public String toString() {
    return number(median) + " (" + number(min) + " to " + number(max) + ")";
  }

  private static String number(double value) {
    String format = value < 10 ? "%.2f" : value < 1000 ? "%.1f" : "%,.0f";
    return String.format(Locale.ROOT, format, value);
  }
}
