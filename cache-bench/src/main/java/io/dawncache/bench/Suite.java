package io.dawncache.bench;

import io.dawncache.bench.server.ServerCpuProfiler;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.profile.Profiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * The benchmarks that JMH has found at compile time, run in turn, round after round: A B C, A B C.
 * JMH alone would run all forks of one before the next, and then a machine that changes its speed
 * within minutes would decide between a benchmark and its baseline.
 */
final class Suite {
  private static final String ROOT = "io.dawncache.bench.";

  private final List<String> benchmarks;
  private final boolean quick;

  private Suite(List<String> benchmarks, boolean quick) {
    this.benchmarks = benchmarks;
    this.quick = quick;
  }

  /** Returns the benchmarks whose names contain a match of {@code pattern}, in order. */
  static Suite matching(Pattern pattern, boolean quick) {
    return new Suite(
        all().stream()
            .map(BenchmarkListEntry::getUsername)
            .filter(name -> pattern.matcher(shortName(name)).find())
            .toList(),
        quick);
  }

  /** Returns the classes that have benchmarks, for a message. */
  static String names() {
    return all().stream()
        .map(entry -> entry.getUserClassQName().replaceFirst(".*\\.", ""))
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /** Returns the name of a benchmark without the packages that all share. */
  static String shortName(String benchmark) {
    return benchmark.startsWith(ROOT) ? benchmark.substring(ROOT.length()) : benchmark;
  }

  boolean isEmpty() {
    return benchmarks.isEmpty();
  }

  /**
   * Runs all benchmarks, {@code rounds} times.
   *
   * @param jmh receives the long output of JMH and the forks
   * @param progress called with the name of each benchmark that begins
   * @throws RunnerException if a benchmark fails
   */
  List<Figure> run(int rounds, PrintStream jmh, Consumer<String> progress) throws RunnerException {
    OutputFormat format = OutputFormatFactory.createFormatInstance(jmh, VerboseMode.NORMAL);
    Map<Figure.Key, List<RunResult>> results = new LinkedHashMap<>();
    for (int round = 1; round <= rounds; round++) {
      for (String benchmark : benchmarks) {
        progress.accept("round " + round + " of " + rounds + ": " + shortName(benchmark));
        for (RunResult result : run(benchmark, format)) {
          results.computeIfAbsent(Figure.Key.of(result), key -> new ArrayList<>()).add(result);
        }
      }
    }
    List<Figure> figures = new ArrayList<>();
    results.forEach((key, resultsOfRounds) -> figures.addAll(Figure.of(key, resultsOfRounds)));
    return figures;
  }

  private Collection<RunResult> run(String benchmark, OutputFormat format) throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + Pattern.quote(benchmark) + "$")
            .forks(1)
            .jvmArgs(jvmOptions(Runtime.version().feature()))
            .addProfiler(cpuProfiler(benchmark))
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true);
    if (quick) {
      options
          .warmupIterations(1)
          .warmupTime(TimeValue.milliseconds(300))
          .measurementIterations(1)
          .measurementTime(TimeValue.milliseconds(300));
    }
    return new Runner(options.build(), format).run();
  }

  /** In a benchmark of servers, the servers' CPU time counts. */
  private static Class<? extends Profiler> cpuProfiler(String benchmark) {
    return shortName(benchmark).startsWith("server.")
        ? ServerCpuProfiler.class
        : WorkerCpuProfiler.class;
  }

  /** Returns the options of every fork: the JDK's defaults, with a heap that does not grow. */
  private static String[] jvmOptions(int javaVersion) {
    return javaVersion >= 24
        // JMH reads fields by sun.misc.Unsafe, about which later JDKs warn.
        ? new String[] {"-Xms1g", "-Xmx1g", "--sun-misc-unsafe-memory-access=allow"}
        : new String[] {"-Xms1g", "-Xmx1g"};
  }

  private static Collection<BenchmarkListEntry> all() {
    return BenchmarkList.defaultList()
        .getAll(
            OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of());
  }
}
