package io.dawncache.bench.chaos;

import static io.dawncache.bench.chaos.ScriptedRun.nanos;
import static io.dawncache.bench.chaos.ScriptedRun.page;
import static io.dawncache.bench.chaos.ScriptedRun.silentPage;
import static io.dawncache.bench.chaos.ScriptedRun.span;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.bench.chaos.Finding.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the rows make of a run: 10 s undisturbed from second 0 on, 10 s disturbed from 10 on. */
final class RowVerdictsTest {
  private static final Span UNDISTURBED = span(0, 10);
  private static final Span AFTER = span(10, 20);

  private final ScriptedRun run = new ScriptedRun();
  private final List<ChaosNode> nodes = Nodes.some(3);
  private final ChaosNode lost = nodes.get(0);
  private final List<ChaosNode> others = nodes.subList(1, 3);

  // --- Rows 4 and 5 -----------------------------------------------------------------------------

  @Test
  void anOwnerIsLostWithoutNoticeIfEachOfItsKeysIsLoadedOnceAndItIsEjectedSoon()
      throws IOException {
    everyKeyIsAnswered(1, 10);
    everyKeyIsAnswered(11, 14);
    for (String key : keysOf(lost)) {
      run.loaded(11, 2, key);
    }
    others.forEach(other -> run.saw(12, other, page(nodes, List.of(lost))));

    Map<String, Finding> judged = loss();

    assertEquals(
        List.of(
            "ejected by all after",
            "failed requests",
            "loads of its keys",
            "p99 after the ejection",
            "slowest request",
            "undisturbed p99.9"),
        List.copyOf(judged.keySet()));
    judged.values().forEach(finding -> assertTrue(isGood(finding), finding::toString));
  }

  @Test
  void aLossThatNobodyEjectsIsJudgedByWhatFollowsThreeSecondsLater() throws IOException {
    everyKeyIsAnswered(1, 10);
    everyKeyIsAnswered(11, 1000); // before the ejection is due
    everyKeyIsAnswered(14, 10);
    others.forEach(other -> run.saw(12, other, silentPage(nodes)));

    Map<String, Finding> judged = loss();

    assertEquals(Verdict.NOT_SAID, judged.get("ejected by all after").verdict());
    assertEquals(Verdict.MET, judged.get("p99 from 3 s after the loss on").verdict());
  }

  @Test
  void aLossIsNoticedByARequestThatWaitsTooLongAndByKeysThatAreLoadedTwice() throws IOException {
    everyKeyIsAnswered(1, 10);
    everyKeyIsAnswered(11, 10);
    run.answered(12, 0, 1800); // 10 ms, the bound of a probe of 1.5 s, and 250 ms are 1.76 s
    for (String key : keysOf(lost)) {
      run.loaded(11, 2, key).loaded(12, 3, key);
    }
    for (String key : keysOf(others.get(0))) {
      run.loaded(12, 2, key).loaded(13, 2, key).loaded(14, 2, key); // not keys of the lost node
    }

    Map<String, Finding> judged = loss();

    assertEquals(Verdict.MISSED, judged.get("slowest request").verdict());
    Finding loads = judged.get("loads of its keys");
    assertEquals(Verdict.MISSED, loads.verdict());
    assertTrue(loads.reached().startsWith("2.000: "), loads.reached());
  }

  private Map<String, Finding> loss() throws IOException {
    return byWhat(
        LossRow.judge(run.seen(), ScriptedRun.owners(nodes), lost, others, UNDISTURBED, AFTER));
  }

  // --- Row 7 ------------------------------------------------------------------------------------

  @Test
  void restartsAreJudgedByTheLoadsOfAllKeysThatWereResident() {
    everyKeyIsAnswered(1, 10);
    everyKeyIsAnswered(11, 10);
    IntStream.range(0, 5).forEach(key -> run.loaded(12, 1, "key" + key));
    run.loaded(5, 1, "before").loaded(20, 1, "after");

    Finding enough = restart(100);
    assertEquals("5.0 %: 5, of 100 resident keys, by nodes 1: 5", enough.reached());
    assertEquals(Verdict.MET, enough.verdict());
    assertEquals(Verdict.MISSED, restart(99).verdict());
  }

  @Test
  void restartsOfAnEmptyFleetShowNothing() {
    assertEquals(Verdict.MISSED, restart(0).verdict());
  }

  private Finding restart(long resident) {
    return byWhat(RestartRow.judge(run.seen(), UNDISTURBED, AFTER, resident))
        .get("loads from the first SIGTERM on");
  }

  // --- Row 9 ------------------------------------------------------------------------------------

