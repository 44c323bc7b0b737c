package io.dawncache.core.consistenthash;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * An immutable consistent-hash ring: every member has a number of points on a circle of longs, and
 * a key belongs to the member at the first point at or clockwise after its hash that takes it. On a
 * plain ring a point takes every key; {@link Scheme.Smoothing} makes the members' shares more even.
 * A member that leaves gives up its own keys and moves no others; one that joins takes keys and
 * moves none between others. A look-up takes constant time if the hash spreads points evenly.
 *
 * <p>Safe from any thread. To change the members, make another ring.
 *
 * @see <a href="https://doi.org/10.1145/258533.258660">Karger et al. 1997</a>
 * @since 0.1.0
 */
public final class Ring {
  /*
   * Whether a point takes a key depends on the two alone. So a key has one order of all points:
   * those that take it, clockwise from its start, then the others, clockwise too. Its owners are the
   * members in that order. To add or to remove a member inserts or removes points in each key's
   * order and changes nothing between others: that is why no other keys move, and why the second
   * owner is the one that owns the key when the first is gone.
   *
   * A key that no point takes, as can happen where there are few, belongs to the first point after
   * its start. NativeRingTest measures the shares.
   */
  private static final int UNHELD = -1;

  /** The places that a member, by its index, would hold if no other claimed them. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Claims(int member, long[] places) {}

  private final Scheme scheme;
  private final int replicas;
  private final List<String> members; // distinct, in their original order

  // Point i is the one with the i-th smallest place; it belongs to members.get(holders[i]).
  private final PointIndex points;
  private final int[] holders;
  private final int owners; // how many members hold at least one point
  private final @Nullable SmoothedPoints smoothed; // null if each point takes each key

  /**
   * Makes the ring of members that have equal weights. O(points * log points), where points are
   * {@code members * replicas * scheme.smoothing().points()}.
   *
   * @param scheme how points are named and hashed, how collisions are settled, and how shares are
   *     evened out
   * @param replicas the virtual nodes of each member, {@code >= 1}
   * @param members the members; an empty list makes an empty ring; a repeated name is the same
   *     member, and a scheme that depends on order counts it as added there again. The order
   *     matters only under {@link Scheme.Collision#LAST_ADDED}, and there only where two points
   *     collide
   * @return the ring
   * @throws IllegalArgumentException if {@code replicas} is less than 1 or a member is empty
   * @throws NullPointerException if a member is null
   */
  public static Ring of(Scheme scheme, int replicas, List<String> members) {
    for (int i = 0; i < members.size(); i++) {
      requireMember(members.get(i), i);
    }
    return weighted(scheme, replicas, members.stream().map(name -> new Member(name, 1)).toList());
  }

  /**
   * Makes the ring of members that have weights. A member's number of points is in proportion to
   * its weight, and so is its share of the keys; a change of its weight moves only keys that it
   * takes or gives up.
   *
   * @param scheme as in {@link #of}
   * @param replicas the virtual nodes of a member of weight 1, {@code >= 1}
   * @param members as in {@link #of}
   * @return the ring
   * @throws IllegalArgumentException if {@code replicas} is less than 1, or a member has two
   *     weights
   */
  public static Ring weighted(Scheme scheme, int replicas, List<Member> members) {
    requireNonNull(scheme, "scheme");
    if (replicas < 1) {
      throw new IllegalArgumentException("replicas: " + replicas + " (expected: >= 1)");
    }
    var pointsByName = new LinkedHashMap<String, Integer>();
    for (Member member : members) {
      double nodes = member.weight() * replicas;
      int points = Math.toIntExact(Math.max(1, Math.round(nodes * scheme.smoothing().points())));
      Integer before = pointsByName.put(member.name(), points);
      if (before != null && before != points) {
        throw new IllegalArgumentException(
            "members: two weights of " + member.name() + " (expected: one)");
      }
    }
    return new Ring(scheme, replicas, pointsByName, members.stream().map(Member::name).toList());
  }

  private Ring(
      Scheme scheme, int replicas, Map<String, Integer> pointsByName, List<String> listed) {
    this.scheme = scheme;
    this.replicas = replicas;
    this.members = List.copyOf(pointsByName.keySet());

    var claimsByName = new HashMap<String, Claims>();
    pointsByName.forEach(
        (name, count) ->
            claimsByName.put(name, new Claims(claimsByName.size(), scheme.places(name, count))));
    this.points = PointIndex.of(claimedPlaces(claimsByName.values()));
    this.holders = new int[points.size()];
    Arrays.fill(holders, UNHELD);
    for (String name : listed) {
      Claims claims = requireNonNull(claimsByName.get(name));
      for (long place : claims.places) {
        int point = points.firstAtOrAfter(place);
        if (holders[point] == UNHELD
            || name.equals(scheme.collision().holder(members.get(holders[point]), name))) {
          holders[point] = claims.member;
        }
      }
    }
    this.smoothed =
        scheme.smoothing().takesOneIn() == 1
            ? null
            : new SmoothedPoints(scheme.smoothing(), points, holders);
    this.owners = (int) Arrays.stream(holders).distinct().count();
  }

