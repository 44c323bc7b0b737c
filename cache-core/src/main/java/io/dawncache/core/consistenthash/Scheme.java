package io.dawncache.core.consistenthash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.Immutable;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * How a ring is made: how virtual nodes are named, how their names and the keys are hashed, and
 * which member holds a place that two members claim. Nodes agree about owners exactly when they
 * agree about the scheme, the number of virtual nodes and the members.
 *
 * @param name the scheme's name in messages
 * @param pointName names the virtual nodes
 * @param hash places names and keys on the ring
 * @param collision decides between two members at one place
 * @since 0.1.0
 */
@Immutable
@SuppressWarnings("exports") // Immutable is for compilers that know it
public record Scheme(String name, PointName pointName, HashFunction hash, Collision collision) {

  /** CRC-32 of the member followed by the number. */
  public static final Scheme DAWNCACHE =
      new Scheme(
          "dawncache",
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

  /** Rejects nulls. */
  public Scheme {
    requireNonNull(name, "name");
    requireNonNull(pointName, "pointName");
    requireNonNull(hash, "hash");
    requireNonNull(collision, "collision");
  }

  /** Returns the place of a member's virtual node. */
  long point(String member, int replica) {
    return hash.hash(pointName.bytes(member, replica));
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