  @Test
  void aHeapMayBeATenthLargerAfterTheChanges() {
    Footprint before = new Footprint(10_000_000, 20, 30);

    Finding flat = MemberChangesRow.heap(2, before, new Footprint(11_000_000, 21, 31));
    assertEquals(
        Finding.judged(
            "node 2: heap after a collection",
            "10 MB, then 11 MB (threads 20, then 21; open files 30, then 31)",
            "at most 10 % more",
            true),
        flat);
    assertEquals(
        Verdict.MISSED,
        MemberChangesRow.heap(2, before, new Footprint(11_000_001, 20, 30)).verdict());
  }

  @Test
  void halfOfTheListsAtLeastMustHaveBeenInForce() {
    ChaosNode watched = nodes.get(0);
    run.saw(9, watched, silentPage(others)); // before the changes
    run.saw(11, watched, silentPage(nodes)).saw(11.2, watched, silentPage(nodes));
    run.saw(11.5, nodes.get(1), silentPage(others)); // another node's list does not count
    run.saw(12, watched, silentPage(others)).saw(14, watched, silentPage(nodes));
    run.loaded(12, 1, "key");

    Findings findings = new Findings(run.seen());
    MemberChangesRow.judgeChanges(run.seen(), watched, 6, AFTER, findings);
    MemberChangesRow.judgeChanges(run.seen(), watched, 7, AFTER, findings);

    Finding lists = findings.list().get(0);
    assertEquals("3", lists.reached());
    assertEquals(Verdict.MET, lists.verdict());
    assertEquals("150, 1", findings.list().get(1).reached());
    assertEquals(Verdict.MISSED, findings.list().get(2).verdict());
  }

  @Test
  void aMinuteHasAThousandChangesInFortyBurstsThatRestAsLongAsTheyTake() {
    assertEquals(40, MemberChangesRow.bursts(Duration.ofMinutes(1)));
    assertEquals(1, MemberChangesRow.bursts(Duration.ofSeconds(1)), "one at least");

    assertEquals(0, MemberChangesRow.dueNanos(0));
    assertEquals(30_000_000, MemberChangesRow.dueNanos(1));
    assertEquals(720_000_000, MemberChangesRow.dueNanos(24));
    assertEquals(1_500_000_000, MemberChangesRow.dueNanos(25));
    assertEquals(59_220_000_000L, MemberChangesRow.dueNanos(999));
  }

  @Test
  void eachNodeInTurnLeavesTheListAndComesBack() {
    List<String> all = List.of("a", "b", "c");

    assertEquals(
        List.of(
            List.of("b", "c"),
            all,
            List.of("a", "c"),
            all,
            List.of("a", "b"),
            all,
            List.of("b", "c")),
        IntStream.range(0, 7).mapToObj(i -> MemberChangesRow.listAfter(i, all)).toList());
  }

  // --- Row 10 -----------------------------------------------------------------------------------

  @Test
  void anAddedNodeIsJudgedByTheLoadsOfTheKeysThatMoveToIt() {
    everyKeyIsAnswered(1, 10);
    run.loaded(12, 3, "key100000").loaded(13, 1, "key100099"); // of which one moves

    Finding loads = grown(20);
    assertEquals("5.0 %: 1, of 20 keys, by nodes 3: 1", loads.reached());
    assertEquals(Verdict.MET, loads.verdict());
    assertEquals(Verdict.MISSED, grown(19).verdict());
  }

  @Test
  void aNodeThatNoKeyMovesToShowsNothing() {
    Finding loads = grown(0);
    assertEquals("0.0 %: 0, of 0 keys, by nodes none", loads.reached());
    assertEquals(Verdict.MISSED, loads.verdict());
  }

  /** Judges a run in which the first keys move. */
  private Finding grown(int moves) {
    List<String> moved = run.seen().keys().names().subList(0, moves);
    Map<String, Finding> judged =
        byWhat(GrowRow.judge(run.seen(), moved::contains, UNDISTURBED, AFTER, nanos(10.9)));
    assertEquals("900 ms", judged.get("the list is everywhere after").reached());
    return judged.get("loads of the keys that move");
  }

  // --- The rest ---------------------------------------------------------------------------------

  private void everyKeyIsAnswered(double atSeconds, long millis) {
    IntStream.range(0, ScriptedRun.KEYS).forEach(key -> run.answered(atSeconds, key, millis));
  }

  private List<String> keysOf(ChaosNode node) throws IOException {
    return run.seen().keys().names().stream()
        .filter(ScriptedRun.owners(nodes).ownedBy(node))
        .toList();
  }

  private static boolean isGood(Finding finding) {
    return finding.verdict() == Verdict.MET || finding.verdict() == Verdict.NONE;
  }

  private static Map<String, Finding> byWhat(List<Finding> findings) {
    Map<String, Finding> byWhat = new TreeMap<>();
    findings.forEach(finding -> byWhat.put(finding.what(), finding));
    return byWhat;
  }
}
