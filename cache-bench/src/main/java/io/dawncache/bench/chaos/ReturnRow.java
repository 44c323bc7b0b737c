package io.dawncache.bench.chaos;

import io.dawncache.bench.load.Quantity;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;

/** Row 6: a node that was killed comes back, empty. */
final class ReturnRow implements Row {
  /** Before all its keys are asked for, the others notice that it is away. */
  private static final Duration NOTICED = Duration.ofSeconds(5);

  private static final Duration TAKES_IN = Duration.ofSeconds(5);
  private static final double MOST_LOADS_A_KEY = 0.05;

  @Override
  public String name() {
    return "6";
  }

  @Override
  public String title() {
    return "an owner that was killed comes back, empty";
  }

  @Override
  public RowResult run(Plan plan, PrintWriter progress) throws IOException, InterruptedException {
    int count = plan.nodes();
    try (Scene scene = Scene.open(plan, name(), Network.loopback(count), count, count, progress)) {
      ChaosNode lost = scene.node(1);
      List<ChaosNode> others = scene.nodes().subList(1, count);
      Span undisturbed = scene.begin(others);
      long awayNanos = scene.event("node 1: killed");
      lost.kill();
      scene.pause(NOTICED);
      scene.event("each key is asked for once, so that acting owners hold its keys");
      scene.sweep();
      scene.pauseUntil(awayNanos + plan.after().dividedBy(2).toNanos());
      long startNanos = scene.event("node 1: started again");
      lost.start();
      scene.awaitReady(lost);
      long readyNanos = scene.event("node 1: ready");
      Takeover takeover = scene.takeover();
      takeover.probe(others, List.of(lost), readyNanos + TAKES_IN.multipliedBy(2).toNanos());
      scene.pauseUntil(readyNanos + plan.after().toNanos());

      scene.end();
      Findings findings = new Findings(scene.observations());
      findings.noneFailed(Scene.since(undisturbed.fromNanos()));
      findings.within("takes its keys", takeover.sinceNanos(), readyNanos, TAKES_IN);
      findings.loadsOfAsked(
          "loads of its keys from its start on",
          Scene.since(startNanos),
          scene.owners().ownedBy(lost),
          MOST_LOADS_A_KEY);
      findings.add(
          Finding.figure(
              "from its start until it is ready", Quantity.time(readyNanos - startNanos)));
      findings.allMembersInForce(count, Scene.since(readyNanos));
      findings.figureOfTail("undisturbed", undisturbed);
      findings.figureOfTail("from its start on", Scene.since(startNanos));
      return new RowResult(name(), title(), findings.list(), scene.timeline());
    }
  }
}
