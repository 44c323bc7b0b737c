package io.dawncache.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench core}: what a hit costs in process, compared with Caffeine's. */
@Command(
    name = "core",
    sortOptions = false,
    description = {
      "Gets keys that are in memory from a group of either policy and from Caffeine with"
          + " recordStats(), in turns, each in a fresh JVM, with one thread and with two: the"
          + " benchmarks GroupHit. Prints the CPU time of a get and its ratio to Caffeine's in the"
          + " same round, and beside it that of wall time, which tells of threads that wait for"
          + " each other. A typed group with a near cache is compared with a Caffeine of objects"
          + " that has expireAfterWrite().%n",
      "Fails with 1 unless the median of the ratios is at most 1 / 0.9, with strict LRU at two"
          + " threads 1 / 0.8, and of the typed group 1.15: that of CPU time, and with two threads"
          + " that of wall time too. Some thirteen minutes for 15 rounds.%n"
    })
public final class CoreCommand implements Callable<Integer> {
  private static final Pattern BENCHMARKS =
      Pattern.compile(
          "^core\\.GroupHit.*\\.(tinyLfu|lru|baselineCaffeine|typedNear|baselineCaffeineOfObjects)$");
  private static final String ONE_THREAD = "core.GroupHitBenchmark.";
  private static final String TWO_THREADS = "core.GroupHitTwoThreadsBenchmark.";
  private static final String BASELINE = "baselineCaffeine";
  private static final String OF_OBJECTS = "baselineCaffeineOfObjects";
  private static final List<Bar> BARS =
      List.of(
          new Bar("`TINY_LFU`, one thread", ONE_THREAD, "tinyLfu", 1 / 0.9),
          new Bar("`LRU`, one thread", ONE_THREAD, "lru", 1 / 0.9),
          new Bar("`TINY_LFU`, two threads", TWO_THREADS, "tinyLfu", 1 / 0.9),
          new Bar("`LRU`, two threads", TWO_THREADS, "lru", 1 / 0.8),
          new Bar("typed, near, one thread", ONE_THREAD, "typedNear", OF_OBJECTS, 1.15),
          new Bar("typed, near, two threads", TWO_THREADS, "typedNear", OF_OBJECTS, 1.15));
  private static final String CPU = ":cpu";
  private static final String WALL = "";

  /** How many times Caffeine's time a benchmark may take. */
  private record Bar(
      String title, String className, String method, String baseline, double timesCaffeine) {
    Bar(String title, String className, String method, double timesCaffeine) {
      this(title, className, method, BASELINE, timesCaffeine);
    }

    /**
     * CPU time does not show a thread that sleeps on a lock, and a single thread never waits for
     * one.
     */
    boolean isMet(Spread cpu, Spread wall) {
      boolean alone = className.equals(ONE_THREAD);
      return cpu.median() <= timesCaffeine && (alone || wall.median() <= timesCaffeine);
    }
  }

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "How many rounds, ${DEFAULT-VALUE} by default.")
  private int rounds = 15;

  @Option(
      names = "--quick",
      description = "Short rounds, to see that all runs; their figures say little.")
  private boolean quick;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  /** Made by picocli. */
  CoreCommand() {}

  @Override
  public Integer call() throws IOException {
    if (rounds < 1) {
      throw new ParameterException(spec.commandLine(), "--rounds: " + rounds + " (expected: >= 1)");
    }
    Path root = Path.of(System.getProperty("dawncache.root", ""));
    Path log = Files.createDirectories(root.resolve("run/bench")).resolve("core.log");
    List<Figure> figures;
    try (PrintStream jmh = new PrintStream(Files.newOutputStream(log), true, UTF_8)) {
      figures = Suite.matching(BENCHMARKS, quick).run(rounds, jmh, begun -> {});
    } catch (RunnerException e) {
      throw new IOException(e.getMessage() + " (JMH's own words are in " + log + ")", e);
    }
    return compare(figures, spec.commandLine().getOut()) ? 0 : 1;
  }

  /** Prints the results, and returns whether all bars are met. */
  static boolean compare(List<Figure> figures, PrintWriter out) {
    boolean allMet = true;
    TextTable table =
        new TextTable(
            1,
            List.of(
                "`Group.get`, a hit",
                "CPU a get, ns",
                "Caffeine's, ns",
                "x Caffeine",
                "at most",
                "wall time x Caffeine"));
    for (Bar bar : BARS) {
      Figure cpu = figure(figures, bar.className() + bar.method() + CPU);
      Figure wall = figure(figures, bar.className() + bar.method() + WALL);
      Figure caffeinesCpu = figure(figures, bar.className() + bar.baseline() + CPU);
      Figure caffeinesWall = figure(figures, bar.className() + bar.baseline() + WALL);
      Spread ratio = Ratio.of(cpu, caffeinesCpu).ofRounds();
      Spread wallRatio = Ratio.of(wall, caffeinesWall).ofRounds();
      boolean met = bar.isMet(ratio, wallRatio);
      allMet &= met;
      table.add(
          List.of(
              bar.title() + (met ? "" : " MISSED"),
              Spread.of(cpu.rounds()).toString(),
              Spread.of(caffeinesCpu.rounds()).toString(),
              ratio.toString(),
              String.format(Locale.ROOT, "%.2f", bar.timesCaffeine()),
              wallRatio.toString()));
    }
    table.printTo(out);
    out.println();
    printAgainstItself("one thread", figure(figures, ONE_THREAD + BASELINE + CPU), out);
    printAgainstItself("two threads", figure(figures, TWO_THREADS + BASELINE + CPU), out);
    out.flush();
    return allMet;
  }

  /**
   * Prints how a ratio varies by the machine alone, and somewhat more: a round lies between the
   * two.
   */
  private static void printAgainstItself(String threads, Figure caffeine, PrintWriter out) {
    List<Double> ratios = new ArrayList<>();
    for (int round = 1; round < caffeine.rounds().size(); round++) {
      ratios.add(caffeine.rounds().get(round) / caffeine.rounds().get(round - 1));
    }
    if (!ratios.isEmpty()) {
      out.println(
          "Caffeine, %s, x itself in the round before: %s.".formatted(threads, Spread.of(ratios)));
    }
  }

  private static Figure figure(List<Figure> figures, String benchmark) {
    return figures.stream()
        .filter(figure -> figure.benchmark().equals(benchmark))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(benchmark + ": not measured"));
  }
}
