package io.dawncache.bench.core.singleflight;

import io.dawncache.bench.Aim;
import io.dawncache.bench.Spread;
import io.dawncache.bench.TextTable;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench crowd}: how long it takes to notify all callers that wait for one key. */
@Command(
    name = "crowd",
    description = {
      "Has 10,000 callers wait for one key in one process, each by getAsync and with a dependent of"
          + " its own on its future, while its one load is held; then lets the load end, and prints"
          + " the wall time until the last dependent has run. A key of its own each turn.",
      "Fails with 1 unless each turn loads once, and the median is at most 20 ms."
    })
public final class CrowdCommand implements Callable<Integer> {
  private static final int WAITERS = 10_000;
  private static final double MOST_MILLIS = 20;
  private static final int WARM_UP_TURNS = 10;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--turns",
      paramLabel = "N",
      description = "How many turns, ${DEFAULT-VALUE} by default.")
  private int turns = 25;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  private final BlockingQueue<CompletableFuture<Loaded>> loads = new LinkedBlockingQueue<>();

  /** Made by picocli. */
  CrowdCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    if (turns < 1) {
      throw new ParameterException(spec.commandLine(), "--turns: " + turns + " (expected: >= 1)");
    }
    List<Double> millis = new ArrayList<>();
    int keys = WARM_UP_TURNS + turns;
    long loadsBegun;
    try (CacheNode node = CacheNode.create()) {
      Group group = node.addAsyncGroup("crowd", GroupConfig.builder().build(), key -> held());
      for (int turn = -WARM_UP_TURNS; turn < turns; turn++) {
        double taken = millis(group, "key" + turn);
        if (turn >= 0) {
          millis.add(taken);
        }
      }
      loadsBegun = group.stats().loadsDeduped();
    }
    PrintWriter out = spec.commandLine().getOut();
    TextTable table = new TextTable(1, List.of("10,000 waiters for one key", "median"));
    table.add(List.of("loads a key", String.valueOf(loadsBegun / (double) keys)));
    table.add(List.of("ms until the last has been told", Spread.of(millis).toString()));
    table.printTo(out);
    boolean once = loadsBegun == keys;
    Aim soon = new Aim("until the last has been told", Spread.of(millis), "ms", MOST_MILLIS);
    out.println();
    out.println("- loads: " + loadsBegun + " (expected: " + keys + ")" + (once ? "" : " MISSED"));
    out.println(soon);
    out.flush();
    return once && soon.isMet() ? 0 : 1;
  }

  private double millis(Group group, String key) throws InterruptedException {
    CountDownLatch told = new CountDownLatch(WAITERS);
    for (int i = 0; i < WAITERS; i++) {
      group.getAsync(key).thenRun(told::countDown);
    }
    CompletableFuture<Loaded> load = loads.take();
    long began = System.nanoTime();
    load.complete(Loaded.ofUtf8("630"));
    told.await();
    return (System.nanoTime() - began) / 1e6;
  }

  private CompletableFuture<Loaded> held() {
    CompletableFuture<Loaded> load = new CompletableFuture<>();
    loads.add(load);
    return load;
  }
}
