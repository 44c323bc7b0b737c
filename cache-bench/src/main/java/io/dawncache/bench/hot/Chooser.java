package io.dawncache.bench.hot;

/** The policies that choose which copies the nodes of a fleet keep. */
enum Chooser {
  /** No node keeps a copy. */
  NOBODY("nobody: there are none"),
  /** The dice of groupcache. */
  DICE("groupcache's dice"),
  /** The nodes themselves, by the rate that owners measure. */
  RATE("**Dawncache**, by rate"),
  /** Keeps the keys that are asked for most, but must renew copies as the shipped nodes do. */
  RENEWING_CLAIRVOYANT("*clairvoyant, renews them*"),
  /** Always holds the keys that are asked for most. */
  CLAIRVOYANT("*clairvoyant, always has them*");

  private final String title;

  Chooser(String title) {
    this.title = title;
  }

  /** Returns its name in a table. */
  String title() {
    return title;
  }
}
