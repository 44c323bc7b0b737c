package io.dawncache.bench;

import java.util.stream.IntStream;

/**
 * A benchmark's score divided by its baseline's in the same round: it stays meaningful while the
 * speed of the machine drifts.
 *
 * @param baseline the method that it is divided by
 * @param ofRounds the ratios of all rounds
 */
record Ratio(String baseline, Spread ofRounds) {
  /** Returns {@code figure} divided by {@code baseline}, which has as many rounds. */
  static Ratio of(Figure figure, Figure baseline) {
    return new Ratio(
        baseline.methodName(),
        Spread.of(
            IntStream.range(0, figure.rounds().size())
                .mapToObj(i -> figure.rounds().get(i) / baseline.rounds().get(i))
                .toList()));
  }

  @Override
  public String toString() {
    return ofRounds + " x " + baseline;
  }
}
