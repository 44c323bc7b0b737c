package io.dawncache.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.bench.chaos.Finding.Verdict;
import io.dawncache.bench.chaos.SoakCalls.Kind;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class SoakFindingsTest {
  private final SoakResults soak = new SoakResults();

  @Test
  void aSoakInWhichAllGoesWellMeetsEveryBar() {
    assertEquals(List.of(), worse());
  }

  @Test
  void aGetThatFailsOutsideOfFaultsIsMissedAndOneDuringAFaultIsCounted() {
    soak.answered(20.5, 1, "status 503").answered(5, 1, "while warming up");
    assertEquals(List.of(), worse());
    assertEquals("1 of 2: 1 x status 503", reached("failed gets during faults"));

    soak.answered(30, 1, "status 500");
    assertEquals(List.of("failed gets outside of faults: MISSED"), worse());
    assertEquals("1 of 50: 1 x status 500", reached("failed gets outside of faults"));
  }

  @Test
  void aGetThatWasDueBeforeAFaultAndFailedInItIsOneOfTheFault() {
    soak.answered(19.99, 10_000, "no answer in 10 s");
    assertEquals(List.of(), worse());
  }

  @Test
  void callsThatFailOutsideOfFaultsAreMissed() {
    soak.call(30, Kind.PUT, "status 504", false, null)
        .call(20.2, Kind.REMOVE, "status 504", false, null);
    assertEquals(List.of("failed puts outside of faults: MISSED"), worse());
    assertEquals("1 of 50: 1800.0 s status 504", reached("failed puts outside of faults"));
    assertEquals("1 of 2: 1212.0 s status 504", reached("failed removes during faults"));
  }

  @Test
  void aChangeThatMissesAMemberIsMissedOutsideOfFaultsOnly() {
    soak.call(20.2, Kind.PUT, null, true, null);
    assertEquals(List.of(), worse());
    soak.call(30, Kind.PUT, null, true, null);
    assertEquals(
        List.of("changes outside of faults that did not reach all members: MISSED"), worse());
  }

  @Test
  void anOldValueIsMissedOutsideOfFaultsOnly() {
    soak.call(20.2, Kind.LOOK_BACK, null, false, "node 2: changing7");
    assertEquals(List.of(), worse());
    assertEquals(
        "1: 1212.0 s node 2: changing7",
        reached("old values of changed keys during faults and the warm-up"));

    soak.call(30, Kind.REMOVE, null, false, "node 3: changing7");
    assertEquals(List.of("old values of changed keys outside of faults: MISSED"), worse());
    assertEquals(
        "1: 1800.0 s node 3: changing7", reached("old values of changed keys outside of faults"));
  }

  @Test
  void whatNodesLogAndWhatDoesNotBalanceIsMissed() {
    soak.logged(List.of("LEAK: a"), List.of("SEVERE b")).booked(2, "hints for [c]").notWhole("d");
    assertEquals(
        List.of(
            "faults after which the fleet was not whole in 45 s: MISSED",
            "reports of leaks in the nodes' logs: MISSED",
            "errors in the nodes' logs: MISSED",
            "node 2: books that do not balance: MISSED"),
        worse());
  }

  @Test
  void moreThanThreeOfAKindAreNotAllShown() {
    soak.logged(List.of("a", "a", "b", "c", "d"), List.of());
    assertEquals("5: a; b; c; ...", reached("reports of leaks in the nodes' logs"));
  }

  @Test
  void aCurveThatGrowsAfterTheWarmUpIsMissed() {
    for (int minute = 0; minute < 60; minute++) {
      soak.measured(Gauge.DESCRIPTORS, minute + 0.1, minute < 10 ? 10 * minute : 40 + minute);
    }
    assertEquals(List.of("node 1: slope of the open descriptors: MISSED"), worse());
  }

  @Test
  void latencyMayNotBeWorseAtTheEndThanEver() {
    for (int minute = 50; minute < 60; minute++) {
      soak.answered(minute, 3, null);
    }
    assertEquals(List.of("p99 of the last fifth, outside of faults: MISSED"), worse());

    soak.answered(35, 3, null); // the third fifth was as slow
    assertEquals(List.of(), worse());
  }

  @Test
  void aMemoryThatWasNeverFullSaysNothing() {
    soak.evicted(0);
    assertEquals(List.of("evictions of node 1: NOT RUN LONG ENOUGH"), worse());
  }

  @Test
  void ofATimeThatWasAllFaultsNothingIsKnown() {
    SoakResult all = soak.result();
    SoakResult disturbed =
        new SoakResult(
            all.plan(),
            all.beginNanos(),
            all.judged(),
            List.of(all.judged()),
            all.answers(),
            all.calls(),
            all.curves(),
            all.neverWhole(),
            all.books(),
            all.logs(),
            all.evictions(),
            all.events());
    List<Finding> findings = SoakFindings.of(disturbed);
    assertEquals(Verdict.TOO_SHORT, Finding.worst(findings));
    assertTrue(
        findings.stream()
            .anyMatch(
                finding ->
                    finding.what().startsWith("p99") && finding.verdict() == Verdict.TOO_SHORT));
  }

  private List<String> worse() {
    return SoakFindings.of(soak.result()).stream()
        .filter(finding -> finding.verdict().compareTo(Verdict.MET) > 0)
        .map(finding -> finding.what() + ": " + finding.verdict().label())
        .collect(Collectors.toList());
  }

  private String reached(String what) {
    return SoakFindings.of(soak.result()).stream()
        .filter(finding -> finding.what().equals(what))
        .findFirst()
        .orElseThrow()
        .reached();
  }
}
