package io.dawncache.bench.chaos;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What all rows of a run have in common; the command line has checked it.
 *
 * @param shortForm whether rows take three nodes in place of five
 * @param rate requests a second over all nodes
 * @param keys how many keys there are
 * @param skew of Zipf's law, by which they are drawn
 * @param warmUp how long the load runs before anything is measured
 * @param undisturbed how long it is measured before the disturbance
 * @param after how long it is measured from the disturbance on
 * @param folder where member lists and logs are kept
 */
record Plan(
    boolean shortForm,
    double rate,
    int keys,
    double skew,
    Duration warmUp,
    Duration undisturbed,
    Duration after,
    Path folder) {
  /** Returns how many nodes a row has that asks for five. */
  int nodes() {
    return shortForm ? 3 : 5;
  }
}
