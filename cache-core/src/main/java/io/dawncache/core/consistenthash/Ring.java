package io.dawncache.core.consistenthash;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An immutable consistent-hash ring: every member has a number of points on a circle of longs, and
 * a key belongs to the member at the first point at or clockwise after its hash. A member that
 * leaves gives up its own keys and moves no others. A look-up takes constant time if the hash
 * spreads points evenly, and never more than O(log points).
 *
 * <p>Safe from any thread. To change the members, make another ring.
 *
 * @see <a href="https://doi.org/10.1145/258533.258660">Karger et al. 1997</a>
 * @since 0.1.0
 */
public final class Ring {
  private final Scheme scheme;
  private final int replicas;
  private final List<String> members; // distinct, in their original order

  // Point i is the one with the i-th smallest place; it belongs to members.get(holders[i]).
  private final PointIndex points;
  private final int[] holders;
  private final int owners; // how many members hold at least one point

  /**
   * Makes the ring. O(points * log points), where points are {@code members * replicas}.
   *
   * @param scheme how points are named and hashed, and how collisions are settled
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
    requireNonNull(scheme, "scheme");
    if (replicas < 1) {
      throw new IllegalArgumentException("replicas: " + replicas + " (expected: >= 1)");
    }
    for (int i = 0; i < members.size(); i++) {
      requireMember(members.get(i), i);
    }
    return new Ring(scheme, replicas, members);
  }

  private Ring(Scheme scheme, int replicas, List<String> listed) {
    this.scheme = scheme;
    this.replicas = replicas;
    this.members = List.copyOf(new LinkedHashSet<>(listed));

    var holderByPlace = new TreeMap<Long, String>();
    for (String member : listed) {
      for (int replica = 0; replica < replicas; replica++) {
        holderByPlace.merge(scheme.point(member, replica), member, scheme.collision()::holder);
      }
    }

    var indexByMember = new TreeMap<String, Integer>();
    for (String member : members) {
      indexByMember.put(member, indexByMember.size());
    }
    this.points =
        PointIndex.of(holderByPlace.keySet().stream().mapToLong(Long::longValue).toArray());
    this.holders = holderByPlace.values().stream().mapToInt(indexByMember::get).toArray();
    this.owners = (int) Arrays.stream(holders).distinct().count();
  }

  /**
   * {@return the member that owns {@code key}, or null if the ring is empty}
   *
   * @param key any string, hashed as its UTF-8 bytes (a lone surrogate as {@code ?})
   */
  public @Nullable String owner(String key) {
    return holders.length == 0 ? null : holderAt(scheme.hash().hash(key));
  }

  /**
   * Returns the member that owns the key of these bytes, or null if the ring is empty.
   *
   * @param key any bytes, for Go keys need not be text
   */
  @Nullable String owner(byte[] key) {
    return holders.length == 0 ? null : holderAt(scheme.hash().hash(key));
  }

  /**
   * {@return the owner of {@code key}, then its owner without the first one, and so on clockwise}
   * The first is {@link #owner(String)}, and each member appears once. (A member that lost all its
   * points in collisions owns nothing and does not appear.)
   *
   * <p>The walk is lazy: the first owner costs one look-up, and each further one costs the points
   * passed. The iterator cannot remove and belongs to one thread.
   *
   * @param key any string, hashed as its UTF-8 bytes
   */
  public Iterator<String> owners(String key) {
    int start = holders.length == 0 ? 0 : firstPoint(scheme.hash().hash(key));
    return new Walk(start);
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

  /**
   * Returns the holder of the point at or clockwise after {@code place}; the ring must not be
   * empty.
   */
  private String holderAt(long place) {
    return members.get(holders[firstPoint(place)]);
  }

  /** Returns the point at or clockwise after {@code place}; the ring must not be empty. */
  private int firstPoint(long place) {
    int point = points.firstAtOrAfter(place);
    return point < holders.length ? point : 0; // after the last point comes the first
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
    private @Nullable BitSet met; // from the second owner on: most walks end at the first
    private int point;
    private int left = owners;

    Walk(int start) {
      this.point = start;
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
        goOn();
      }
      left--;
      return members.get(holders[point]);
    }

    private void goOn() {
      BitSet met = this.met == null ? new BitSet() : this.met;
      this.met = met;
      met.set(holders[point]);
      while (met.get(holders[point])) {
        point = point + 1 < holders.length ? point + 1 : 0;
      }
    }
  }
}
