package io.dawncache.core.consistenthash;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A ring drawn anew from the definition, point by point: slow, plain, and able to say shares. */
final class DrawnRing {
  private static final double CIRCLE = 0x1p64;

  private final Scheme scheme;
  private final TreeMap<Long, String> holders = new TreeMap<>();

  DrawnRing(Scheme scheme, int replicas, Iterable<Member> members) {
    this.scheme = scheme;
    for (Member member : members) {
      long points =
          Math.max(1, Math.round(member.weight() * replicas * scheme.smoothing().points()));
      for (long place : scheme.places(member.name(), (int) points)) {
        holders.merge(place, member.name(), (a, b) -> a.compareTo(b) <= 0 ? a : b);
      }
    }
  }

  static DrawnRing of(Scheme scheme, int replicas, List<String> members) {
    return new DrawnRing(
        scheme, replicas, members.stream().map(name -> new Member(name, 1)).toList());
  }

  /** Returns the owners of a key in order. */
  List<String> owners(String key) {
    long hash = scheme.hash().hash(key);
    long start = scheme.smoothing().takesOneIn() == 1 ? hash : hash & ~0xffffL;
    var clockwise = new LinkedHashMap<>(holders.tailMap(start, true));
    clockwise.putAll(holders.headMap(start, false));
    var owners = new ArrayList<String>();
    clockwise.forEach(
        (place, holder) -> {
          if (scheme.smoothing().takes(hash, place) && !owners.contains(holder)) {
            owners.add(holder);
          }
        });
    for (String holder : clockwise.values()) {
      if (!owners.contains(holder)) {
        owners.add(holder);
      }
    }
    return owners;
  }

  /**
   * Returns the part of all 2^64 hashes that each member owns. A gap is wide enough for the points
   * after it to take their parts of it to far more digits than a test asks for.
   */
  Map<String, Double> shares() {
    double taken = 1.0 / scheme.smoothing().takesOneIn();
    var shares = new TreeMap<String, Double>();
    double coming = 0; // the part that comes to the point, once the first lap has brought it along
    for (int lap = 0; lap < 2; lap++) {
      long before = holders.lastKey();
      for (Map.Entry<Long, String> point : holders.entrySet()) {
        long gap = point.getKey() - before;
        before = point.getKey();
        coming += (gap >= 0 ? gap : gap + CIRCLE) / CIRCLE;
        if (lap == 1) {
          shares.merge(point.getValue(), coming * taken, Double::sum);
        }
        coming *= 1 - taken;
      }
    }
    return shares;
  }
}
