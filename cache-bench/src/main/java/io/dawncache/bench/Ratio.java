package io.dawncache.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A benchmark's score divided by its baseline's in the same round, over all rounds: what holds on a
 * machine whose speed drifts.
 *
 * @param baseline the method that it is divided by
 * @param median of the rounds
 * @param min of the rounds
 * @param max of the rounds
 */
record Ratio(String baseline, double median, double min, double max) {
  /** Returns {@code figure} divided by {@code baseline}, which has as many rounds. */
  static Ratio of(Figure figure, Figure baseline) {
    double[] ratios =
        IntStream.range(0, figure.rounds().size())
            .mapToDouble(i -> figure.rounds().get(i) / baseline.rounds().get(i))
            .sorted()
            .toArray();
    return new Ratio(baseline.methodName(), median(ratios), ratios[0], ratios[ratios.length - 1]);
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1
        ? sorted[middle]
        : Arrays.stream(sorted, middle - 1, middle + 1).average().orElseThrow();
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.2f (%.2f to %.2f) x %s", median, min, max, baseline);
  }
}
