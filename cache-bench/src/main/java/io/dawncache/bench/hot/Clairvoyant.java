package io.dawncache.bench.hot;

import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * Knows how often each key is asked for, and lets every node keep the most asked-for keys of other
 * nodes, as many as it has room for.
 */
final class Clairvoyant implements Copies {
  /** A TTL that does not end: copies are present from the start and for ever. */
  static final long FOR_EVER = Long.MAX_VALUE;

  private final LongSupplier nanoTime;
  private final long ttlNanos;

  /**
   * When each node's copy of each of the fleet's first keys ends, whether it owns the key or not.
   */
  private final long[][] endNanos;

  /**
   * Chooses for all nodes.
   *
   * @param owners the owner of each key, the most asked-for key first
   * @param copies how many copies a node has room for
   * @param ttlNanos how long a copy lasts until it must be fetched again, or {@link #FOR_EVER}
   */
  Clairvoyant(int[] owners, int nodes, int copies, long ttlNanos, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.ttlNanos = ttlNanos;
    this.endNanos = new long[nodes][];
    for (int node = 0; node < nodes; node++) {
      endNanos[node] = new long[keysUntilFull(owners, node, copies)];
      Arrays.fill(endNanos[node], ttlNanos == FOR_EVER ? FOR_EVER : 0);
    }
  }

  private static int keysUntilFull(int[] owners, int node, int copies) {
    int kept = 0;
    int key = 0;
    for (; key < owners.length && kept < copies; key++) {
      kept += owners[key] == node ? 0 : 1;
    }
    return key;
  }

  @Override
  public boolean answer(int node, int key) {
    return key < endNanos[node].length && nanoTime.getAsLong() < endNanos[node][key];
  }

  @Override
  public void fetched(int node, int key, int owner) {
    if (key < endNanos[node].length) {
      endNanos[node][key] = nanoTime.getAsLong() + ttlNanos;
    }
  }
}
