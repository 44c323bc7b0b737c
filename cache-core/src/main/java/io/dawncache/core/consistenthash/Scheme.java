package io.dawncache.core.consistenthash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.Immutable;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * How a ring is made: how virtual nodes are named, how their names and the keys are hashed, which
 * member holds a place that two members claim, and how shares are evened out. Nodes agree about
 * owners exactly when they agree about the scheme, the number of virtual nodes and the members.
 *
 * @param name the scheme's name in messages
 * @param pointName names the virtual nodes
 * @param hash places names and keys on the ring
 * @param collision decides between two members at one place
 * @param smoothing evens out the shares of the members
 * @since 0.1.0
 */
@Immutable
@SuppressWarnings("exports") // Immutable is for compilers that know it
public record Scheme(
    String name, PointName pointName, HashFunction hash, Collision collision, Smoothing smoothing) {

  /**
   * The one of Dawncache's first nodes, which every node knows: CRC-32 of the member followed by
   * the number.
   */
  public static final Scheme DAWNCACHE =
      new Scheme(
          "seed",
          (member, replica) -> (member + replica).getBytes(UTF_8),
          HashFunction.CRC32,
          Collision.LAST_ADDED);

  /** As in golang/groupcache: CRC-32 of the number followed by the member. */
  public static final Scheme GROUPCACHE =
      new Scheme(
          "groupcache",
          (member, replica) -> (replica + member).getBytes(UTF_8),
          HashFunction.CRC32,
          Collision.LAST_ADDED);

  /**
   * As in mailgun/groupcache: FNV-1 of the MD5, in lower-case hexadecimal, of the number followed
   * by the member. Its version 2 lists members as URLs, version 3 as {@code host:port}.
   */
  public static final Scheme MAILGUN =
      new Scheme(
          "mailgun",
          (member, replica) -> md5Hex(replica + member).getBytes(UTF_8),
          HashFunction.FNV1_64,
          Collision.LAST_ADDED);

  /**
   * Our own, for fleets without Go nodes: shares are even to some percent with 50 virtual nodes a
   * member, and no order of the list matters.
   */
  public static final Scheme NATIVE =
      new Scheme(
          "native",
          (member, replica) -> (member + '#' + replica).getBytes(UTF_8),
          HashFunction.XX64,
          Collision.SMALLEST_MEMBER,
          new Smoothing(8, 16));

  /** Rejects nulls. */
  public Scheme {
    requireNonNull(name, "name");
    requireNonNull(pointName, "pointName");
    requireNonNull(hash, "hash");
    requireNonNull(collision, "collision");
    requireNonNull(smoothing, "smoothing");
  }

  /**
   * Makes a scheme without smoothing.
   *
   * @param name the scheme's name in messages
   * @param pointName names the virtual nodes
   * @param hash places names and keys on the ring
   * @param collision decides between two members at one place
   */
  public Scheme(String name, PointName pointName, HashFunction hash, Collision collision) {
    this(name, pointName, hash, collision, Smoothing.NONE);
  }

  /** Returns the places of the first {@code count} points of a member. */
  long[] places(String member, int count) {
    var places = new long[count];
    long node = 0; // the place of the virtual node that the point belongs to
    for (int i = 0; i < count; i++) {
      int number = i % smoothing.points();
      if (number == 0) {
        node = hash.hash(pointName.bytes(member, i / smoothing.points()));
      }
      places[i] = smoothing.place(node, number);
    }
    return places;
  }

  @Override
  public String toString() {
    return name;
  }

  private static String md5Hex(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("MD5").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has MD5", e);
    }
  }

  /** Names virtual nodes. A pure function, safe from any thread. */
  @Immutable
  @FunctionalInterface
  public interface PointName {

    /**
     * {@return the bytes to hash for one virtual node}
     *
     * @param member the member, exactly as the list has it
     * @param replica the number of the virtual node, from 0
     */
    byte[] bytes(String member, int replica);
  }

  /**
   * Evens out the shares of the members. The share of a point is the gap before it, and gaps vary
   * much. So a virtual node has several points, and a point takes only some of the keys that come
   * to it, chosen by the hash of key and point; the others go on to the next point. A point then
   * draws its keys from many gaps.
   *
   * <p>With 50 virtual nodes a member the standard deviation of a share is about {@code 1 / sqrt(50
   * * points * (2 * takesOneIn - 1))} of the mean. A look-up passes {@code takesOneIn} points on
   * average.
   *
   * @param points the points of a virtual node, {@code >= 1}
   * @param takesOneIn a point takes one in this many keys, {@code >= 1}
   */
  @Immutable
  public record Smoothing(int points, int takesOneIn) {

    /** One point a virtual node, which takes every key: a plain ring. */
    public static final Smoothing NONE = new Smoothing(1, 1);

    /*
     * Of the 64 bits of a place the upper 16 are the number of its cell, the next 32 its mark, and
     * the last 16 only keep points apart. See SmoothedPoints for what that is good for.
     */
    static final int CELL_SHIFT = 48;
    private static final int MARK_SHIFT = 16;

    private static final long GOLDEN = 0x9E3779B97F4A7C15L; // 2^64 / the golden ratio, and odd
    private static final int GOLDEN_OF_INTS = 0x9E3779B1; // 2^32 / the golden ratio, and prime
    private static final long MULTIPLIER_1 = 0xBF58476D1CE4E5B9L;
    private static final long MULTIPLIER_2 = 0x94D049BB133111EBL;

    /** Rejects numbers less than 1. */
    public Smoothing {
      if (points < 1) {
        throw new IllegalArgumentException("points: " + points + " (expected: >= 1)");
      }
      if (takesOneIn < 1) {
        throw new IllegalArgumentException("takesOneIn: " + takesOneIn + " (expected: >= 1)");
      }
    }

    /**
     * Returns the place of a point of the virtual node at {@code node}: the node's own for the
     * first, then the numbers that the generator SplitMix64 makes of it.
     */
    long place(long node, int number) {
      if (number == 0) {
        return node;
      }
      long bits = node + number * GOLDEN;
      bits = (bits ^ bits >>> 30) * MULTIPLIER_1;
      bits = (bits ^ bits >>> 27) * MULTIPLIER_2;
      return bits ^ bits >>> 31;
    }

    /**
     * Returns where the way of {@code key} begins: its hash without the bits that nothing reads.
     */
    static long start(long key) {
      return key & -1L << MARK_SHIFT;
    }

    /** Returns what of {@code place} decides which keys its point takes, and which take a key. */
    static int mark(long place) {
      return (int) (place >>> MARK_SHIFT);
    }

    /** Returns whether the point at {@code place} takes the key at {@code key}. */
    boolean takes(long key, long place) {
      return takes(mark(key), mark(place));
    }

    /** Returns whether the point with {@code pointMark} takes the key with {@code keyMark}. */
    boolean takes(int keyMark, int pointMark) {
      int bits = (keyMark ^ pointMark) * GOLDEN_OF_INTS;
      return Integer.toUnsignedLong(bits) * takesOneIn < 1L << Integer.SIZE;
    }
  }

  /** Which member holds a place that two members claim. */
  public enum Collision {

    /** The member later in the list, as in the Go programs: the order of the list then matters. */
    LAST_ADDED {
      @Override
      String holder(String earlier, String later) {
        return later;
      }
    },

    /** The smaller member by {@link String#compareTo}, for any order of the list. */
    SMALLEST_MEMBER {
      @Override
      String holder(String earlier, String later) {
        return earlier.compareTo(later) <= 0 ? earlier : later;
      }
    };

    /** Returns which of two members, given in the order of the list, holds the place. */
    abstract String holder(String earlier, String later);
  }
}
