package io.dawncache.bench.hot;

/** Who chooses which copies the nodes of a fleet keep. */
enum Chooser {
  /** No node keeps any. */
  NOBODY("nobody: there are none"),
  /** The dice of groupcache. */
  DICE("groupcache's dice"),
  /** The nodes themselves, by the rate that owners measure. */
  RATE("**Dawncache**, by rate"),
  /** Who keeps the keys that are asked for most, but must renew copies as the shipped ones do. */
  RENEWING_CLAIRVOYANT("*clairvoyant, renews them*"),
  /** Who always holds the keys that are asked for most. */
  CLAIRVOYANT("*clairvoyant, always has them*");

  private final String title;

  Chooser(String title) {
    this.title = title;
  }

  /** Returns how it is called in a table. */
  String title() {
    return title;
  }
}