  /** Returns every place that is claimed once, ascending. */
  private static long[] claimedPlaces(Collection<Claims> all) {
    var places = new long[all.stream().mapToInt(claims -> claims.places.length).sum()];
    int end = 0;
    for (Claims claims : all) {
      System.arraycopy(claims.places, 0, places, end, claims.places.length);
      end += claims.places.length;
    }
    Arrays.sort(places);
    int distinct = 0;
    for (long place : places) {
      if (distinct == 0 || place != places[distinct - 1]) {
        places[distinct++] = place;
      }
    }
    return distinct == places.length ? places : Arrays.copyOf(places, distinct);
  }

  /**
   * {@return the member that owns {@code key}, or null if the ring is empty}
   *
   * @param key any string, hashed as its UTF-8 bytes (a lone surrogate as {@code ?})
   */
  public @Nullable String owner(String key) {
    return holders.length == 0 ? null : ownerAt(scheme.hash().hash(key));
  }

  /**
   * Returns the member that owns the key of these bytes, or null if the ring is empty.
   *
   * @param key any bytes, because keys of Go nodes need not be text
   */
  @Nullable String owner(byte[] key) {
    return holders.length == 0 ? null : ownerAt(scheme.hash().hash(key));
  }

  /**
   * {@return the owner of {@code key}, then its owner without the first one, and so on} The first
   * is {@link #owner(String)}, and each member appears once. (A member that lost all its points in
   * collisions owns nothing and does not appear.)
   *
   * <p>The walk is lazy: the first owner costs one look-up, and each further one costs the points
   * passed. The iterator cannot remove and belongs to one thread.
   *
   * @param key any string, hashed as its UTF-8 bytes
   */
  public Iterator<String> owners(String key) {
    return new Walk(scheme.hash().hash(key));
  }

  /** {@return the distinct members in the order of their first appearance; unmodifiable} */
  public List<String> members() {
    return members;
  }

  /** {@return the number of virtual nodes of each member} */
  public int replicas() {
    return replicas;
  }

  /** {@return the ring's scheme} */
  public Scheme scheme() {
    return scheme;
  }

  @Override
  public String toString() {
    return "Ring[" + scheme + ", " + replicas + " replicas of " + members + "]";
  }

  /** Returns the owner of the key at {@code key}; the ring must not be empty. */
  private String ownerAt(long key) {
    int taker = smoothed == null ? UNHELD : smoothed.holder(key);
    return members.get(taker == UNHELD ? holders[firstPoint(key)] : taker);
  }

  /**
   * Returns the point at or clockwise after the start of {@code key}, or 0 if the ring is empty.
   */
  private int firstPoint(long key) {
    int point = points.firstAtOrAfter(smoothed == null ? key : Scheme.Smoothing.start(key));
    return point < holders.length ? point : 0; // after the last point comes the first
  }

  private int after(int point) {
    return point + 1 < holders.length ? point + 1 : 0;
  }

  private boolean takes(int point, long key) {
    return smoothed == null || scheme.smoothing().takes(key, points.place(point));
  }

  private static void requireMember(@Nullable String member, int index) {
    if (member == null) {
      throw new NullPointerException("members[" + index + "]: null (expected: a name)");
    }
    if (member.isEmpty()) {
      throw new IllegalArgumentException("members[" + index + "]: \"\" (expected: not empty)");
    }
  }

  /** One walk round the circle that returns every owner once. */
  private final class Walk implements Iterator<String> {
    private final long key;
    private @Nullable BitSet met; // from the second owner on: most walks end at the first
    private int point;
    private int passed; // how many points; from the second lap on each takes the key
    private int left = owners;

    Walk(long key) {
      this.key = key;
      this.point = firstPoint(key);
    }

    @Override
    public boolean hasNext() {
      return left > 0;
    }

    @Override
    public String next() {
      if (left == 0) {
        throw new NoSuchElementException("all owners were met");
      }
      if (left < owners) {
        met().set(holders[point]);
      }
      while (!isNext()) {
        point = after(point);
        passed++;
      }
      left--;
      return members.get(holders[point]);
    }

    private BitSet met() {
      BitSet met = this.met == null ? new BitSet() : this.met;
      this.met = met;
      return met;
    }

    private boolean isNext() {
      boolean taken = passed >= holders.length || takes(point, key);
      return taken && (met == null || !met.get(holders[point]));
    }
  }
}
