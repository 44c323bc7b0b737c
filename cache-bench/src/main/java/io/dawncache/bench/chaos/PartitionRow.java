package io.dawncache.bench.chaos;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;

/** Row 8: the fleet falls into two that cannot reach each other, and is healed. */
final class PartitionRow implements Row {
  private static final Duration HEALED_IN = Duration.ofSeconds(5);

  @Override
  public String name() {
    return "8";
  }

  @Override
  public String title() {
    return "a partition into two sides (three and two nodes), healed";
  }

  @Override
  public RowResult run(Plan plan, PrintWriter progress) throws IOException, InterruptedException {
    int count = plan.nodes();
    Namespaces network = Namespaces.open(count);
    try (Scene scene = Scene.open(plan, name(), network, count, count, progress)) {
      List<ChaosNode> nodes = scene.nodes();
      Span undisturbed = scene.begin(nodes);
      PartedChanges changes =
          new PartedChanges(nodes, scene.owners(), scene.origin().values(), Client.HTTP);
      changes.fill();
      long splitNanos =
          scene.event(
              "the network between nodes "
                  + changes.larger()
                  + " and "
                  + changes.smaller()
                  + " is cut");
      network.split(changes.larger(), changes.smaller());
      scene.pauseUntil(splitNanos + plan.after().dividedBy(6).toNanos());
      scene.event("keys are removed on either side, and put on both");
      Findings findings = new Findings(scene.observations());
      changes.make().forEach(findings::add);
      scene.event("the changes are made");
      findings.add(changes.everythingIsServed());
      scene.pauseUntil(splitNanos + plan.after().dividedBy(2).toNanos());
      network.heal(changes.larger(), changes.smaller());
      long healNanos = scene.event("the network is healed");
      Takeover takeover = scene.takeover();
      takeover.probe(nodes, nodes, healNanos + HEALED_IN.toNanos());
      changes.areInForce().forEach(findings::add);
      takeover.probe(nodes, nodes, healNanos + 3 * HEALED_IN.toNanos());

      scene.end();
      findings.noneFailed(Scene.since(undisturbed.fromNanos()));
      findings.within("the rings agree", takeover.sinceNanos(), healNanos, HEALED_IN);
      findings.allMembersInForce(nodes.size(), Scene.since(healNanos));
      findings.figureOfTail("undisturbed", undisturbed);
      findings.figureOfTail("parted", new Span(splitNanos, healNanos));
      return new RowResult(name(), title(), findings.list(), scene.timeline());
    }
  }
}
