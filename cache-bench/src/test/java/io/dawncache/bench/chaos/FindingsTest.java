package io.dawncache.bench.chaos;

import static io.dawncache.bench.chaos.ScriptedRun.page;
import static io.dawncache.bench.chaos.ScriptedRun.silentPage;
import static io.dawncache.bench.chaos.ScriptedRun.span;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.bench.chaos.Finding.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class FindingsTest {
  private static final long THREE_SECONDS = TimeUnit.SECONDS.toNanos(3);

  private final ScriptedRun run = new ScriptedRun();
  private final Findings findings = new Findings(run.seen());
  private final List<ChaosNode> nodes = Nodes.some(3);
  private final ChaosNode lost = nodes.get(0);
  private final List<ChaosNode> others = nodes.subList(1, 3);

  @Test
  void answersWithoutAFailureMeetTheBar() {
    run.answered(1, 0, 5).answered(2, 1, 5);

    findings.noneFailed(span(0, 10));

    assertEquals(List.of(new Finding("failed requests", "0 of 2", "0", Verdict.MET)), all());
  }

  @Test
  void failuresAreCountedByReasonAndOnlyThoseOfThePartOfTheRun() {
    run.failed(1, 0, "status 500").failed(2, 0, "reset").failed(3, 1, "reset").answered(4, 0, 5);
    run.failed(0.5, 0, "too early").failed(10, 0, "too late");

    findings.noneFailed(span(1, 10));

    assertEquals("3 of 4: 2 x reset, 1 x status 500", all().get(0).reached());
    assertEquals(Verdict.MISSED, all().get(0).verdict());
  }

  @Test
  void whereNothingWasAskedNothingIsMet() {
    findings.noneFailed(span(0, 10));
    findings.loadsOfAsked("loads", span(0, 10), key -> true, 1);

    assertEquals(List.of(Verdict.MISSED, Verdict.MISSED), verdicts());
  }

  @Test
  void requestsThatWentToASecondNodeAreToldAndAreNoFailures() {
    run.moved(1, 0).answered(2, 1, 5);

    findings.noneFailed(span(0, 10));

    assertEquals(Verdict.MET, all().get(0).verdict());
    assertEquals(Finding.figure("requests that went to a second node", "1"), all().get(1));
  }

  @Test
  void theSlowestMayBeSlowerThanTheUndisturbedByWhatIsStated() {
    run.answered(1, 0, 10).answered(11, 0, 259).answered(21, 0, 261);

    findings.slowest(span(0, 10), span(10, 20), TimeUnit.MILLISECONDS.toNanos(250));
    findings.slowest(span(0, 10), span(10, 30), TimeUnit.MILLISECONDS.toNanos(250));

    assertEquals(List.of(Verdict.NONE, Verdict.MET, Verdict.NONE, Verdict.MISSED), verdicts());
    assertEquals("<= 260 ms, the undisturbed p99.9 + 250 ms", all().get(1).bar());
    assertEquals("261 ms", all().get(3).reached());
  }

  @Test
  void theP99MayBeHalfAsMuchAgainAsTheUndisturbed() {
    run.answered(1, 0, 100).answered(11, 0, 149).answered(21, 0, 151);

    findings.p99("p99", span(0, 9), span(10, 20));
    findings.p99("p99", span(0, 9), span(20, 30));

    assertEquals(List.of(Verdict.MET, Verdict.MISSED), verdicts());
    assertEquals("149 ms", all().get(0).reached());
  }

  @Test
  void theP99MayBeThatOfTheWorstTenSecondsOfTheUndisturbedTime() {
    for (int i = 0; i < 200; i++) {
      run.answered(i / 20.0, 0, 10); // 10 s of answers in 10 ms
    }
    run.answered(15, 0, 80); // and in the next ten seconds one in 80 ms
    run.answered(22, 0, 500); // and in the rest, which is too short to judge, one in 500 ms
    run.answered(31, 0, 79);

    findings.p99("p99", span(0, 20), span(30, 40));
    assertEquals(Verdict.MET, all().get(0).verdict());
    assertTrue(all().get(0).bar().startsWith("<= 80.0 ms"), all().get(0).bar());
    assertTrue(all().get(0).bar().endsWith("its worst 10 s, 80.0 ms"), all().get(0).bar());
  }

  @Test
  void aNodeIsEjectedWhenTheLastOfTheOthersHoldsItEjected() {
    run.saw(10.5, others.get(0), page(nodes, List.of(lost)));
    run.saw(11, others.get(0), page(nodes, List.of(lost)));
    run.saw(12, others.get(1), page(nodes, List.of()));
    run.saw(12.5, others.get(1), page(nodes, List.of(lost)));

    Long at = findings.ejected(lost, others, span(10, 20), THREE_SECONDS);

    assertEquals(ScriptedRun.nanos(12.5), at);
    assertEquals(Finding.judged("ejected by all after", "2.50 s", "<= 3 s", true), all().get(0));
  }

  @Test
  void anEjectionThatComesLateIsMissed() {
    others.forEach(other -> run.saw(13.5, other, page(nodes, List.of(lost))));

    assertEquals(
        ScriptedRun.nanos(13.5), findings.ejected(lost, others, span(10, 20), THREE_SECONDS));
    assertEquals(Finding.judged("ejected by all after", "3.50 s", "<= 3 s", false), all().get(0));
  }

  @Test
  void anEjectionThatNotAllShareIsMissedAndOneThatNoneTellsIsNotSaid() {
    run.saw(11, others.get(0), page(nodes, List.of(lost)));
    run.saw(31, others.get(0), silentPage(nodes));

    assertNull(findings.ejected(lost, others, span(10, 20), THREE_SECONDS));
    assertNull(findings.ejected(lost, others, span(30, 40), THREE_SECONDS));

    assertEquals(List.of(Verdict.MISSED, Verdict.NOT_SAID), verdicts());
    assertEquals("not by all", all().get(0).reached());
    assertEquals("/stats has no state of peers", all().get(1).reached());
  }

  @Test
  void membersAreInForceFromTheLastTimeOnThatOneWasHeldEjected() {
    run.saw(11, nodes.get(0), page(nodes, List.of()));
    run.saw(12, nodes.get(1), page(nodes, List.of(lost)));
    run.saw(13, nodes.get(0), page(nodes, List.of()));
    run.saw(14, nodes.get(1), page(nodes, List.of()));
    run.saw(21, nodes.get(1), page(nodes, List.of(lost)));

    findings.allMembersInForce(3, span(10, 20));
    findings.allMembersInForce(3, span(10, 30));
    findings.allMembersInForce(3, span(30, 40));

    assertEquals(
        List.of("3 s", "not at the end", "/stats has no state of peers"),
        all().stream().map(Finding::reached).toList());
  }

  @Test
  void whatBeganToHoldIsJudgedByWhenItDid() {
    Duration most = Duration.ofSeconds(5);
    findings.within("it holds", ScriptedRun.nanos(15), ScriptedRun.nanos(10), most);
    findings.within("it holds", ScriptedRun.nanos(15.5), ScriptedRun.nanos(10), most);
    findings.within("it holds", null, ScriptedRun.nanos(10), most);

    assertEquals(List.of(Verdict.MET, Verdict.MISSED, Verdict.MISSED), verdicts());
    assertEquals(new Finding("it holds after", "5 s", "<= 5 s", Verdict.MET), all().get(0));
    assertEquals("not at the end", all().get(2).reached());
  }

  @Test
  void loadsAreJudgedByTheDifferentKeysThatWereAskedFor() {
    run.answered(1, 0, 5).answered(2, 0, 5).answered(3, 1, 5).answered(4, 2, 5);
    String one = run.seen().keys().name(0);
    String another = run.seen().keys().name(1);
    run.loaded(1, 3, one).loaded(2, 2, another).loaded(3, 3, another);
    run.loaded(4, 2, "probe").loaded(11, 2, one);

    findings.loadsOfAsked("loads", span(0, 10), Set.of(one, another, "probe")::contains, 1.5);
    findings.loadsOfAsked("loads", span(0, 10), key -> key.equals(another), 1.5);

    assertEquals(
        Finding.judged(
            "loads", "1.500: 3 of 2 keys asked, by nodes 2: 1, 3: 2", "<= 1.50 a key asked", true),
        all().get(0));
    assertEquals(Verdict.MISSED, all().get(1).verdict());
  }

  @Test
  void aTailIsAFigureWithoutABar() {
    run.answered(1, 0, 2).answered(2, 0, 7).failed(3, 0, "reset");

    findings.figureOfTail("after", span(0, 10));

    Finding tail = all().get(0);
    assertEquals(Verdict.NONE, tail.verdict());
    assertEquals("after: p99, p99.9, slowest", tail.what());
    assertTrue(tail.reached().endsWith("7.00 ms"), tail.reached());
  }

  private List<Finding> all() {
    return findings.list();
  }

  private List<Verdict> verdicts() {
    return all().stream().map(Finding::verdict).toList();
  }
}
