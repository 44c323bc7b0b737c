package io.dawncache.bench.contest;

/**
 * How servers are asked.
 *
 * @param connections at one time
 * @param depth how many requests are written back to back on each before any answer is read
 * @param valueBytes how long the values are
 * @param cacheMib how much each server may keep
 * @param keys which
 */
record Load(int connections, int depth, int valueBytes, int cacheMib, Keys keys) {
  /** Which keys are asked for. */
  enum Keys {
    /** 10,000 that lie in memory, by Zipf's law. */
    HELD,
    /** As many, by the same law, that the second of two servers owns and has in memory. */
    OTHERS,
    /** One after the other, none twice. */
    FRESH
  }

  /** Returns how {@code player} is asked: whoever shows what hits cost, for nothing else. */
  Load of(Player player) {
    return player == Player.HITS
        ? new Load(connections, depth, valueBytes, cacheMib, Keys.HELD)
        : this;
  }
}
