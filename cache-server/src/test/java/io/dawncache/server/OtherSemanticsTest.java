package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dawncache.core.GroupSemantics;
import io.dawncache.server.testing.LogRecorder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is logged and known of groups that differ at other members. */
class OtherSemanticsTest {
  private static final String SELF = "http://self:1";
  private static final String OTHER = "http://other:1";
  private static final List<String> MEMBERS = List.of(SELF, OTHER);
  private static final GroupSemantics OWN = semantics(1, Map.of("players", 1L, "scores", 1L));
  private static final GroupSemantics THEIRS = semantics(2, Map.of("players", 1L, "scores", 2L));

  private final LogRecorder log = LogRecorder.of(OtherSemanticsTest.class);
  private final OtherSemantics others =
      new OtherSemantics(System.getLogger(OtherSemanticsTest.class.getName()));

  @AfterEach
  void closeLog() {
    log.close();
  }

  private static GroupSemantics semantics(long fingerprint, Map<String, Long> groups) {
    return new GroupSemantics(fingerprint, new TreeMap<>(groups));
  }

  private void report(GroupSemantics own, @Nullable GroupSemantics theirs) {
    others.reported(MEMBERS, OTHER, own, theirs);
  }

  private static String warning(String groups) {
    return "WARNING node "
        + OTHER
        + " differs in "
        + groups
        + " (expected: the same groups, TTLs and limits at every node)";
  }

  @Test
  void aDifferenceIsLoggedOnceAndAgainAfterAChange() {
    report(OWN, THEIRS);
    report(OWN, THEIRS);
    assertEquals(List.of(warning("group scores")), log.lines());
    assertEquals(Map.of(OTHER, List.of("scores")), others.differing(MEMBERS, OWN));

    GroupSemantics changed = semantics(3, Map.of("players", 2L, "scores", 2L));
    report(OWN, changed);
    report(OWN, changed);
    assertEquals(warning("groups players, scores"), log.lines().get(1));

    GroupSemantics ownChanged = semantics(4, Map.of("players", 2L, "scores", 1L));
    report(ownChanged, changed);
    report(ownChanged, changed);
    assertEquals(warning("group scores"), log.lines().get(2));
    assertEquals(3, log.lines().size());

    report(changed, changed);
    report(changed, changed);
    assertEquals(
        "INFO node " + OTHER + " has groups of the same semantics as this node again",
        log.lines().get(3));
    assertEquals(4, log.lines().size());
    assertEquals(Map.of(), others.differing(MEMBERS, changed));
  }

  @Test
  void aNodeThatReportsNothingDoesNotDiffer() {
    report(OWN, THEIRS);
    report(OWN, null);

    assertEquals(Map.of(), others.differing(MEMBERS, OWN));
  }

  @Test
  void onlyMembersCount() {
    others.reported(List.of(SELF), OTHER, OWN, THEIRS);
    assertEquals(List.of(), log.lines());

    report(OWN, THEIRS);
    assertEquals(Map.of(), others.differing(List.of(SELF), OWN));
    others.reported(List.of(), SELF, OWN, OWN); // forgets what has left the list
    assertEquals(Map.of(), others.differing(MEMBERS, OWN));
  }

  @Test
  void aLineOfTheLogIsBoundedWhateverANodeReports() {
    Map<String, Long> many = new TreeMap<>();
    IntStream.range(10, 25).forEach(i -> many.put("g" + i, 1L));
    report(semantics(1, Map.of()), semantics(2, many));
    assertEquals(
        warning("groups g10, g11, g12, g13, g14, g15, g16, g17, g18, g19 and 5 more"),
        log.lines().get(0));

    report(semantics(1, Map.of()), semantics(3, Map.of("a\n" + "x".repeat(1000), 1L)));
    assertEquals(warning("group a%0A" + "x".repeat(96)), log.lines().get(1));

    report(semantics(1, Map.of()), semantics(4, Map.of()));
    assertEquals(warning("groups behind the first 1000 or of long names"), log.lines().get(2));
  }

  /** Each names as many groups as a report may, and no two the same ones. */
  @Test
  void reportsHoldABoundedNumberOfGroups() {
    int fit = OtherSemantics.MOST_HELD / GroupSemantics.MOST_GROUPS;
    List<String> members = IntStream.range(0, fit + 2).mapToObj(i -> "http://m" + i).toList();
    for (int i = 0; i < members.size(); i++) {
      others.reported(members, members.get(i), OWN, ofGroups(i));
    }
    assertEquals(fit, others.differing(members, OWN).size());

    others.reported(members, members.get(fit), OWN, ofGroups(0)); // equal ones are held once
    assertEquals(fit + 1, others.differing(members, OWN).size());

    others.reported(members, members.get(1), OWN, THEIRS); // which leaves room for another one
    others.reported(members, members.get(2), OWN, ofGroups(fit));
    assertEquals(fit + 1, others.differing(members, OWN).size());
  }

  private static GroupSemantics ofGroups(int report) {
    Map<String, Long> groups = new TreeMap<>();
    IntStream.range(0, GroupSemantics.MOST_GROUPS)
        .forEach(i -> groups.put("g" + report + "-" + i, 1L));
    return semantics(100 + report, groups);
  }
}
