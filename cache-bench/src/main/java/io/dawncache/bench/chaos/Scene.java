package io.dawncache.bench.chaos;

import io.dawncache.bench.chaos.Timeline.Event;
import io.dawncache.bench.workload.Zipf;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A fleet of node processes that find each other by a file, their origin, the clients that ask
 * them, and the watch on all of it. For use by one thread.
 */
final class Scene implements AutoCloseable {
  private static final long END_SECONDS = 60;
  private static final long SEED = 42;
  private static final int PROBES = 200;
  private static final int ROUNDS = 5;

  /** A node that has just started is asked this much more slowly. */
  private static final double COLD = 2;

  private final Plan plan;
  private final PrintWriter progress;
  private final String row;
  private final Network network;
  private final CountingOrigin origin;
  private final NodeProcesses fleet;
  private final List<Event> events = new ArrayList<>();
  private final Keys keys;
  private final FleetWatch watch;
  private @Nullable OpenLoad load;
  private @Nullable Series gets;
  private @Nullable Owners owners;
  private long beginNanos;

  private Scene(Plan plan, String row, Network network, int count, PrintWriter progress)
      throws IOException {
    this.plan = plan;
    this.row = row;
    this.network = network;
    this.progress = progress;
    this.origin = new CountingOrigin(network.originHost());
    this.keys = new Keys(plan.keys(), origin.values()::of);
    this.fleet =
        new NodeProcesses(
            plan.folder().resolve("row-" + row),
            network,
            count,
            origin,
            number -> ChaosNode.Options.NONE);
    this.watch = new FleetWatch(fleet.nodes());
  }

  /**
   * Starts a fleet, and returns when all of it serves and has one member list.
   *
   * @param row the name of the row
   * @param network where its nodes live, for as long as the scene; it closes it
   * @param count how many nodes there are
   * @param first how many of them are started, and are members at first
   */
  static Scene open(
      Plan plan, String row, Network network, int count, int first, PrintWriter progress)
      throws IOException, InterruptedException {
    Scene scene;
    try {
      scene = new Scene(plan, row, network, count, progress);
    } catch (IOException | RuntimeException e) {
      network.close();
      throw e;
    }
    try {
      scene.say("starting " + first + " nodes");
      scene.fleet.start(scene.nodes().subList(0, first));
      return scene;
    } catch (IOException | InterruptedException | RuntimeException e) {
      scene.close();
      throw e;
    }
  }

  /** Returns a node by its number, from 1 on. */
  ChaosNode node(int number) {
    return fleet.node(number);
  }

  List<ChaosNode> nodes() {
    return fleet.nodes();
  }

  Plan plan() {
    return plan;
  }

  CountingOrigin origin() {
    return origin;
  }

  /** Returns what finds out when nodes take their keys; from {@link #begin} on. */
  Takeover takeover() {
    return new Takeover(owners(), origin.values(), origin.loads(), Client.HTTP);
  }

  /** Returns what is seen of the run, from {@link #begin} on. */
  Observations observations() {
    return new Observations(keys, load().answers(), origin.loads(), watch.sights());
  }

  /** Returns who owns what while all first members are there; known from {@link #begin} on. */
  Owners owners() {
    if (owners == null) {
      throw new IllegalStateException("not filled yet");
    }
    return owners;
  }

  private OpenLoad load() {
    if (load == null) {
      throw new IllegalStateException("no load yet");
    }
    return load;
  }

  /** Does what {@link NodeProcesses#putMembers} says. */
  void putMembers(List<ChaosNode> list) throws IOException {
    fleet.putMembers(list);
  }

  /** Does what {@link NodeProcesses#awaitReady} says. */
  void awaitReady(ChaosNode node) throws IOException, InterruptedException {
    fleet.awaitReady(node);
  }

  /** Does what {@link NodeProcesses#awaitMembers} says. */
  void awaitMembers(List<ChaosNode> list) throws IOException, InterruptedException {
    fleet.awaitMembers(list);
  }

