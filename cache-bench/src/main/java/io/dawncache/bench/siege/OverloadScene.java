package io.dawncache.bench.siege;

import io.dawncache.bench.chaos.Finding;
import io.dawncache.core.GroupActivity;
import io.dawncache.operations.page.StatsPage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Asks for three times as many new keys as the origin can give, beside the hits of another client,
 * and sees whether the node still gives what it has and what its origin can.
 */
final class OverloadScene implements Scene {
  private static final String GROUP = "siege";
  private static final int VALUE_BYTES = 1024;
  private static final int LOADS = 8;
  private static final int LOAD_MILLIS = 10;
  private static final double CAPACITY = 1000.0 / LOAD_MILLIS * LOADS;
  private static final double TIMES_CAPACITY = 3;

  private static final String CONFIG =
      "groups: {%s: {origin: 'timed:%d:%d', max-loads: %d}}%n"
          .formatted(GROUP, LOAD_MILLIS, VALUE_BYTES, LOADS);

  /** More gets are never on their way: half a second of those that are loaded, and some. */
  private static final int CONNECTIONS = 4_000;

  private static final Duration SETTLED = Duration.ofSeconds(2);
  private static final long SHORT_MILLIS = 60_000;
  private static final int ROUNDS = 20;
  private static final double GENTLE_RATE = 50;

  private final Supplier<String> newKeys =
      new Supplier<>() {
        private long count;

        @Override
        public String get() {
          return "new-" + count++;
        }
      };

  @Override
  public String name() {
    return "overload";
  }

  @Override
  public String title() {
    return "three times as many gets of new keys as the origin can load";
  }

  @Override
  public List<Finding> run(Plan plan, PrintWriter progress)
      throws IOException, InterruptedException {
    Path config = plan.folder().resolve(name() + ".yaml");
    Files.writeString(config, CONFIG);
    try (SiegeNode node = SiegeNode.start(plan, name(), "--config", config.toString());
        Hits hits = new Hits(plan, node, GROUP, VALUE_BYTES);
        OpenGets others =
            new OpenGets(node.data(), GROUP, VALUE_BYTES, CONNECTIONS, plan.timeoutNanos())) {
      return new Run(plan, progress, node, hits, others).findings();
    }
  }

  private final class Run {
    private final Plan plan;
    private final PrintWriter progress;
    private final SiegeNode node;
    private final Hits hits;
    private final OpenGets others;

    Run(Plan plan, PrintWriter progress, SiegeNode node, Hits hits, OpenGets others) {
      this.plan = plan;
      this.progress = progress;
      this.node = node;
      this.hits = hits;
      this.others = others;
    }

    List<Finding> findings() throws IOException, InterruptedException {
      SiegeFindings findings = new SiegeFindings(plan);
      Outcome alone = alone();

      say("three times as much as the origin can load");
      Watch watch = new Watch(node);
      long loadsBefore = group().localLoads();
      long fromNanos = System.nanoTime();
      Outcome during = hits.begin();
      Outcome asked = others.send(TIMES_CAPACITY * CAPACITY, newKeys);
      pause(plan.overload());
      if (plan.shortForm()) {
        asked.awaitRefused(SHORT_MILLIS);
      }
      double loads = group().localLoads() - loadsBefore;
      double seconds = (System.nanoTime() - fromNanos) / 1e9;
      Outcome settling = hits.begin();
      others.pause();
      say("the end of it");
      settle(asked);
      Outcome after = hits.begin();
      Outcome loaded = loadAfter();
      hits.end(after);
      others.await(asked);
      Watch.Seen seen = watch.end();

      findings.alone("hits alone", alone);
      double hitsSent =
          Math.min(alone.sentInTime(), Math.min(during.sentInTime(), after.sentInTime()));
      findings.sent("hits sent when due", hitsSent);
      findings.sent("gets of new keys sent when due", asked.sentAtOnce());
      findings.goodput("right hits within 1 s", alone, during);
      findings.noneFailed("failed hits", during);
      findings.alone("hits meanwhile", during);
      findings.alone("new keys that were loaded meanwhile", asked);
      findings.shed("gets of new keys", asked);
      findings.loads(loads / seconds, CAPACITY);
      findings.alive(seen);
      findings.alone("hits in the first 2 s after", settling);
      findings.p99("hits from 2 s after on", alone, after);
      findings.noneFailed("failed hits from then on", after);
      findings.noneFailed("failed gets of new keys from then on", loaded);
      return findings.list();
    }

    /** Returns the hits of a node that is warm and has nothing else to do. */
    private Outcome alone() throws IOException, InterruptedException {
      say("loading the resident keys, and warming up");
      hits.fill();
      hits.begin();
      Outcome warming = others.send(GENTLE_RATE, newKeys);
      pause(plan.warmUp());
      others.pause();
      others.await(warming);
      say("hits alone");
      Outcome alone = hits.begin();
      pause(plan.undisturbed());
      return alone;
    }

    private void settle(Outcome asked) throws IOException, InterruptedException {
      pause(SETTLED);
      if (plan.shortForm()) {
        others.await(asked);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SHORT_MILLIS);
        while (isLoading() && System.nanoTime() - deadline < 0) {
          pause(Duration.ofMillis(50));
        }
      }
    }

    private boolean isLoading() throws IOException {
      GroupActivity activity = group().activity();
      return activity != null && activity.runningLoads() > 0;
    }

    /** Has further keys loaded, half as many as the origin can. */
    private Outcome loadAfter() throws InterruptedException {
      Outcome outcome = loadAfter(plan.shortForm() ? GENTLE_RATE : CAPACITY / 2);
      // A busy machine can stop a node for longer than a load may wait.
      for (int round = 1; plan.shortForm() && round < ROUNDS && outcome.failures() > 0; round++) {
        outcome = loadAfter(GENTLE_RATE);
      }
      return outcome;
    }

    private Outcome loadAfter(double rate) throws InterruptedException {
      Outcome outcome = others.send(rate, newKeys);
      pause(plan.after());
      others.pause();
      others.await(outcome);
      return outcome;
    }

    private StatsPage.OfGroup group() throws IOException {
      StatsPage.OfGroup group = node.stats().groups().get(GROUP);
      if (group == null) {
        throw new IOException("/stats: no group " + GROUP);
      }
      return group;
    }

    private void say(String text) {
      progress.println(name() + ": " + text);
      progress.flush();
    }

    private static void pause(Duration duration) throws InterruptedException {
      TimeUnit.NANOSECONDS.sleep(duration.toNanos());
    }
  }
}
