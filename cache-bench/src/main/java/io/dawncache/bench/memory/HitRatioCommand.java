package io.dawncache.bench.memory;

import io.dawncache.bench.TextTable;
import io.dawncache.core.CachePolicy;
import io.dawncache.core.ShippedCache;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code bench hit-ratio}: replays traces through both policies and through the caches that they
 * claim to equal.
 */
@Command(
    name = "hit-ratio",
    description = {
      "Replays every trace in DIR through both policies, at budgets of 1, 5, 10, 25 and 50 %% of its"
          + " keys, or of its bytes if it has sizes, and prints the hits of a hundred gets.",
      "Fails with 1 unless strict LRU answers every single get as an exact LRU does, and W-TinyLFU"
          + " is at most 0.5 points below Caffeine by itself with the same budget in bytes."
    })
public final class HitRatioCommand implements Callable<Integer> {
  private static final int[] PERCENTS = {1, 5, 10, 25, 50};
  private static final double MOST_POINTS_BELOW = 0.5;

  /**
   * W-TinyLFU decides some cases at random, so that no client can foresee them. A short trace may
   * vary by a point or two from one replay to the next; the mean of this many gets does not.
   */
  private static final int GETS_A_FIGURE = 2_000_000;

  private static final int LEAST_REPLAYS = 5;
  private static final int MOST_REPLAYS = 40;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--traces",
      paramLabel = "DIR",
      required = true,
      description =
          "The folder of the traces: files named *.txt.gz of one access a line, KEY or KEY TAB"
              + " BYTES, keys numbered from 0.")
  @SuppressWarnings("NullAway.Init")
  private Path folder;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  private final List<String> faults = new ArrayList<>();

  /** Made by picocli. */
  HitRatioCommand() {}

  @Override
  public Integer call() throws IOException {
    List<String> head = new ArrayList<>(List.of("trace", "hits of 100 gets"));
    Arrays.stream(PERCENTS).forEach(percent -> head.add(percent + " %"));
    TextTable table = new TextTable(2, head);
    for (Path file : Trace.filesIn(folder)) {
      addRows(Trace.read(file), table);
    }
    PrintWriter out = spec.commandLine().getOut();
    table.printTo(out);
    faults.forEach(out::println);
    return faults.isEmpty() ? 0 : 1;
  }

  private void addRows(Trace trace, TextTable table) {
    List<String> lru = new ArrayList<>(List.of(trace.name(), "`LRU`"));
    List<String> tinyLfu = new ArrayList<>(List.of("", "`TINY_LFU`"));
    List<String> caffeine = new ArrayList<>(List.of("", "*Caffeine*"));
    List<String> counting = new ArrayList<>(List.of("", "*Caffeine that counts entries*"));
    for (int percent : PERCENTS) {
      lru.add(shown(lruHits(trace, percent)));
      long maxBytes = budgetBytes(trace, CachePolicy.TINY_LFU, percent);
      double ours = hits(trace, () -> Replayed.shipped(trace, CachePolicy.TINY_LFU, maxBytes));
      double itself = hits(trace, () -> Replayed.caffeineOfBytes(trace, maxBytes));
      tinyLfu.add(shown(ours));
      caffeine.add(shown(itself));
      counting.add(
          shown(hits(trace, () -> Replayed.caffeineOfEntries(trace, entries(trace, percent)))));
      if (ours < itself - MOST_POINTS_BELOW) {
        fault(trace, percent, "TINY_LFU is " + shown(itself - ours) + " points below Caffeine");
      }
    }
    table.add(lru);
    table.add(tinyLfu);
    table.add(caffeine);
    if (!trace.isSized()) {
      table.add(counting);
    }
  }

  /** Returns the hits of strict LRU, compared get by get with those of an exact one. */
  private double lruHits(Trace trace, int percent) {
    long maxBytes = budgetBytes(trace, CachePolicy.LRU, percent);
    Replayed shipped = Replayed.shipped(trace, CachePolicy.LRU, maxBytes);
    Replayed exact = Replayed.exactLru(trace, maxBytes);
    int hits = 0;
    int differences = 0;
    for (int i = 0; i < trace.accesses(); i++) {
      boolean hit = shipped.isHit(trace.keyOf(i));
      hits += hit ? 1 : 0;
      differences += hit == exact.isHit(trace.keyOf(i)) ? 0 : 1;
    }
    if (differences > 0) {
      fault(trace, percent, "LRU differs from an exact one in " + differences + " gets");
    }
    return percentOf(hits, trace);
  }

  /** Returns the mean of many replays, each with a new cache. */
  private static double hits(Trace trace, Supplier<Replayed> empty) {
    int wanted = GETS_A_FIGURE / trace.accesses();
    int replays = Math.max(LEAST_REPLAYS, Math.min(MOST_REPLAYS, wanted));
    double sum = 0;
    for (int replay = 0; replay < replays; replay++) {
      Replayed cache = empty.get();
      int hits = 0;
      for (int i = 0; i < trace.accesses(); i++) {
        hits += cache.isHit(trace.keyOf(i)) ? 1 : 0;
      }
      sum += percentOf(hits, trace);
    }
    return sum / replays;
  }

  /**
   * Returns the budget: a part of the keys, each of the same weight, or of the weight of them all.
   */
  private static long budgetBytes(Trace trace, CachePolicy policy, int percent) {
    ShippedCache scales = new ShippedCache(policy, 0);
    if (!trace.isSized()) {
      return entries(trace, percent) * scales.weigh(trace.key(0), trace.value(0));
    }
    long bytes = 0;
    for (int key = 0; key < trace.distinctKeys(); key++) {
      bytes += scales.weigh(trace.key(key), trace.value(key));
    }
    return bytes * percent / 100;
  }

  private static long entries(Trace trace, int percent) {
    return Math.max(1, (long) trace.distinctKeys() * percent / 100);
  }

  private static double percentOf(int hits, Trace trace) {
    return 100.0 * hits / trace.accesses();
  }

  private void fault(Trace trace, int percent, String what) {
    faults.add(trace.name() + " at " + percent + " %: " + what);
  }

  private static String shown(double percent) {
    return String.format(Locale.ROOT, "%.2f", percent);
  }
}
