package io.dawncache.bench.chaos;

import io.dawncache.bench.chaos.Timeline.Event;
import io.dawncache.bench.server.ServerProcess;
import io.dawncache.operations.page.StatsPage;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A fleet of three that is under load for long while one thing after the other is done to it. Node
 * 1 lives the whole run and nothing is done to it; so it is the one whose curves are judged.
 */
final class Soak implements AutoCloseable {
  /** A member that was ejected again and again has to answer up to 32 probes, one a second. */
  private static final Duration WHOLE_IN = Duration.ofSeconds(45);

  private static final Duration BOOKS_IN = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofMillis(200);

  /** After a fault, until caches and the circuit to the origin are as before. */
  private static final Duration GRACE = Duration.ofSeconds(3);

  private static final long END_SECONDS = 60;

  private final SoakPlan plan;
  private final PrintWriter progress;
  private final CountingOrigin origin;
  private final NodeProcesses fleet;
  private final FleetWatch watch;
  private final OpenLoad load;
  private final SoakKeys keys;
  private final Map<ChaosNode, Target> targets = new HashMap<>();
  private final List<String> operations;
  private final List<Event> events = new ArrayList<>();
  private final List<Span> windows = new ArrayList<>();
  private final List<String> neverWhole = new ArrayList<>();
  private final long beginNanos;

  private Soak(SoakPlan plan, PrintWriter progress) throws IOException {
    this.plan = plan;
    this.progress = progress;
    int count = SoakPlan.NODES;
    int[] ports = ServerProcess.freePorts(2 * count);
    this.operations =
        Arrays.stream(ports).limit(count).mapToObj(port -> "127.0.0.1:" + port).toList();
    Network network = Network.loopback(Arrays.copyOfRange(ports, count, 2 * count));
    this.origin = new CountingOrigin(network.originHost(), new OriginValues(SoakKeys::length));
    this.fleet =
        new NodeProcesses(
            plan.folder(),
            network,
            count,
            origin,
            number -> SoakPlan.options(operations.get(number - 1)));
    for (ChaosNode node : fleet.nodes()) {
      targets.put(node, new Target(node));
    }
    this.keys = new SoakKeys(plan.keys(), origin.values());
    this.watch = new FleetWatch(fleet.nodes());
    targets.forEach(watch::balance);
    this.load =
        new OpenLoad(keys, Direct.basePath(), fleet.nodes().stream().map(this::target).toList());
    this.beginNanos = System.nanoTime();
  }

  private Target target(ChaosNode node) {
    Target target = targets.get(node);
    if (target == null) {
      throw new IllegalArgumentException(node.url() + ": unknown");
    }
    return target;
  }

  /**
   * Runs it, and returns what was seen.
   *
   * @param progress receives a line for each step
   */
  static SoakResult run(SoakPlan plan, PrintWriter progress)
      throws IOException, InterruptedException {
    try (Soak soak = new Soak(plan, progress)) {
      return soak.run();
    }
  }

  private SoakResult run() throws IOException, InterruptedException {
    event("starting " + SoakPlan.NODES + " nodes");
    fleet.start(fleet.nodes());
    long fromNanos = event("the load begins, and warms up for " + plan.warmUp().toSeconds() + " s");
    Series gets = Series.endless(plan.rate(), keys::draw);
    load.start(gets);
    SoakCalls others =
        new SoakCalls(
            fleet.nodes(),
            operations,
            node -> target(node).isReady(),
            keys,
            origin.values(),
            plan.keys());
    Span judged;
    Sampler sampler = new Sampler(fleet.nodes(), plan, beginNanos);
    try (sampler;
        others) {
      judged = judged(sampler, fromNanos);
      load.end(gets);
      await(gets);
    }
    collect(); // so that the last leaks are reported, too
    Map<Integer, List<String>> books = books();
    return new SoakResult(
        plan,
        beginNanos,
        judged,
        List.copyOf(windows),
        load.answers(),
        others.calls(),
        sampler.curves(),
        List.copyOf(neverWhole),
        books,
        NodeLogs.read(fleet.nodes()),
        evictions(),
        List.copyOf(events));
  }

  /** Warms up, and disturbs the fleet until the end; returns the time that is judged. */
  private Span judged(Sampler sampler, long fromNanos) throws IOException, InterruptedException {
    long warmNanos = fromNanos + plan.warmUp().toNanos();
    pauseUntil(warmNanos);
    event("warm: what follows is judged");
    long endNanos = fromNanos + plan.length().toNanos();
    disturb(sampler, endNanos);
    pauseUntil(endNanos);
    event("the load ends");
    return Scene.since(warmNanos);
  }

