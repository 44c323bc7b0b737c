package io.dawncache.bench;

import com.google.gson.GsonBuilder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The result of a run: its figures, and the conditions without which they mean nothing.
 *
 * @param commit the checkout that was measured, see {@link Checkout}
 * @param jdk the JVM's name and version
 * @param cores how many processors the JVM may use
 * @param date when the run began
 * @param quick whether the run was too short for figures that count
 * @param results the figures, each with its ratios
 */
record Report(
    String commit, String jdk, int cores, String date, boolean quick, List<Line> results) {
  /**
   * A figure and how it compares.
   *
   * @param figure what was measured
   * @param ratios one for each baseline of its class
   */
  record Line(Figure figure, List<Ratio> ratios) {
    /** One row, and one more for each further baseline. */
    private List<List<String>> rows() {
      List<List<String>> rows = new ArrayList<>();
      rows.add(
          List.of(
              figure.benchmark(),
              params(figure.params()),
              String.valueOf(figure.threads()),
              Spread.of(figure.rounds()).toString(),
              figure.unit(),
              ratios.isEmpty() ? "" : ratios.get(0).toString()));
      ratios.stream()
          .skip(1)
          .forEach(further -> rows.add(List.of("", "", "", "", "", further.toString())));
      return rows;
    }
  }

  private static final List<String> HEAD =
      List.of("benchmark", "params", "threads", "median of rounds", "unit", "of its baseline");

  /** Columns of text are aligned left, columns of numbers right. */
  private static final String ALIGNED = "llrrll";

  /** Makes the report of a run that began at {@code began} in the checkout {@code root}. */
  static Report of(Instant began, Path root, boolean quick, List<Figure> figures) {
    return new Report(
        Checkout.commit(root),
        System.getProperty("java.vm.name") + " " + Runtime.version(),
        Runtime.getRuntime().availableProcessors(),
        began.toString(),
        quick,
        figures.stream().map(figure -> new Line(figure, ratios(figure, figures))).toList());
  }

  private static List<Ratio> ratios(Figure figure, List<Figure> all) {
    return all.stream()
        .filter(other -> other.isBaselineOf(figure))
        .map(baseline -> Ratio.of(figure, baseline))
        .toList();
  }

  String toJson() {
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(this) + "\n";
  }

  /**
   * Returns the figures as lines of text, and a line about the machine that they were measured on.
   */
  String toTable() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEAD);
    results.forEach(line -> rows.addAll(line.rows()));
    int[] widths = new int[HEAD.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder table = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String format = "%" + (ALIGNED.charAt(i) == 'l' ? "-" : "") + widths[i] + "s  ";
        line.append(String.format(Locale.ROOT, format, row.get(i)));
      }
      table.append(line.toString().stripTrailing()).append('\n');
    }
    return table
        .append(String.format(Locale.ROOT, "%n%s, %d cores, commit %s%n", jdk, cores, commit))
        .toString();
  }

  private static String params(Map<String, String> params) {
    return params.entrySet().stream().map(Object::toString).collect(Collectors.joining(" "));
  }
}
