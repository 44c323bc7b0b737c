package io.dawncache.bench.hot;

/**
 * Where the gets of a simulated fleet were answered.
 *
 * @param gets all gets of all nodes
 * @param fetches for how many of them another node was asked
 * @param busiestFetches how many of these went to the owner with the most
 */
record Traffic(long gets, long fetches, long busiestFetches) {
  /** Returns how many of a hundred gets cross the network. */
  double fetchPercent() {
    return 100.0 * fetches / gets;
  }

  /** Returns how many of a hundred fetches go to the busiest owner. */
  double busiestPercent() {
    return 100.0 * busiestFetches / fetches;
  }

  /** Returns the ratio of these fetches to those of {@code other}. */
  double times(Traffic other) {
    return (double) fetches / other.fetches;
  }
}
