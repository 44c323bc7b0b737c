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
  public RowResult run(Plan plan, PrintWriter progress) throws IOException, InterruptedException {
    int count = plan.nodes();
    try (Scene scene = Scene.open(plan, name(), Network.loopback(count), count, count, progress)) {
      List<ChaosNode> nodes = scene.nodes();
      Span undisturbed = scene.begin(nodes);
      long bursts = bursts(plan.after());
      scene.event("first changes, after which the heaps are measured");
      change(scene, bursts / FIRST_PART);
      List<Footprint> before = settledFootprints(scene);
      long fromNanos = scene.event("the changes begin: each node in turn leaves and comes back");
      change(scene, bursts);
      Span changing = Scene.since(fromNanos);
      scene.event("the changes end");
      List<Footprint> after = settledFootprints(scene);

      scene.end();
      Findings findings = new Findings(scene.observations());
      findings.noneFailed(new Span(undisturbed.fromNanos(), changing.toNanos()));
      for (int i = 0; i < count; i++) {
        findings.add(heap(nodes.get(i).number(), before.get(i), after.get(i)));
      }
      judgeChanges(scene.observations(), nodes.get(0), bursts, changing, findings);
      findings.figureOfTail("undisturbed", undisturbed);
      findings.figureOfTail("changing", changing);
      return new RowResult(name(), title(), findings.list(), scene.timeline());
    }
  }

  /** Returns how many bursts there are in a time; one at least. */
  static long bursts(Duration time) {
    return Math.max(1, time.toNanos() / BURST_NANOS);
  }

  /** Changes the list in bursts, and puts all nodes into it at the end. */
  private static void change(Scene scene, long bursts) throws IOException, InterruptedException {
    long fromNanos = System.nanoTime();
    List<ChaosNode> nodes = scene.nodes();
    for (int change = 0; change < bursts * BURST; change++) {
      scene.pauseUntil(fromNanos + dueNanos(change));
      scene.putMembers(listAfter(change, nodes));
    }
    scene.pauseUntil(fromNanos + bursts * BURST_NANOS);
    scene.putMembers(nodes);
  }

  /** Returns when a change is due, from the first one on, which is number 0. */
  static long dueNanos(int change) {
    return change / BURST * BURST_NANOS + change % BURST * PERIOD_NANOS;
  }

  /** Returns the list after a change: all of these nodes, or all but one. */
  static <T> List<T> listAfter(int change, List<T> all) {
    List<T> list = new ArrayList<>(all);
    if (change % 2 == 0) {
      list.remove(change / 2 % all.size());
    }
    return list;
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

  /** Judges whether a node holds no more after the changes than before. */
  static Finding heap(int node, Footprint before, Footprint after) {
    return Finding.judged(
        "node " + node + ": heap after a collection",
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
        after.heapBytes() <= MOST_TIMES_HEAP * before.heapBytes());
  }

  /** Judges whether enough of the lists came into force, by what one node was seen to hold. */
  static void judgeChanges(
      Observations seen, ChaosNode node, long bursts, Span changing, Findings findings) {
    int inForce = seen.sights().listsOf(node, changing).size();
    long enough = (bursts + 1) / 2;
    findings.add(
        Finding.judged(
            "lists that node " + node.number() + " was seen to hold, one after the other",
            Quantity.count(inForce),
            ">= " + enough + ", else hardly a change was tried",
            inForce >= enough));
    findings.add(
        Finding.figure(
            "changes written, and loads meanwhile",
            Quantity.count(bursts * BURST)
                + ", "
                + Quantity.count(seen.loads().in(changing).size())));
  }
}
