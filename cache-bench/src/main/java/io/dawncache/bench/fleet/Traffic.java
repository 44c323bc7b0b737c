package io.dawncache.bench.fleet;

/**
 * What a phase of a simulated fleet has seen.
 *
 * @param gets all gets of all nodes
 * @param own gets of a key at its owner
 * @param copyHits gets that a hot copy answered
 * @param fetches gets that crossed the network to the owner
 * @param loads keys that their owner loaded from the origin
 * @param peeks keys that their owner took from the memory of the one before
 * @param busiest the gets that the busiest node answered as an owner, against the mean
 */
record Traffic(
    long gets, long own, long copyHits, long fetches, long loads, long peeks, double busiest) {

  /** Returns the part of the gets that crosses the network. */
  double crossing() {
    return (double) fetches / gets;
  }
}
