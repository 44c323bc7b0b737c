package io.dawncache.core.consistenthash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RingTest {
  private static final List<Scheme> DIALECTS =
      List.of(Scheme.DAWNCACHE, Scheme.GROUPCACHE, Scheme.MAILGUN);

  private static final List<String> MEMBERS =
      IntStream.range(0, 10).mapToObj(i -> "http://10.0.0." + i + ":8001").toList();

  private static final List<String> KEYS =
      IntStream.range(0, 20_000).mapToObj(i -> "user:" + i * 37).toList();

  /**
   * A scheme to draw rings by hand: member {@code "a@10@20"} claims places 10 and 20, and a key
   * that is a number lies there.
   */
  private static final Scheme BY_HAND = byHand(Scheme.Collision.SMALLEST_MEMBER);

  @Test
  void aKeyBelongsToTheFirstPointAtOrAfterItAndPastTheLastToTheFirst() {
    Ring ring = Ring.of(BY_HAND, 2, List.of("a@10@30", "b@20@40"));

    assertEquals("a@10@30", ring.owner("9"));
    assertEquals("a@10@30", ring.owner("10"));
    assertEquals("b@20@40", ring.owner("11"));
    assertEquals("a@10@30", ring.owner("21"));
    assertEquals("b@20@40", ring.owner("40"));
    assertEquals("a@10@30", ring.owner("41"));
  }

  @Test
  void placesAreOrderedAsSignedLongs() {
    Ring ring = Ring.of(BY_HAND, 1, List.of("a@-5", "b@5"));

    assertEquals("a@-5", ring.owner(Long.toString(Long.MIN_VALUE)));
    assertEquals("b@5", ring.owner("-4"));
    assertEquals("a@-5", ring.owner(Long.toString(Long.MAX_VALUE)));
  }

  @Test
  void anEmptyRingHasNoOwners() {
    for (Scheme scheme : DIALECTS) {
      Ring ring = Ring.of(scheme, 50, List.of());

      assertNull(ring.owner("Tom"));
      assertNull(ring.owner(new byte[] {(byte) 0xff}));
      assertFalse(ring.owners("Tom").hasNext());
      assertThrows(NoSuchElementException.class, ring.owners("Tom")::next);
      assertEquals(List.of(), ring.members());
    }
  }

  @Test
  void theDialectsGiveACollidingPlaceToTheMemberAddedLast() {
    for (Scheme dialect : DIALECTS) {
      assertEquals(Scheme.Collision.LAST_ADDED, dialect.collision());
    }
    Scheme scheme = byHand(Scheme.Collision.LAST_ADDED);

    assertEquals("b@10", Ring.of(scheme, 1, List.of("a@10", "b@10")).owner("5"));
    assertEquals("a@10", Ring.of(scheme, 1, List.of("b@10", "a@10")).owner("5"));
    assertEquals("a@10", Ring.of(scheme, 1, List.of("a@10", "b@10", "a@10")).owner("5"));
  }

  @Test
  void otherSchemesGiveACollidingPlaceToTheSmallestMemberInAnyOrder() {
    for (List<String> order : permutations(List.of("a@10", "b@10", "c@10"))) {
      assertEquals("a@10", Ring.of(BY_HAND, 1, order).owner("5"));
    }
  }

  @Test
  void aMemberThatLostEveryPointComesAmongTheMembersButNotTheOwners() {
    Ring ring = Ring.of(BY_HAND, 1, List.of("a@10", "b@10", "c@20"));

    assertEquals(List.of("a@10", "b@10", "c@20"), ring.members());
    assertEquals(List.of("c@20", "a@10"), walk(ring.owners("15")));
  }

  @Test
  void anotherOrderOfTheMembersDrawsTheSameRing() {
    var shuffled = new ArrayList<>(MEMBERS);
    Collections.shuffle(shuffled, new Random(5));
    for (Scheme scheme : DIALECTS) {
      Ring ring = Ring.of(scheme, 50, MEMBERS);
      Ring other = Ring.of(scheme, 50, shuffled);
      for (String key : KEYS.subList(0, 2_000)) {
        assertEquals(walk(ring.owners(key)), walk(other.owners(key)), key);
      }
    }
  }

  @Test
  void aMemberNamedTwiceIsOneMember() {
    var twice = new ArrayList<>(MEMBERS);
    twice.addAll(MEMBERS);
    for (Scheme scheme : DIALECTS) {
      Ring ring = Ring.of(scheme, 50, MEMBERS);
      Ring doubled = Ring.of(scheme, 50, twice);
      assertEquals(MEMBERS, doubled.members());
      for (String key : KEYS.subList(0, 2_000)) {
        assertEquals(ring.owner(key), doubled.owner(key), key);
      }
    }
  }

  @Test
  void theOwnersStartWithTheOwnerAndEachMemberComesOnce() {
    for (Scheme scheme : DIALECTS) {
      Ring ring = Ring.of(scheme, 50, MEMBERS);
      for (String key : KEYS.subList(0, 2_000)) {
        List<String> owners = walk(ring.owners(key));
        assertEquals(ring.owner(key), owners.get(0), key);
        assertEquals(MEMBERS.size(), owners.size(), key);
        assertEquals(new HashSet<>(MEMBERS), new HashSet<>(owners), key);
      }
    }
  }

  @Test
  void theOwnersComeClockwise() {
    Ring ring = Ring.of(BY_HAND, 2, List.of("a@10@20", "b@30@50", "c@40@60"));

    assertEquals(List.of("a@10@20", "b@30@50", "c@40@60"), walk(ring.owners("15")));
    assertEquals(List.of("c@40@60", "b@30@50", "a@10@20"), walk(ring.owners("35")));
    assertEquals(List.of("c@40@60", "a@10@20", "b@30@50"), walk(ring.owners("55")));
  }

  @Test
  void theNextOwnerIsTheOneThatOwnsIfTheFirstIsGone() {
    for (Scheme scheme : DIALECTS) {
      Ring ring = Ring.of(scheme, 50, MEMBERS);
      for (String gone : MEMBERS) {
        Ring rest = Ring.of(scheme, 50, without(gone));
        for (String key : KEYS.subList(0, 500)) {
          if (gone.equals(ring.owner(key))) {
            assertEquals(walk(ring.owners(key)).get(1), rest.owner(key), key);
          }
        }
      }
    }
  }

  @Test
  void aMemberThatLeavesMovesOnlyItsOwnKeys() {
    for (Scheme scheme : DIALECTS) {
      Ring ring = Ring.of(scheme, 50, MEMBERS);
      for (String gone : MEMBERS) {
        Ring rest = Ring.of(scheme, 50, without(gone));
        for (String key : KEYS.subList(0, 2_000)) {
          String before = ring.owner(key);
          String after = rest.owner(key);
          if (gone.equals(before)) {
            assertNotEquals(gone, after, key);
          } else {
            assertEquals(before, after, key);
          }
        }
      }
    }
  }

  @Test
  void everyMemberGetsAShareAndNoneThreeTimesTheMean() {
    Ring ring = Ring.of(Scheme.DAWNCACHE, 50, MEMBERS);
    var keysByOwner = new HashMap<String, Integer>();
    for (String key : KEYS) {
      keysByOwner.merge(String.valueOf(ring.owner(key)), 1, Integer::sum);
    }

    assertEquals(new HashSet<>(MEMBERS), keysByOwner.keySet());
    int mean = KEYS.size() / MEMBERS.size();
    assertTrue(Collections.max(keysByOwner.values()) < 3 * mean, keysByOwner::toString);
    assertEquals(KEYS.size(), keysByOwner.values().stream().mapToInt(n -> n).sum());
  }

  @Test
  void aKeyIsHashedAsItsUtf8Bytes() {
    for (Scheme scheme : List.of(Scheme.DAWNCACHE, Scheme.GROUPCACHE, Scheme.MAILGUN)) {
      for (String key : List.of("", "Tom", "日本語", "\ud83d\ude00")) {
        assertEquals(scheme.hash().hash(key.getBytes(UTF_8)), scheme.hash().hash(key));
      }
    }
  }

  @Test
  void theRingKeepsItsOwnListOfMembers() {
    var members = new ArrayList<>(List.of("b", "a"));
    Ring ring = Ring.of(Scheme.DAWNCACHE, 3, members);
    members.clear();

    assertEquals(List.of("b", "a"), ring.members());
    assertThrows(UnsupportedOperationException.class, () -> ring.members().clear());
    assertThrows(UnsupportedOperationException.class, ring.owners("Tom")::remove);
    assertEquals(3, ring.replicas());
    assertEquals(Scheme.DAWNCACHE, ring.scheme());
    assertEquals("Ring[seed, 3 replicas of [b, a]]", ring.toString());
  }

  @Test
  void lessThanOneReplicaIsRefused() {
    var e = assertThrows(IllegalArgumentException.class, () -> Ring.of(BY_HAND, 0, List.of()));

    assertEquals("replicas: 0 (expected: >= 1)", e.getMessage());
  }

  @Test
  void anEmptyOrMissingMemberIsRefusedByItsPlaceInTheList() {
    var empty =
        assertThrows(
            IllegalArgumentException.class, () -> Ring.of(Scheme.DAWNCACHE, 1, List.of("a", "")));
    var missing =
        assertThrows(
            NullPointerException.class,
            () -> Ring.of(Scheme.DAWNCACHE, 1, Arrays.asList("a", null)));

    assertEquals("members[1]: \"\" (expected: not empty)", empty.getMessage());
    assertEquals("members[1]: null (expected: a name)", missing.getMessage());
  }

  private static Scheme byHand(Scheme.Collision collision) {
    return new Scheme(
        "by hand",
        (member, replica) -> member.split("@", -1)[1 + replica].getBytes(UTF_8),
        bytes -> Long.parseLong(new String(bytes, UTF_8)),
        collision);
  }

  private static List<String> without(String gone) {
    return MEMBERS.stream().filter(member -> !member.equals(gone)).toList();
  }

  private static List<String> walk(Iterator<String> owners) {
    var walked = new ArrayList<String>();
    owners.forEachRemaining(walked::add);
    return walked;
  }

  private static List<List<String>> permutations(List<String> of) {
    if (of.isEmpty()) {
      return List.of(List.of());
    }
    var all = new ArrayList<List<String>>();
    for (String first : of) {
      var rest = new ArrayList<>(of);
      rest.remove(first);
      for (List<String> tail : permutations(rest)) {
        var permutation = new ArrayList<>(List.of(first));
        permutation.addAll(tail);
        all.add(permutation);
      }
    }
    return all;
  }
}
