package io.dawncache.bench.contest;

/**
 * The load on the servers.
 *
 * @param connections how many are open at a time
 * @param depth how many requests are written on each before any answer is read
 * @param valueBytes how long the values are
 * @param cacheMib how many MiB each server may keep
 * @param keys which keys are asked for
 */
record Load(int connections, int depth, int valueBytes, int cacheMib, Keys keys) {
  /** Which keys are asked for. */
  enum Keys {
    /** 10,000 keys in memory, by Zipf's law. */
    HELD,
    /** As many by the same law; the second of two servers owns them and has them in memory. */
    OTHERS,
    /** New keys, none twice. */
    FRESH
  }

  /**
   * Returns the load for {@code player}: a player that shows the cost of hits receives only hits.
   */
  Load of(Player player) {
    return player == Player.HITS
        ? new Load(connections, depth, valueBytes, cacheMib, Keys.HELD)
        : this;
  }
}
