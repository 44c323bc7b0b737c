package io.dawncache.bench.chaos;

import io.dawncache.bench.load.Quantity;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** Row 10: a fourth node is added to three. */
final class GrowRow implements Row {
  private static final int FIRST = 3;
  private static final double MOST_LOADS = 0.05;

  @Override
  public String name() {
    return "10";
  }

  @Override
  public String title() {
    return "a fourth node is added to three";
  }

  @Override
  public RowResult run(Plan plan, PrintWriter progress) throws IOException, InterruptedException {
    int count = FIRST + 1;
    try (Scene scene = Scene.open(plan, name(), Network.loopback(count), count, FIRST, progress)) {
      List<ChaosNode> all = scene.nodes();
      ChaosNode added = scene.node(count);
      Span undisturbed = scene.begin(all.subList(0, FIRST));
      scene.event("node 4: started, not a member yet");
      added.start();
      scene.awaitReady(added);
      long atNanos = scene.event("node 4: written into the member list");
      scene.putMembers(all);
      scene.awaitMembers(all);
      long agreedNanos = scene.event("all nodes have the new list");
      scene.pauseUntil(atNanos + plan.after().toNanos());

      scene.end();
      Owners owners = scene.owners().with(all.stream().map(ChaosNode::url).toList());
      List<Finding> findings =
          judge(
              scene.observations(),
              owners.ownedBy(added),
              undisturbed,
              Scene.since(atNanos),
              agreedNanos);
      return new RowResult(name(), title(), findings, scene.timeline());
    }
  }

  /**
   * Judges the run.
   *
   * @param moves whether a key moves to the added node
   * @param after from the change of the list on
   * @param agreedNanos when all nodes had the new list
   */
  static List<Finding> judge(
      Observations seen, Predicate<String> moves, Span undisturbed, Span after, long agreedNanos) {
    Findings findings = new Findings(seen);
    findings.noneFailed(new Span(undisturbed.fromNanos(), after.toNanos()));
    long moved = seen.keys().names().stream().filter(moves).count();
    List<Loads.Load> loads = seen.loads().in(after, moves);
    double share = (double) loads.size() / Math.max(1, moved);
    findings.add(
        Finding.judged(
            "loads of the keys that move",
            String.format(
                Locale.ROOT,
                "%.1f %%: %,d, of %,d keys, by nodes %s",
                share * 100,
                loads.size(),
                moved,
                Loads.byNode(loads)),
            "<= 5 %",
            share <= MOST_LOADS && moved > 0));
    findings.add(
        Finding.figure(
            "the list is everywhere after", Quantity.time(agreedNanos - after.fromNanos())));
    findings.figureOfTail("undisturbed", undisturbed);
    findings.figureOfTail("from the change on", after);
    return findings.list();
  }
}
