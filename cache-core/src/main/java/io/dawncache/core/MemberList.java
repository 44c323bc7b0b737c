package io.dawncache.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The member list that one process holds.
 *
 * @param self the process's own URL, as in the lists
 * @param instance a random number chosen at the process's start: two processes with one URL differ
 * @param members every member's URL in any order; only {@code self} for a node that stands alone
 * @param rings what the process reports about rings
 * @param zone in which the process runs; null if it has not reported one
 * @param semantics of the process's groups; null if it has not reported them
 * @param fingerprint of the members and the ring in force, independent of the members' order: the
 *     first eight bytes, big-endian, of the SHA-256 of the distinct URLs sorted by their chars,
 *     each followed by a newline; and, if another ring is in force than the one that every node
 *     knows, then of the word "ring", a space, its name and a newline
 * @since 0.1.0
 */
public record MemberList(
    String self,
    long instance,
    List<String> members,
    Rings rings,
    @Nullable String zone,
    @Nullable GroupSemantics semantics,
    long fingerprint) {
  /** Rejects nulls, but for the zone and the semantics. */
  public MemberList {
    Objects.requireNonNull(self, "self");
    Objects.requireNonNull(rings, "rings");
    members = List.copyOf(members);
  }

  /**
   * {@return the list of a process that knows only the ring that every node knows; without members,
   * it stands alone}
   *
   * @param self this node's own URL
   * @param instance a number of this process
   * @param members the URLs of all members
   */
  public static MemberList of(String self, long instance, List<String> members) {
    return of(self, instance, members, Rings.NONE);
  }

  /**
   * {@return the list of a process; without members, it stands alone}
   *
   * @param self this node's own URL
   * @param instance a number of this process
   * @param members the URLs of all members
   * @param rings what the process reports about rings
   */
  public static MemberList of(String self, long instance, List<String> members, Rings rings) {
    List<String> all = members.isEmpty() ? List.of(self) : members;
    return new MemberList(
        self, instance, all, rings, null, null, fingerprintOf(all, rings.inForce()));
  }

  /**
   * {@return the same list of a process that runs in a zone}
   *
   * @param zone the zone; null for none
   */
  public MemberList inZone(@Nullable String zone) {
    return new MemberList(self, instance, members, rings, zone, semantics, fingerprint);
  }

  /**
   * {@return the same list of a process whose groups have these semantics}
   *
   * @param groups their semantics; null if they are not reported
   */
  public MemberList withSemantics(@Nullable GroupSemantics groups) {
    return new MemberList(self, instance, members, rings, zone, groups, fingerprint);
  }

  private static long fingerprintOf(List<String> members, String ring) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      for (String url : new TreeSet<>(members)) {
        sha256.update(url.getBytes(UTF_8));
        sha256.update((byte) '\n');
      }
      if (!ring.isEmpty()) {
        sha256.update(("ring " + ring + '\n').getBytes(UTF_8));
      }
      return ByteBuffer.wrap(sha256.digest()).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 (expected: in every JDK)", e);
    }
  }
}
