package io.dawncache.bench.chaos;

import static io.dawncache.bench.chaos.ScriptedRun.page;
import static io.dawncache.bench.chaos.ScriptedRun.span;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.bench.chaos.Timeline.Event;
import io.dawncache.bench.chaos.Timeline.Second;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TimelineTest {
  private final ScriptedRun run = new ScriptedRun();
  private final List<ChaosNode> nodes = Nodes.some(3);

  @Test
  void eachSecondCountsWhatBelongsToIt() {
    run.answered(0, 0, 10).answered(0.999, 1, 30).failed(0.5, 2, "reset").answered(1, 3, 500);
    run.loaded(0.2, 1, "a").loaded(0.3, 1, "b").loaded(1.1, 1, "c");
    run.saw(0.1, nodes.get(0), page(nodes, List.of()));
    run.saw(0.2, nodes.get(1), page(nodes, nodes.subList(0, 2)));

    Timeline timeline = Timeline.of(span(0, 3), run.seen(), List.of(new Event(0.4, "killed")));

    assertEquals(3, timeline.seconds().size());
    Second first = timeline.seconds().get(0);
    assertEquals(2, first.answered());
    assertEquals(1, first.failed());
    assertEquals(2, first.loads());
    assertEquals(1, first.fewestMembers());
    assertEquals(3, first.mostMembers());
    assertTrue(first.p50Nanos() < first.p99Nanos());
    assertTrue(Math.abs(first.maxNanos() - 30_000_000) < 100_000, "" + first.maxNanos());
    assertEquals(1, timeline.seconds().get(1).answered());
    assertEquals(List.of(new Event(0.4, "killed")), timeline.events());
  }

  @Test
  void aSecondOfWhichNothingIsKnownHasNeitherLatenciesNorMembers() {
    Timeline timeline = Timeline.of(span(0, 0.5), run.seen(), List.of());
    assertEquals(List.of(new Second(0, 0, 0, 0, 0, 0, -1, -1)), timeline.seconds());
  }

  @Test
  void aRunWithoutTimeHasNoSeconds() {
    assertEquals(Timeline.EMPTY, Timeline.of(span(0, 0), run.seen(), List.of()));
  }
}
