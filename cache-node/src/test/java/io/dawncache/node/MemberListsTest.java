package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dawncache.operations.page.StatsPage;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What {@code cluster status} says of the lists that nodes hold. */
class MemberListsTest {
  private static final String A = "http://a:1";
  private static final String B = "http://b:1";
  private static final String C = "http://c:1";

  private static StatsPage stats(String self, List<String> members, List<String> otherLists) {
    return stats(self, members, otherLists, null);
  }

  private static StatsPage stats(
      String self, List<String> members, List<String> otherLists, StatsPage.@Nullable OfRing ring) {
    return stats(self, members, otherLists, ring, null);
  }

  private static StatsPage stats(
      String self,
      List<String> members,
      List<String> otherLists,
      StatsPage.@Nullable OfRing ring,
      @Nullable Map<String, List<String>> groups) {
    return new StatsPage(
        self,
        members,
        otherLists,
        groups,
        ring,
        List.of(),
        null,
        1,
        false,
        List.of(),
        0,
        0,
        0,
        0,
        null,
        Map.of(),
        null);
  }

  @Test
  void aRingThatDiffersIsToldButNotOfAnOlderNodeWhichDoesNotSay() {
    List<String> both = List.of(A, B);
    StatsPage first = stats(A, both, List.of(), new StatsPage.OfRing("native", List.of()));

    assertEquals(
        List.of("another ring than " + A + ": seed for native"),
        MemberLists.faults(
            first, stats(B, both, List.of(), new StatsPage.OfRing("seed", List.of(A)))));
    assertEquals(List.of(), MemberLists.faults(first, first));
    assertEquals(List.of(), MemberLists.faults(first, stats(B, both, List.of())));
  }

  @Test
  void listsThatAreTheSameInAnyOrderAreNoFault() {
    StatsPage first = stats(A, List.of(A, B), List.of());

    assertEquals(List.of(), MemberLists.faults(first, stats(B, List.of(B, A), List.of())));
  }

  @Test
  void aListThatDiffersIsToldWithWhomItLacksAndHasBesides() {
    StatsPage first = stats(A, List.of(A, B), List.of());

    assertEquals(
        List.of("another member list than " + A + ": lacks " + A + ", has besides " + C),
        MemberLists.faults(first, stats(B, List.of(B, C), List.of())));
  }

  @Test
  void aNodeThatStandsAloneHoldsAListOfItself() {
    StatsPage first = stats(A, List.of(A), List.of());

    assertEquals(List.of(), MemberLists.faults(first, stats(A, List.of(), List.of())));
  }

  @Test
  void groupsThatDifferFromThoseOfAnotherMemberAreNamed() {
    List<String> both = List.of(A, B);
    StatsPage first = stats(A, both, List.of(), null, Map.of(B, List.of("players", "scores")));

    assertEquals(
        List.of("groups differ from those of " + B + ": players, scores"),
        MemberLists.faults(first, first));
  }

  @Test
  void whatANodeKnowsOfOtherListsIsToldToo() {
    StatsPage first = stats(A, List.of(A, B), List.of(C));

    assertEquals(List.of("knows of other member lists at " + C), MemberLists.faults(first, first));
  }
}
