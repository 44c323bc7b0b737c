package io.dawncache.bench.load;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** A run as rows of a name and a text, for the terminal and for the page. */
final class Summary {
  /** One row; {@code bad} if it reports a fault. */
  record Row(String name, String text, boolean bad) {}

  /** The latencies of one kind of request. */
  record Latency(String name, Histogram histogram) {
    static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99};
    static final List<String> HEAD = List.of("p50", "p90", "p99", "p99.9", "p99.99", "max");

    List<String> cells() {
      List<String> cells = new ArrayList<>();
      for (double percentile : PERCENTILES) {
        cells.add(Quantity.time(histogram.getValueAtPercentile(percentile)));
      }
      cells.add(Quantity.time(histogram.getMaxValue()));
      return cells;
    }
  }

  private final LoadResult result;

  Summary(LoadResult result) {
    this.result = result;
  }

  /** Returns what was done, in a sentence. */
  String headline() {
    LoadPlan plan = result.plan();
    String loop =
        plan.isOpen()
            ? "Open loop, " + Quantity.rate(plan.rate())
            : "Closed loop, as fast as answers come";
    String targets =
        plan.targets().stream().map(target -> target.authority()).collect(Collectors.joining(", "));
    return loop
        + ", over "
        + Quantity.count(plan.connections())
        + (plan.connections() == 1 ? " connection" : " connections")
        + (plan.depth() == 1 ? "" : " with " + plan.depth() + " requests in flight each")
        + (plan.life() == LoadPlan.UNBOUNDED
            ? ""
            : " that live for " + Quantity.count(plan.life()) + " requests")
        + ", to "
        + targets;
  }

  /** Returns what was asked for. */
  String workload() {
    LoadPlan plan = result.plan();
    String what = "Group " + plan.group() + ", " + plan.keysTold();
    String percent =
        String.valueOf(Math.round(1000 * plan.puts()) / 10.0).replaceFirst("\\.0$", "");
    return plan.puts() == 0 ? what : what + ", " + percent + " % puts";
  }

  /** Returns the latencies, of puts apart from those of gets. */
  List<Latency> latencies() {
    Tally total = result.total();
    List<Latency> latencies = new ArrayList<>();
    if (total.getLatency.getTotalCount() > 0) {
      latencies.add(new Latency("get", total.getLatency));
    }
    if (total.putLatency.getTotalCount() > 0) {
      latencies.add(new Latency("put", total.putLatency));
    }
    return latencies;
  }

  /** Returns all figures except the latencies. */
  List<Row> rows() {
    Tally total = result.total();
    List<Row> rows = new ArrayList<>();
    rows.add(
        row(
            "sent",
            Quantity.count(total.sent)
                + " requests"
                + (total.sentPuts == 0 ? "" : ", " + Quantity.count(total.sentPuts) + " puts")));
    rows.add(row("answered", Quantity.count(total.answered()) + inTime()));
    addErrors(rows);
    rows.add(new Row("rate", rate(), !result.keptRate()));
    if (result.plan().isOpen()) {
      rows.add(
          row(
              "sent late",
              "p50 "
                  + Quantity.time(total.sentLate.getValueAtPercentile(50))
                  + ", p99 "
                  + Quantity.time(total.sentLate.getValueAtPercentile(99))
                  + ", max "
                  + Quantity.time(total.sentLate.getMaxValue())
                  + ", by the generator's own fault"));
      rows.add(
          new Row(
              "backlog at the end",
              Quantity.count(total.unsent) + " due and not sent",
              total.unsent > 0));
    }
    rows.add(
        row(
            "bytes",
            Quantity.bytes(total.sentBytes)
                + " sent, "
                + Quantity.bytes(total.receivedBytes)
                + " received, "
                + Quantity.bytes(total.valueBytes)
                + " of them bodies"));
    rows.add(row("connections opened", Quantity.count(total.opened) + " while measuring"));
    return rows;
  }

  private String inTime() {
    return result.elapsedNanos() == 0 ? "" : " in " + Quantity.seconds(result.elapsedNanos());
  }

  private String rate() {
    String reached = Quantity.rate(result.ratePerSecond());
    return result.plan().isOpen()
        ? "wanted " + Quantity.rate(result.plan().rate()) + ", reached " + reached
        : reached;
  }

  private void addErrors(List<Row> rows) {
    Tally total = result.total();
    String statuses =
        total.statuses().entrySet().stream()
            .map(status -> status.getKey() + ": " + Quantity.count(status.getValue()))
            .collect(Collectors.joining(", "));
    boolean badStatus = total.statuses().keySet().stream().anyMatch(status -> status / 100 != 2);
    rows.add(new Row("status", statuses.isEmpty() ? "none" : statuses, badStatus));
    rows.add(new Row("errors", Quantity.count(total.errors()) + " in all", total.errors() > 0));
    for (Failure failure : Failure.values()) {
      if (total.failures(failure) > 0) {
        rows.add(new Row(failure.label(), Quantity.count(total.failures(failure)), true));
      }
    }
    if (total.putsNotDone > 0) {
      rows.add(new Row("put not done", Quantity.count(total.putsNotDone), true));
    }
    for (Map.Entry<String, Long> refused : total.refusedConnections().entrySet()) {
      rows.add(
          new Row(
              "no connection",
              Quantity.count(refused.getValue()) + " times: " + refused.getKey(),
              true));
    }
  }

  /**
   * Returns the verdict, in one sentence or more: the first says whether the figures can be used.
   */
  List<String> verdict() {
    List<String> verdict = new ArrayList<>();
    if (result.abandoned() != null) {
      verdict.add("The run ended early: " + result.abandoned() + ".");
    } else if (result.stopped()) {
      verdict.add("The run was stopped early; these are its figures up to then.");
    }
    if (!result.isAnswered()) {
      verdict.add("Nothing was answered.");
    } else if (!result.isServed()) {
      verdict.add("Every answer was an error: nothing here tells of gets or puts that are served.");
    } else if (!result.plan().isOpen()) {
      verdict.add(
          "A closed loop has no rate to keep: it slows down with the server, so its latencies say"
              + " little about what users at a given rate would see.");
    } else if (result.keptRate()) {
      verdict.add("The rate was kept.");
    } else {
      verdict.add("The rate was not kept.");
      verdict.addAll(result.shortfalls());
    }
    return verdict;
  }

  private static Row row(String name, String text) {
    return new Row(name, text, false);
  }

  /** Prints all of it. */
  void printTo(PrintWriter out) {
    out.println();
    out.println(headline() + ".");
    out.println(workload() + ".");
    out.println();
    for (Row row : rows()) {
      out.println(String.format("%-22s %s", row.name(), row.text()));
    }
    if (!latencies().isEmpty()) {
      out.println();
      out.println(line("latency", Latency.HEAD));
      latencies().forEach(latency -> out.println(line(latency.name(), latency.cells())));
    }
    out.println();
    verdict().forEach(out::println);
    out.flush();
  }

  private static String line(String name, List<String> cells) {
    StringBuilder line = new StringBuilder(String.format("%-12s", name));
    cells.forEach(cell -> line.append(String.format(" %9s", cell)));
    return line.toString();
  }
}