  /** Does one thing after the other, as long as there is time for it to be over before the end. */
  private void disturb(Sampler sampler, long endNanos) throws IOException, InterruptedException {
    long dueNanos = System.nanoTime();
    long lastNanos = endNanos - plan.betweenFaults().toNanos();
    SoakFault[] faults = SoakFault.values();
    for (int i = 0; dueNanos - lastNanos <= 0; i++) {
      pauseUntil(dueNanos);
      SoakFault fault = faults[i % faults.length];
      ChaosNode node = fleet.node(2 + i % (SoakPlan.NODES - 1));
      long fromNanos = event("node " + node.number() + " " + fault.title());
      try {
        fault.inflict(new SoakFault.Victim(node, fleet, origin), sampler);
        awaitWhole(fault.title());
      } catch (IOException e) { // the run goes on: what it has seen is worth more than its end
        event("this failed: " + e);
        neverWhole.add(fault.title() + ": " + e);
        fleet.putMembers(fleet.nodes());
      }
      TimeUnit.NANOSECONDS.sleep(GRACE.toNanos());
      windows.add(Scene.since(fromNanos));
      dueNanos = Math.max(fromNanos + plan.betweenFaults().toNanos(), System.nanoTime());
    }
  }

  /** Returns when every node has all members and holds none ejected, or after {@link #WHOLE_IN}. */
  private void awaitWhole(String after) throws InterruptedException {
    long deadline = System.nanoTime() + WHOLE_IN.toNanos();
    String trouble = trouble();
    while (!trouble.isEmpty() && System.nanoTime() - deadline < 0) {
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
      trouble = trouble();
    }
    if (!trouble.isEmpty()) {
      event("the fleet is not whole: " + trouble);
      neverWhole.add(after + ": " + trouble);
    } else {
      event("the fleet is whole");
    }
  }

  private String trouble() throws InterruptedException {
    List<String> urls = fleet.nodes().stream().map(ChaosNode::url).toList();
    for (ChaosNode node : fleet.nodes()) {
      try {
        NodePage page = Direct.stats(node);
        if (!page.hasMembers(urls) || page.membersInForce() != urls.size()) {
          return "node " + node.number() + " says " + page;
        }
      } catch (IOException e) {
        return "node " + node.number() + ": " + e.getMessage();
      }
    }
    return "";
  }

  /** Has every node that runs collect its heap. */
  private void collect() throws InterruptedException {
    for (ChaosNode node : fleet.nodes()) {
      try {
        if (node.isAlive()) {
          Footprint.liveBytes(node);
        }
      } catch (IOException e) {
        event("node " + node.number() + ": " + e); // its books say that it is missed
      }
    }
  }

  /** Waits until the books of every node balance, for a minute at most; what does not, by node. */
  private Map<Integer, List<String>> books() throws InterruptedException {
    Map<Integer, List<String>> faults = new TreeMap<>();
    long deadline = System.nanoTime() + BOOKS_IN.toNanos();
    for (ChaosNode node : fleet.nodes()) {
      List<String> found = booksOf(node);
      while (!found.isEmpty() && System.nanoTime() - deadline < 0) {
        TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
        found = booksOf(node);
      }
      faults.put(node.number(), found);
    }
    return faults;
  }

  private static List<String> booksOf(ChaosNode node) throws InterruptedException {
    try {
      return Books.faults(Direct.wholeStats(node));
    } catch (IOException e) {
      return List.of(e.toString());
    }
  }

  private long evictions() throws InterruptedException {
    try {
      StatsPage.OfGroup group = Direct.wholeStats(fleet.node(1)).groups().get(ChaosNode.GROUP);
      return group == null ? 0 : group.mainCache().evictions();
    } catch (IOException e) {
      return 0; // its books say that it is missed
    }
  }

  private static void await(Series series) throws IOException, InterruptedException {
    try {
      series.ended().get(END_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the gets do not end (expected: in " + END_SECONDS + " s)", e);
    }
  }

  private static void pauseUntil(long nanos) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(nanos - System.nanoTime());
  }

  private long event(String text) {
    long now = System.nanoTime();
    double seconds = (now - beginNanos) / 1e9;
    events.add(new Event(seconds, text));
    progress.println(String.format(Locale.ROOT, "%.1f s: %s", seconds, text));
    progress.flush();
    return now;
  }

  @Override
  public void close() {
    load.close();
    watch.close();
    fleet.close();
    origin.close();
  }
}