  /**
   * Has these nodes asked for each key once, puts them under load, warms them up, has them asked
   * for each key once more, so that owners hold them, and measures them undisturbed.
   *
   * @return the undisturbed part of the run
   */
  Span begin(List<ChaosNode> asked) throws IOException, InterruptedException {
    List<Target> targets = new ArrayList<>();
    for (ChaosNode node : asked) {
      Target target = new Target(node);
      targets.add(target);
      watch.balance(node, target);
    }
    load = new OpenLoad(keys, Direct.basePath(), targets);
    owners = learnOwners(asked);
    say("the ring is " + owners.scheme() + "; asking for each of " + keys.count() + " keys once");
    sweep(plan.rate() / COLD);
    say("warming up for " + plan.warmUp().toSeconds() + " s");
    Zipf zipf = new Zipf(keys.count(), plan.skew());
    SplittableRandom random = new SplittableRandom(SEED);
    beginNanos = System.nanoTime();
    gets = Series.endless(plan.rate(), () -> zipf.draw(random));
    load.start(gets);
    pause(plan.warmUp());
    sweep(); // what was loaded in the wrong place while the nodes were cold has ended by now
    say("measuring undisturbed for " + plan.undisturbed().toSeconds() + " s");
    long from = System.nanoTime();
    pause(plan.undisturbed());
    return new Span(from, System.nanoTime());
  }

  /** Asks cold nodes for some keys, one at a time, and sees who loads them. */
  private Owners learnOwners(List<ChaosNode> asked) throws IOException, InterruptedException {
    List<String> urls = nodes().stream().filter(ChaosNode::isAlive).map(ChaosNode::url).toList();
    IOException unclear = null;
    for (int round = 0; round < ROUNDS; round++) {
      long fromNanos = System.nanoTime();
      for (int i = 0; i < PROBES; i++) {
        Direct.get(asked.get(i % asked.size()), "probe" + round + "-" + i);
      }
      try {
        return Owners.learned(urls, origin.loads().in(since(fromNanos)));
      } catch (IOException e) {
        unclear = e; // nodes that are too slow for each other at first become faster
      }
    }
    throw new IOException(String.valueOf(unclear == null ? "" : unclear.getMessage()), unclear);
  }

  /** Has the nodes asked for each key once, beside the load. */
  void sweep() throws IOException, InterruptedException {
    sweep(plan.rate());
  }

  private void sweep(double rate) throws IOException, InterruptedException {
    Series sweep = Series.sweep(rate, keys.count());
    load().start(sweep);
    await(sweep, (long) (keys.count() / rate) + END_SECONDS);
  }

  /** Ends the load, and returns when the last request has ended: only then all can be judged. */
  void end() throws IOException, InterruptedException {
    if (gets != null) {
      load().end(gets);
      await(gets, END_SECONDS);
    }
  }

  private static void await(Series series, long seconds) throws IOException, InterruptedException {
    try {
      series.ended().get(seconds, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the gets do not end (expected: in " + seconds + " s)", e);
    }
  }

  /** Lets the load go on. */
  void pause(Duration duration) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(duration.toNanos());
  }

  /** Lets the load go on until then. */
  void pauseUntil(long nanos) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(nanos - System.nanoTime());
  }

  /** Notes in the timeline what happens now, prints it, and returns when it was. */
  long event(String text) {
    long now = System.nanoTime();
    double seconds = (now - beginNanos) / 1e9;
    events.add(new Event(seconds, text));
    say(String.format(Locale.ROOT, "%.1f s: %s", seconds, text));
    return now;
  }

  private void say(String text) {
    progress.println("row " + row + ": " + text);
    progress.flush();
  }

  /** Returns the part of the run that begins there and ends now. */
  static Span since(long nanos) {
    return new Span(nanos, System.nanoTime());
  }

  /** Returns the whole run, from the begin of the load until now. */
  Timeline timeline() {
    return Timeline.of(since(beginNanos), observations(), events);
  }

  @Override
  public void close() throws IOException {
    if (load != null) {
      load.close();
    }
    watch.close();
    fleet.close();
    origin.close();
    network.close();
  }
}
