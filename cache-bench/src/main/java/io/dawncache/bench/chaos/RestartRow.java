package io.dawncache.bench.chaos;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Row 7: all nodes are restarted, one after the other, while the clients ask all of them. */
final class RestartRow implements Row {
  private static final Duration REST = Duration.ofSeconds(5);
  private static final Duration SHORT_REST = Duration.ofSeconds(2);
  private static final double MOST_LOADS = 0.05;

  @Override
  public String name() {
    return "7";
  }

  @Override
  public String title() {
    return "all nodes are restarted, one after the other";
  }

  @Override
  public RowResult run(Plan plan, PrintWriter progress) throws IOException, InterruptedException {
    int count = plan.nodes();
    try (Scene scene = Scene.open(plan, name(), Network.loopback(count), count, count, progress)) {
      List<ChaosNode> nodes = scene.nodes();
      Span undisturbed = scene.begin(nodes);
      long resident = 0;
      for (ChaosNode node : nodes) {
        resident += Direct.stats(node).mainItems();
      }
      long fromNanos = System.nanoTime();
      for (ChaosNode node : nodes) {
        scene.event("node " + node.number() + ": SIGTERM");
        node.terminate();
        scene.event("node " + node.number() + ": ended, started again");
        node.start();
        scene.awaitReady(node);
        scene.event("node " + node.number() + ": ready");
        scene.pause(plan.shortForm() ? SHORT_REST : REST);
      }
      Span after = Scene.since(fromNanos);
      scene.end();
      List<Finding> findings = judge(scene.observations(), undisturbed, after, resident);
      return new RowResult(name(), title(), findings, scene.timeline());
    }
  }

  /**
   * Judges the run.
   *
   * @param resident how many keys owners held before the first node was stopped
   */
  static List<Finding> judge(Observations seen, Span undisturbed, Span after, long resident) {
    Findings findings = new Findings(seen);
    findings.noneFailed(new Span(undisturbed.fromNanos(), after.toNanos()));
    List<Loads.Load> loads = seen.loads().in(after);
    double share = (double) loads.size() / Math.max(1, resident);
    findings.add(
        Finding.judged(
            "loads from the first SIGTERM on",
            String.format(
                Locale.ROOT,
                "%.1f %%: %,d, of %,d resident keys, by nodes %s",
                share * 100,
                loads.size(),
                resident,
                Loads.byNode(loads)),
            "<= 5 % of the resident keys",
            share <= MOST_LOADS && resident > 0));
    findings.figureOfTail("undisturbed", undisturbed);
    findings.figureOfTail("restarting", after);
    return findings.list();
  }
}
