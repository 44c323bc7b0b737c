package io.dawncache.bench.siege;

import io.dawncache.bench.chaos.Finding;
import io.dawncache.bench.load.Quantity;
import io.dawncache.server.ServerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Attacks a node while another client asks for what it holds. */
record AttackScene(Attack attack) implements Scene {
  static final String HITS = "hits";

  private static final int HIT_BYTES = 1024;
  private static final int LARGE_BYTES = 1 << 20;

  /** What a JVM holds beside heap and direct buffers: code, classes, stacks, its own tables. */
  private static final int BESIDE_MIB = 160;

  private static final long MOST_BYTES =
      (long) (SiegeNode.HEAP_MIB + SiegeNode.DIRECT_MIB + BESIDE_MIB) << 20;

  /** A JVM opens a file now and then, such as a jar. */
  private static final long FILES = 8;

  private static final Duration SETTLED = Duration.ofSeconds(2);
  private static final Duration IDLE = ServerConfig.builder().build().limits().idleTimeout();
  private static final long LOOK_MILLIS = 50;

  @Override
  public String name() {
    return attack.name();
  }

  @Override
  public String title() {
    return attack.title();
  }

  @Override
  public List<Finding> run(Plan plan, PrintWriter progress)
      throws IOException, InterruptedException {
    try (SiegeNode node =
            SiegeNode.start(
                plan,
                name(),
                "--group",
                HITS + "=timed:0:" + HIT_BYTES,
                "--group",
                Attack.LARGE + "=timed:0:" + LARGE_BYTES);
        Hits hits = new Hits(plan, node, HITS, HIT_BYTES)) {
      progress.println(name() + ": loading the resident keys, and warming up");
      progress.flush();
      hits.fill();
      Outcome warming = hits.begin();
      pause(plan.warmUp());
      hits.end(warming);
      long filesBefore = node.held().descriptors();
      long inFlightBefore = Watch.inFlight(node.stats());

      progress.println(name() + ": hits alone");
      progress.flush();
      Outcome alone = hits.begin();
      pause(plan.undisturbed());

      progress.println(name() + ": the attack");
      progress.flush();
      Outcome during;
      Watch.Seen seen;
      try (Watch watch = new Watch(node)) {
        Attack.Running running = attack.start(node, plan);
        during = hits.begin();
        pause(plan.attack());
        seen = watch.end();
        running.close();
      }
      long endNanos = System.nanoTime();
      progress.println(name() + ": the end of it");
      progress.flush();
      Outcome settling = hits.begin();
      pause(SETTLED);
      Outcome after = hits.begin();
      pause(plan.after());
      hits.end(after);
      hits.await(during);
      long backNanos = awaitBack(node, filesBefore, inFlightBefore, endNanos);

      SiegeFindings findings = new SiegeFindings(plan);
      findings.alone("hits alone", alone);
      findings.sent(
          "hits sent when due",
          Math.min(alone.sentInTime(), Math.min(during.sentInTime(), after.sentInTime())));
      findings.p99("hits during the attack", alone, during);
      findings.noneFailed("failed hits", during);
      findings.memory(seen.residentBytes(), MOST_BYTES);
      findings.figure(
          "most connections, bytes in flight",
          Quantity.count(seen.connections()) + ", " + Quantity.bytes(seen.inFlightBytes()));
      findings.figure("slowest /healthz", Quantity.time(seen.slowestNanos()));
      findings.alone("hits in the first 2 s after", settling);
      findings.p99("hits from 2 s after on", alone, after);
      findings.noneFailed("failed hits from then on", after);
      findings.back("descriptors and bytes in flight as before", backNanos, IDLE.toNanos());
      return findings.list();
    }
  }

  /** Returns how long after its end nothing of the attack was left, or -1 if something stayed. */
  private static long awaitBack(SiegeNode node, long files, long inFlight, long endNanos)
      throws IOException, InterruptedException {
    while (System.nanoTime() - endNanos < IDLE.toNanos()) {
      if (node.held().descriptors() <= files + FILES && Watch.inFlight(node.stats()) <= inFlight) {
        return System.nanoTime() - endNanos;
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
    return -1;
  }

  private static void pause(Duration duration) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(duration.toNanos());
  }
}
