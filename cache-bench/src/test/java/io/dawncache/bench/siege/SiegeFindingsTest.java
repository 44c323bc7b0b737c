package io.dawncache.bench.siege;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dawncache.bench.chaos.Finding;
import io.dawncache.bench.chaos.Finding.Verdict;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class SiegeFindingsTest {
  private static final long MILLI_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static Finding full(Consumer<SiegeFindings> judge) {
    return only(Plans.FULL, judge);
  }

  private static Finding shortForm(Consumer<SiegeFindings> judge) {
    return only(Plans.SHORT, judge);
  }

  private static Finding only(Plan plan, Consumer<SiegeFindings> judge) {
    SiegeFindings findings = new SiegeFindings(plan);
    judge.accept(findings);
    assertEquals(1, findings.list().size());
    return findings.list().get(0);
  }

  /** Returns gets that were all answered after this time. */
  private static Outcome answered(int count, long nanos) {
    Outcome outcome = new Outcome();
    for (int i = 0; i < count; i++) {
      outcome.sent(0);
      outcome.answered(nanos);
    }
    return outcome;
  }

  private static Outcome refused(int answered, int refused) {
    Outcome outcome = answered(answered, MILLI_NANOS);
    for (int i = 0; i < refused; i++) {
      outcome.sent(0);
      outcome.refused();
    }
    return outcome;
  }

  private static Outcome failed(int answered, String reason) {
    Outcome outcome = answered(answered, MILLI_NANOS);
    outcome.sent(0);
    outcome.failed(reason);
    return outcome;
  }

  @Test
  void aSenderThatDoesNotKeepItsRateIsNotJudged() {
    assertEquals(
        new Finding("gets sent", "0.990", ">= 0.99", Verdict.MET),
        full(findings -> findings.sent("gets sent", 0.99)));
    assertEquals(
        new Finding("gets sent", "0.989", ">= 0.99", Verdict.NOT_JUDGED),
        full(findings -> findings.sent("gets sent", 0.989)));
    assertEquals(Verdict.NONE, shortForm(findings -> findings.sent("gets sent", 0.5)).verdict());
  }

  @Test
  void aBarOnTimeThatIsMissedSaysNothingIfTheSenderDidNotKeepItsRate() {
    SiegeFindings findings = new SiegeFindings(Plans.FULL);
    findings.sent("gets sent", 0.9);
    findings.loads(1, 800);
    findings.loads(800, 800);
    findings.noneFailed("hits", failed(3, "another value"));
    assertEquals(
        List.of(Verdict.NOT_JUDGED, Verdict.NOT_JUDGED, Verdict.MET, Verdict.MISSED),
        findings.list().stream().map(Finding::verdict).toList());
  }

  @Test
  void goodputIsThePartThatIsAnsweredInTimeByThatOfAQuietTime() {
    Outcome alone = answered(50, MILLI_NANOS);
    Outcome enough = answered(80, MILLI_NANOS);
    Outcome tooFew = answered(79, MILLI_NANOS);
    for (int i = 0; i < 20; i++) {
      enough.sent(0);
      enough.answered(1_100 * MILLI_NANOS);
      tooFew.sent(0);
      tooFew.failed("status 500");
    }
    tooFew.sent(0);
    assertEquals(
        new Finding("goodput", "0.800: 80 of 100", ">= 0.8 x alone", Verdict.MET),
        full(findings -> findings.goodput("goodput", alone, enough)));
    assertEquals(
        Verdict.MISSED, full(findings -> findings.goodput("goodput", alone, tooFew)).verdict());
    assertEquals(
        Verdict.NONE, shortForm(findings -> findings.goodput("goodput", alone, tooFew)).verdict());
  }

  @Test
  void aFailedHitAndARefusedHitMissTheBarInBothForms() {
    Finding none = full(findings -> findings.noneFailed("hits", answered(3, MILLI_NANOS)));
    assertEquals(new Finding("hits", "0 of 3", "0", Verdict.MET), none);
    assertEquals(
        new Finding("hits", "1 of 4: 1 x another value", "0", Verdict.MISSED),
        shortForm(findings -> findings.noneFailed("hits", failed(3, "another value"))));
    assertEquals(
        new Finding("hits", "1 of 4: 1 x status 503", "0", Verdict.MISSED),
        full(findings -> findings.noneFailed("hits", refused(3, 1))));
    assertEquals(
        Verdict.MISSED, full(findings -> findings.noneFailed("hits", new Outcome())).verdict());
  }

  @Test
  void whatIsShedMustBeRefusedWithAReasonToComeBack() {
    assertEquals(
        new Finding(
            "new keys",
            "2 of 5 refused",
            "some, each with 503 and Retry-After; no other failure",
            Verdict.MET),
        shortForm(findings -> findings.shed("new keys", refused(3, 2))));
    Finding other = full(findings -> findings.shed("new keys", failed(3, "status 500")));
    assertEquals("0 of 4 refused; 1 x status 500", other.reached());
    assertEquals(Verdict.MISSED, other.verdict());
    assertEquals(
        Verdict.MISSED, full(findings -> findings.shed("new keys", refused(3, 0))).verdict());
  }

  @Test
  void hitsMayBeTwiceAsSlowAsAloneOrTakeFiftyMilliseconds() {
    Outcome fast = answered(100, MILLI_NANOS);
    Outcome slow = answered(100, 30 * MILLI_NANOS);
    assertEquals("p99 <= 50 ms", p99(fast, fast).bar());
    assertEquals(Verdict.MET, p99(fast, answered(100, 49 * MILLI_NANOS)).verdict());
    assertEquals(Verdict.MISSED, p99(fast, answered(100, 51 * MILLI_NANOS)).verdict());
    assertEquals(Verdict.MET, p99(slow, answered(100, 59 * MILLI_NANOS)).verdict());
    assertEquals(Verdict.MISSED, p99(slow, answered(100, 61 * MILLI_NANOS)).verdict());
    assertEquals(Verdict.MISSED, p99(fast, new Outcome()).verdict());
    assertEquals(
        Verdict.NONE,
        shortForm(findings -> findings.p99("hits", fast, answered(1, 9_000 * MILLI_NANOS)))
            .verdict());
  }

  private static Finding p99(Outcome alone, Outcome outcome) {
    return full(findings -> findings.p99("hits", alone, outcome));
  }

  @Test
  void loadsMemoryAndWhatIsLeftHaveTheirBars() {
    assertEquals(
        new Finding("loads done", "720/s", ">= 0.9 x 800/s", Verdict.MET),
        full(findings -> findings.loads(720, 800)));
    assertEquals(Verdict.MISSED, full(findings -> findings.loads(719, 800)).verdict());
    assertEquals(Verdict.NONE, shortForm(findings -> findings.loads(1, 800)).verdict());
    assertEquals(
        new Finding("most memory of the process", "3 MiB", "<= 3 MiB", Verdict.MET),
        shortForm(findings -> findings.memory(3 << 20, 3 << 20)));
    assertEquals(
        Verdict.MISSED, full(findings -> findings.memory((3 << 20) + 1, 3 << 20)).verdict());
    assertEquals(Verdict.MISSED, full(findings -> findings.memory(0, 3 << 20)).verdict());
    assertEquals(
        new Finding("back", "5 ms", "<= 50 ms", Verdict.MET),
        full(findings -> findings.back("back", 5 * MILLI_NANOS, 50 * MILLI_NANOS)));
    assertEquals(
        new Finding("back", "not in time", "<= 50 ms", Verdict.MISSED),
        shortForm(findings -> findings.back("back", -1, 50 * MILLI_NANOS)));
  }

  @Test
  void aNodeMustSayAllTheWhileThatItIsAlive() {
    SiegeFindings findings = new SiegeFindings(Plans.FULL);
    findings.alive(new Watch.Seen(8, 0, "", 900 * MILLI_NANOS, 0, 0, 0, 0));
    findings.alive(new Watch.Seen(8, 2, "status 500", 1_100 * MILLI_NANOS, 0, 0, 0, 0));
    assertEquals(
        List.of(Verdict.MET, Verdict.MET, Verdict.MISSED, Verdict.MISSED),
        findings.list().stream().map(Finding::verdict).toList());
    assertEquals("2 of 8, the last: status 500", findings.list().get(2).reached());
  }
}
