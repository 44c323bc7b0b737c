package io.dawncache.bench.chaos;

import io.dawncache.server.peer.PeerTimings;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;

/** Rows 4 and 5: one owner is lost while the clients ask the others. */
final class LossRow implements Row {
  /** The longest wait for a peer that is gone: until it is probed, and for the probe's answer. */
  private static final Duration PROBE_BOUND =
      PeerTimings.DEFAULT.probeAfter().plus(PeerTimings.DEFAULT.probe());

  private static final Duration MORE = Duration.ofMillis(250);
  private static final Duration EJECTED_IN = Duration.ofSeconds(3);
  private static final double MOST_LOADS_A_KEY = 1.1;

  /** How the node is lost. */
  enum Loss {
    KILL("4", "one owner is killed with -9"),
    HANG("5a", "one owner hangs (SIGSTOP), its sockets open"),
    CUT("5b", "one owner has its network cut");

    private final String row;
    private final String title;

    Loss(String row, String title) {
      this.row = row;
      this.title = title;
    }
  }

  private final Loss loss;

  LossRow(Loss loss) {
    this.loss = loss;
  }

  @Override
  public String name() {
    return loss.row;
  }

  @Override
  public String title() {
    return loss.title;
  }

  @Override
  public RowResult run(Plan plan, PrintWriter progress) throws IOException, InterruptedException {
    int count = plan.nodes();
    Network network = loss == Loss.CUT ? Namespaces.open(count) : Network.loopback(count);
    try (Scene scene = Scene.open(plan, name(), network, count, count, progress)) {
      ChaosNode lost = scene.node(1);
      List<ChaosNode> others = scene.nodes().subList(1, count);
      Span undisturbed = scene.begin(others);
      long atNanos = scene.event("node 1: " + lose(lost, network));
      scene.pause(plan.after());
      Span after = Scene.since(atNanos);
      scene.end();
      List<Finding> findings =
          judge(scene.observations(), scene.owners(), lost, others, undisturbed, after);
      return new RowResult(name(), title(), findings, scene.timeline());
    }
  }

  /** Loses the node, and returns how. */
  private String lose(ChaosNode node, Network network) throws IOException, InterruptedException {
    switch (loss) {
      case KILL -> node.kill();
      case HANG -> node.signal("STOP");
      case CUT -> ((Namespaces) network).cut(node.number());
    }
    return loss == Loss.KILL ? "killed" : loss == Loss.HANG ? "stopped" : "cut off";
  }

  static List<Finding> judge(
      Observations seen,
      Owners owners,
      ChaosNode lost,
      List<ChaosNode> others,
      Span undisturbed,
      Span after) {
    Findings findings = new Findings(seen);
    findings.noneFailed(new Span(undisturbed.fromNanos(), after.toNanos()));
    findings.slowest(undisturbed, after, PROBE_BOUND.plus(MORE).toNanos());
    findings.loadsOfAsked("loads of its keys", after, owners.ownedBy(lost), MOST_LOADS_A_KEY);
    Long ejected = findings.ejected(lost, others, after, EJECTED_IN.toNanos());
    long from = ejected == null ? after.fromNanos() + EJECTED_IN.toNanos() : ejected;
    findings.p99(
        ejected == null ? "p99 from 3 s after the loss on" : "p99 after the ejection",
        undisturbed,
        new Span(from, after.toNanos()));
    return findings.list();
  }
}
