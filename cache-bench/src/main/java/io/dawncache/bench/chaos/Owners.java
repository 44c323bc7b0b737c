package io.dawncache.bench.chaos;

import io.dawncache.core.Membership;
import io.dawncache.core.consistenthash.Ring;
import io.dawncache.core.consistenthash.Scheme;
import java.io.IOException;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/** Which node owns which key, by the ring that the nodes were seen to use. Immutable. */
final class Owners {
  private static final List<Scheme> SCHEMES = List.of(Scheme.NATIVE, Scheme.DAWNCACHE);
  private static final double ENOUGH = 0.95;

  private final Ring ring;

  private Owners(Ring ring) {
    this.ring = ring;
  }

  /**
   * Finds the ring by what an undisturbed fleet has loaded: an owner loads its keys itself.
   *
   * @param members their URLs, in the order of the list and of their numbers
   * @throws IOException if no ring explains it
   */
  static Owners learned(List<String> members, Collection<Loads.Load> loads) throws IOException {
    double best = 0;
    for (Scheme scheme : SCHEMES) {
      Owners owners = new Owners(Ring.of(scheme, Membership.REPLICAS, members));
      long explained =
          loads.stream()
              .filter(load -> members.get(load.node() - 1).equals(owners.of(load.key())))
              .count();
      double share = (double) explained / Math.max(1, loads.size());
      if (share >= ENOUGH) {
        return owners;
      }
      best = Math.max(best, share);
    }
    throw new IOException(
        "no known ring explains who loads which key; the best one explains "
            + Math.round(best * 100)
            + " % (expected: one of "
            + SCHEMES
            + ")");
  }

  /** Returns the same ring of other members. */
  Owners with(List<String> members) {
    return new Owners(Ring.of(ring.scheme(), ring.replicas(), members));
  }

  Scheme scheme() {
    return ring.scheme();
  }

  /** Returns the URL of a key's owner. */
  String of(String key) {
    return String.valueOf(ring.owner(key));
  }

  /** Returns whether a node owns a key, for each key. */
  Predicate<String> ownedBy(ChaosNode node) {
    return key -> of(key).equals(node.url());
  }

  /** Returns the first of these members that a walk along the ring meets. */
  String firstOf(List<String> urls, String key) {
    for (Iterator<String> walk = ring.owners(key); walk.hasNext(); ) {
      String owner = walk.next();
      if (urls.contains(owner)) {
        return owner;
      }
    }
    throw new IllegalArgumentException(urls + ": none owns a key (expected: members)");
  }
}
