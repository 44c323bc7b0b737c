package io.dawncache.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * One line of the table: what was measured, how, and the result.
 *
 * @param benchmark the method's short name, and after a colon a further measure taken while it ran
 * @param mode JMH's name for it: {@code avgt} is time for an operation, {@code thrpt} operations in
 *     a time
 * @param threads how many threads ran it
 * @param params the values of its parameters
 * @param unit of all that follows
 * @param score the mean over all rounds and iterations
 * @param error half the width of the score's 99.9 % confidence interval; null from one iteration
 * @param rounds the mean of each round
 */
record Figure(
    String benchmark,
    String mode,
    int threads,
    Map<String, String> params,
    String unit,
    double score,
    @Nullable Double error,
    List<Double> rounds) {
  /** Bytes allocated per operation: shown without a ratio, since a baseline may allocate none. */
  private static final String ALLOCATED = "gc.alloc.rate.norm";

  /** Results with equal keys belong to one benchmark. */
  record Key(String benchmark, String mode, int threads, Map<String, String> params) {
    static Key of(RunResult result) {
      BenchmarkParams of = result.getParams();
      Map<String, String> params = new TreeMap<>();
      of.getParamsKeys().forEach(name -> params.put(name, of.getParam(name)));
      return new Key(
          Suite.shortName(of.getBenchmark()), of.getMode().shortLabel(), of.getThreads(), params);
    }
  }

  /** Returns the figures of one benchmark from its results, one per round. */
  static List<Figure> of(Key key, List<RunResult> rounds) {
    List<BenchmarkResult> forks = new ArrayList<>();
    rounds.forEach(round -> forks.addAll(round.getBenchmarkResults()));
    RunResult all = new RunResult(rounds.get(0).getParams(), forks);

    List<Figure> figures = new ArrayList<>();
    figures.add(
        of(key, key.benchmark(), all.getPrimaryResult(), rounds, RunResult::getPrimaryResult));
    all.getSecondaryResults()
        .forEach(
            (label, result) -> {
              if (!label.startsWith("gc.") || label.equals(ALLOCATED)) {
                figures.add(
                    of(
                        key,
                        key.benchmark() + ":" + label,
                        result,
                        rounds,
                        round -> round.getSecondaryResults().get(label)));
              }
            });
    return figures;
  }

  private static Figure of(
      Key key,
      String name,
      Result<?> all,
      List<RunResult> rounds,
      Function<RunResult, Result<?>> ofRound) {
    double error = all.getScoreError();
    return new Figure(
        name,
        key.mode(),
        key.threads(),
        key.params(),
        all.getScoreUnit(),
        all.getScore(),
        Double.isNaN(error) ? null : error,
        rounds.stream().map(ofRound).map(Result::getScore).toList());
  }

  /** Returns whether this is a baseline of {@code that}: same class, parameters and measure. */
  boolean isBaselineOf(Figure that) {
    return isBaseline()
        && !that.isBaseline()
        && className().equals(that.className())
        && measure().equals(that.measure())
        && !measure().endsWith(ALLOCATED)
        && threads == that.threads
        && params.equals(that.params);
  }

  /** Returns {@code baselineCaffeine} of {@code core.GroupHitBenchmark.baselineCaffeine:x}. */
  String methodName() {
    return method().substring(method().lastIndexOf('.') + 1);
  }

  private boolean isBaseline() {
    return methodName().startsWith("baseline");
  }

  private String className() {
    return method().substring(0, method().lastIndexOf('.'));
  }

  /** Returns {@code core.GroupHitBenchmark.lru}, without the further measure. */
  private String method() {
    return benchmark.substring(0, benchmark.length() - measure().length());
  }

  /** Returns the further measure with its colon; empty for the score itself. */
  private String measure() {
    int colon = benchmark.indexOf(':');
    return colon < 0 ? "" : benchmark.substring(colon);
  }
}
