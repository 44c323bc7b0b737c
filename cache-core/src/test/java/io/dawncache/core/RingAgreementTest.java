package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.consistenthash.Scheme;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which ring is agreed on, by what members say of themselves and of each other. */
class RingAgreementTest {
  private static final String SELF = "http://self:1";
  private static final String A = "http://a:1";
  private static final String B = "http://b:1";
  private static final String C = "http://c:1";
  private static final List<String> ALL = List.of(SELF, A, B, C);
  private static final List<String> NATIVE = List.of("native");

  private final RingAgreement rings = new RingAgreement(Scheme.NATIVE, Scheme.DAWNCACHE);

  @BeforeEach
  void join() {
    rings.setMembers(SELF, ALL);
  }

  private Scheme scheme() {
    return rings.agreed().scheme();
  }

  @Test
  void aNodeThatKnowsOneRingUsesItWhateverOthersSay() {
    RingAgreement one = new RingAgreement(Scheme.MAILGUN, Scheme.MAILGUN);
    one.setMembers(SELF, ALL);

    one.ringsReported(A, List.of());
    one.ringsReported(B, NATIVE);

    assertEquals(new RingAgreement.Agreed(Scheme.MAILGUN, Rings.NONE), one.agreed());
    assertEquals(List.of(C), one.membersWithUnknownRings());
  }

  @Test
  void aMemberThatHasNotSaidAnythingCountsAsOneThatKnows() {
    assertEquals(Scheme.NATIVE, scheme());
    assertEquals(Set.of(A, B, C), Set.copyOf(rings.membersWithUnknownRings()));

    rings.ringsReported(A, NATIVE);

    assertEquals(Scheme.NATIVE, scheme());
    assertEquals(Set.of(B, C), Set.copyOf(rings.membersWithUnknownRings()));
  }

  @Test
  void theLastWordOfAMemberCounts() {
    rings.ringsReported(A, List.of("a ring to come"));
    assertEquals(Scheme.DAWNCACHE, scheme());

    rings.ringsReported(A, List.of("a ring to come", "native"));

    assertEquals(Scheme.NATIVE, scheme());
  }

  @Test
  void nobodySaysAnythingForThisNodeOrAsAStranger() {
    rings.ringsReported(SELF, List.of());
    rings.ringsReported("http://d:1", List.of());
    rings.lackReported("http://d:1", List.of(A));
    rings.lackReported(A, List.of(SELF, "http://d:1"));

    assertEquals(Scheme.NATIVE, scheme());
  }

  @Test
  void whatOthersWereToldCountsForAMemberThatIsSilent() {
    rings.lackReported(A, List.of(C));

    assertEquals(Scheme.DAWNCACHE, scheme());
    assertEquals(List.of(C), rings.agreed().report().lackedBy());
    assertEquals(Set.of(A, B, C), Set.copyOf(rings.membersWithUnknownRings()));
  }

  @Test
  void aReportStaysWhileItsMemberIsSilent() {
    rings.lackReported(A, List.of(C));

    rings.lackReported(A, List.of());
    rings.ringsReported(A, NATIVE);

    assertEquals(Scheme.DAWNCACHE, scheme());
  }

  @Test
  void whatAMemberSaysItselfOverridesReports() {
    rings.lackReported(A, List.of(C));

    rings.ringsReported(C, NATIVE);
    rings.lackReported(B, List.of(C));

    assertEquals(Scheme.NATIVE, scheme());
  }

  @Test
  void whoLeavesTheListIsForgotten() {
    rings.ringsReported(A, List.of());
    rings.lackReported(B, List.of(C));
    assertEquals(Scheme.NATIVE, rings.agreed(SELF, List.of(SELF, B)).scheme());
    assertEquals(List.of(A, C), rings.agreed().report().lackedBy());

    rings.setMembers(SELF, List.of(SELF, A));
    assertEquals(List.of(A), rings.agreed().report().lackedBy());
    rings.setMembers(SELF, List.of(SELF, B, C));
    rings.setMembers(SELF, ALL);

    assertEquals(Scheme.NATIVE, scheme());
  }

  @Test
  void itsWordNamesWhoLacksTheRing() {
    rings.ringsReported(B, List.of());
    rings.ringsReported(A, List.of());
    rings.ringsReported(C, NATIVE);

    assertEquals(new Rings(NATIVE, "", List.of(A, B)), rings.agreed().report());
    assertEquals(
        new Rings(NATIVE, "native", List.of()), rings.agreed(SELF, List.of(SELF, C)).report());
  }

  /** A node of a fleet, which may be down, and in which older processes have no agreement. */
  private static final class Member {
    final String url;
    @Nullable RingAgreement rings;
    boolean up;

    Member(String url) {
      this.url = url;
    }

    void start(boolean older) {
      up = true;
      rings = older ? null : new RingAgreement(Scheme.NATIVE, Scheme.DAWNCACHE);
      if (rings != null) {
        rings.setMembers(url, ALL);
      }
    }

    void hears(Member other) {
      if (rings != null) {
        Rings report = other.rings == null ? Rings.NONE : other.rings.agreed().report();
        rings.ringsReported(other.url, report.known());
        rings.lackReported(other.url, report.lackedBy());
      }
    }

    void meets(Member other) {
      if (up && other.up && other != this) {
        hears(other);
        other.hears(this);
      }
    }
  }

  /** A node that starts meets those that are up, as it sends its list to all. */
  @Test
  void aFleetWhoseMembersComeAndGoAgreesWhenEachPairHasMetOnceMore() {
    List<Member> fleet = ALL.stream().map(Member::new).toList();
    var random = new Random(13);
    int common = 0;
    for (int step = 0; step < 20_000; step++) {
      Member changes = fleet.get(random.nextInt(fleet.size()));
      if (changes.up && random.nextBoolean()) {
        changes.up = false;
      } else {
        changes.start(random.nextInt(3) == 0);
        List<Member> met = new ArrayList<>(fleet);
        Collections.shuffle(met, random);
        met.forEach(changes::meets);
      }
      if (random.nextBoolean()) {
        fleet.forEach(member -> fleet.forEach(member::meets));
        common += assertAgree(fleet.stream().filter(member -> member.up).toList());
      }
    }
    assertTrue(common > 1000 && common < 9000, "on the common ring: " + common);
  }

  /** Returns 1 if they agree on the common ring, 0 for the preferred one. */
  private static int assertAgree(List<Member> present) {
    Set<Scheme> agreed = new HashSet<>();
    for (Member member : present) {
      agreed.add(member.rings == null ? Scheme.DAWNCACHE : member.rings.agreed().scheme());
    }
    assertTrue(agreed.size() < 2, "two rings");
    if (present.size() == ALL.size()) {
      boolean older = present.stream().anyMatch(member -> member.rings == null);
      assertEquals(Set.of(older ? Scheme.DAWNCACHE : Scheme.NATIVE), agreed);
    }
    return agreed.contains(Scheme.DAWNCACHE) ? 1 : 0;
  }
}
