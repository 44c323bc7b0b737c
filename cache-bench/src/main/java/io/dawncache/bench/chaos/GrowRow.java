package io.dawncache.bench.chaos;

import io.dawncache.bench.load.Quantity;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

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
  public boolean needsNamespaces() {
    return false;
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
      Span after = Scene.since(atNanos);
      Findings findings = new Findings(scene);
      findings.noneFailed(new Span(undisturbed.fromNanos(), after.toNanos()));
      long moved =
          scene.keys().names().stream().filter(key -> owners.of(key).equals(added.url())).count();
      List<CountingOrigin.Load> loads =
          findings.loads(after, key -> owners.of(key).equals(added.url()));
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
                  Findings.byNode(loads)),
              "<= 5 %",
              share <= MOST_LOADS && moved > 0));
      findings.add(
          Finding.figure("the list is everywhere after", Quantity.time(agreedNanos - atNanos)));
      findings.figureOfTail("undisturbed", undisturbed);
      findings.figureOfTail("from the change on", after);
      return new RowResult(name(), title(), findings.list(), scene.timeline());
    }
  }
}
