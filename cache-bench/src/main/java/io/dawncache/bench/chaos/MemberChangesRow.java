package io.dawncache.bench.chaos;

import io.dawncache.bench.load.Quantity;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Row 9: the member list changes 1,000 times in a minute. */
final class MemberChangesRow implements Row {
  /*
   * Nodes put a list into force only when it has been the same for a moment, so of changes at equal
   * distances none would ever be. These come in bursts of 25 in three quarters of a second, with as
   * much rest after each: the last list of each comes into force, once without a node and once with
   * all of them.
   */
  private static final int BURST = 25;

  private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);
  private static final long PERIOD_NANOS = BURST_NANOS / BURST / 2;
  private static final double MOST_TIMES_HEAP = 1.1;

  /**
   * The heaps are measured first when one in this many of the changes has been made before: a fleet
   * that has never changed holds more, and a leak would hide behind that.
   */
  private static final int FIRST_PART = 5;

  /** After the last change: longer than a copy holds, so that what is left is what stays. */
  private static final Duration SETTLE = Duration.ofSeconds(15);

  @Override
  public String name() {
    return "9";
  }

  @Override
  public String title() {
    return "1,000 member changes in a minute";
  }

  @Override
  public boolean needsNamespaces() {
    return false;
  }

  @Override
  public RowResult run(Plan plan, PrintWriter progress) throws IOException, InterruptedException {
    int count = plan.nodes();
    try (Scene scene = Scene.open(plan, name(), Network.loopback(count), count, count, progress)) {
      List<ChaosNode> nodes = scene.nodes();
      Span undisturbed = scene.begin(nodes);
      scene.event("first changes, after which the heaps are measured");
      change(scene, plan.after().toNanos() / BURST_NANOS / FIRST_PART);
      List<Footprint> before = settledFootprints(scene);
      long fromNanos = scene.event("the changes begin: each node in turn leaves and comes back");
      long bursts = plan.after().toNanos() / BURST_NANOS;
      change(scene, bursts);
      Span changing = Scene.since(fromNanos);
      scene.event("the changes end");
      List<Footprint> after = settledFootprints(scene);

      scene.end();
      Findings findings = new Findings(scene);
      findings.noneFailed(new Span(undisturbed.fromNanos(), changing.toNanos()));
      for (int i = 0; i < count; i++) {
        judge(nodes.get(i), before.get(i), after.get(i), findings);
      }
      long inForce = listsSeen(scene, nodes.get(0), changing);
      findings.add(
          Finding.judged(
              "lists that node 1 was seen to hold, one after the other",
              Quantity.count(inForce),
              ">= " + bursts / 2 + ", else hardly a change was tried",
              inForce >= bursts / 2));
      findings.add(
          Finding.figure(
              "changes written, and loads meanwhile",
              Quantity.count(bursts * BURST)
                  + ", "
                  + Quantity.count(scene.origin().loads(changing).size())));
      findings.figureOfTail("undisturbed", undisturbed);
      findings.figureOfTail("changing", changing);
      return new RowResult(name(), title(), findings.list(), scene.timeline());
    }
  }

  private static long listsSeen(Scene scene, ChaosNode node, Span span) {
    long seen = 0;
    List<String> last = List.of();
    for (FleetWatch.Sight sight : scene.watch().in(span)) {
      if (sight.node() == node && !sight.page().members().equals(last)) {
        last = sight.page().members();
        seen++;
      }
    }
    return seen;
  }

  /** Changes the list in bursts, and puts all nodes into it at the end. */
  private static void change(Scene scene, long bursts) throws IOException, InterruptedException {
    long fromNanos = System.nanoTime();
    List<ChaosNode> nodes = scene.nodes();
    for (int change = 0; change < bursts * BURST; change++) {
      List<ChaosNode> list = new ArrayList<>(nodes);
      if (change % 2 == 0) {
        list.remove(change / 2 % nodes.size());
      }
      scene.pauseUntil(fromNanos + change / BURST * BURST_NANOS + change % BURST * PERIOD_NANOS);
      scene.putMembers(list);
    }
    scene.pauseUntil(fromNanos + bursts * BURST_NANOS);
    scene.putMembers(nodes);
  }

  /** Returns what each node holds when the last change is long over. */
  private static List<Footprint> settledFootprints(Scene scene)
      throws IOException, InterruptedException {
    scene.awaitMembers(scene.nodes());
    scene.pause(SETTLE);
    scene.event("the nodes are made to collect their heaps");
    List<Footprint> footprints = new ArrayList<>();
    for (ChaosNode node : scene.nodes()) {
      footprints.add(Footprint.of(node));
    }
    return footprints;
  }

  private static void judge(ChaosNode node, Footprint before, Footprint after, Findings findings) {
    findings.add(
        Finding.judged(
            "node " + node.number() + ": heap after a collection",
            Quantity.bytes(before.heapBytes())
                + ", then "
                + Quantity.bytes(after.heapBytes())
                + " (threads "
                + before.threads()
                + ", then "
                + after.threads()
                + "; open files "
                + before.files()
                + ", then "
                + after.files()
                + ")",
            "at most 10 % more",
            after.heapBytes() <= MOST_TIMES_HEAP * before.heapBytes()));
  }
}
