package io.dawncache.bench.chaos;

/**
 * Keys that nobody has asked for yet, by the node that owns them. Whoever loads one when it is
 * asked for acts as its owner, so they show who owns what at a moment.
 */
final class FreshKeys {
  private final String prefix;
  private final Owners owners;
  private int next;

  /** Makes keys that begin with {@code prefix}. */
  FreshKeys(String prefix, Owners owners) {
    this.prefix = prefix;
    this.owners = owners;
  }

  /** Returns another key of this node. */
  String of(ChaosNode node) {
    while (true) {
      String key = prefix + next++;
      if (owners.ownedBy(node).test(key)) {
        return key;
      }
    }
  }
}
