package io.dawncache.bench.chaos;

import io.dawncache.bench.chaos.Finding.Verdict;
import io.dawncache.bench.chaos.Timeline.Event;
import io.dawncache.bench.chaos.Timeline.Second;
import io.dawncache.bench.load.Axis;
import io.dawncache.bench.load.Chart;
import io.dawncache.bench.load.Quantity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The rows of a run as one page that needs nothing else: verdicts, and every run over time. */
final class ChaosPage {
  private final Instant began;
  private final String conditions;
  private final List<RowResult> results;

  /**
   * Makes the page.
   *
   * @param conditions what was measured on what, in a sentence
   */
  ChaosPage(Instant began, String conditions, List<RowResult> results) {
    this.began = began;
    this.conditions = conditions;
    this.results = List.copyOf(results);
  }

  /** Returns the page, which is well-formed XML too. */
  String toHtml() {
    StringBuilder rows = new StringBuilder();
    results.forEach(result -> append(result, rows));
    return Html.page("chaos", began, headline(), conditions, rows.toString());
  }

  private String headline() {
    long met = results.stream().filter(result -> result.verdict() == Verdict.MET).count();
    return met
        + " of "
        + results.size()
        + (results.size() == 1 ? " row meets" : " rows meet")
        + " every bar";
  }

  private void append(RowResult result, StringBuilder html) {
    boolean met = result.verdict() == Verdict.MET;
    Html.appendVerdict(
        met, "Row " + result.row() + ": " + result.title(), result.verdict().label(), html);
    Html.appendFindings(result.findings(), html);
    if (!result.timeline().seconds().isEmpty()) {
      for (Chart chart : charts(result)) {
        html.append(chart.toHtml());
      }
      Html.appendEvents(result.timeline().events(), html);
    }
  }

  private static List<Chart> charts(RowResult result) {
    return List.of(requests(result), latencies(result), loads(result), members(result));
  }

  private static Chart requests(RowResult result) {
    Chart chart =
        chart(
            result,
            "requests",
            "Requests a second",
            "The requests due in each second that were answered, and those that failed.",
            linear(result, second -> Math.max(second.answered(), second.failed())));
    chart.line("answered", "answered", points(result, Second::answered));
    chart.line("errors", "failed", points(result, Second::failed));
    readouts(
        chart,
        result,
        second ->
            Quantity.count(second.answered())
                + " answered, "
                + Quantity.count(second.failed())
                + " failed");
    return chart;
  }

  private static Chart latencies(RowResult result) {
    double least = 1e9;
    double most = 2e3;
    for (Second second : result.timeline().seconds()) {
      if (second.answered() > 0) {
        least = Math.min(least, Math.max(1e3, (double) second.p50Nanos()));
        most = Math.max(most, (double) second.maxNanos());
      }
    }
    Chart chart =
        chart(
            result,
            "latency",
            "Latency",
            "The median, the 99th percentile and the slowest of the requests due in each second.",
            Axis.log(Math.min(least, most / 2), most, nanos -> Quantity.time(Math.round(nanos))));
    chart.line("max", "slowest", points(result, ifAnswered(Second::maxNanos)));
    chart.line("p99", "p99", points(result, ifAnswered(Second::p99Nanos)));
    chart.line("p50", "p50", points(result, ifAnswered(Second::p50Nanos)));
    readouts(
        chart,
        result,
        second ->
            "p50 "
                + Quantity.time(second.p50Nanos())
                + ", p99 "
                + Quantity.time(second.p99Nanos())
                + ", slowest "
                + Quantity.time(second.maxNanos()));
    return chart;
  }

  private static Chart loads(RowResult result) {
    Chart chart =
        chart(
            result,
            "loads",
            "Loads a second",
            "The loads that the origin saw begin in each second.",
            linear(result, Second::loads));
    chart.line("put", "loads", points(result, Second::loads));
    readouts(chart, result, second -> Quantity.count(second.loads()) + " loads");
    return chart;
  }

  private static Chart members(RowResult result) {
    Chart chart =
        chart(
            result,
            "members",
            "Members",
            "The members that the nodes count on, ejected ones left out: the node with the most,"
                + " and the one with the fewest.",
            linear(result, Second::mostMembers));
    chart.line("answered", "most", points(result, ifSeen(Second::mostMembers)));
    chart.line("p99", "fewest", points(result, ifSeen(Second::fewestMembers)));
    readouts(
        chart,
        result,
        second ->
            second.mostMembers() < 0
                ? "no node was seen"
                : "from " + second.fewestMembers() + " to " + second.mostMembers() + " members");
    return chart;
  }

  private static Chart chart(
      RowResult result, String id, String title, String description, Axis values) {
    Timeline timeline = result.timeline();
    Chart chart =
        new Chart(
            id + "-" + result.row(),
            title,
            description,
            Axis.seconds(Math.max(1, timeline.seconds().size())),
            values);
    timeline.events().forEach(event -> chart.mark(event.seconds(), event.text()));
    return chart;
  }

  private static Axis linear(RowResult result, ToDoubleFunction<Second> figure) {
    double most = result.timeline().seconds().stream().mapToDouble(figure).max().orElse(1);
    return Axis.linear(Math.max(1, most) * 1.02, value -> Quantity.count(Math.round(value)));
  }

  private static ToDoubleFunction<Second> ifAnswered(ToDoubleFunction<Second> figure) {
    return second -> second.answered() == 0 ? Double.NaN : figure.applyAsDouble(second);
  }

  private static ToDoubleFunction<Second> ifSeen(ToDoubleFunction<Second> figure) {
    return second -> second.mostMembers() < 0 ? Double.NaN : figure.applyAsDouble(second);
  }

  private static List<Chart.Point> points(RowResult result, ToDoubleFunction<Second> figure) {
    List<Chart.Point> points = new ArrayList<>();
    for (Second second : result.timeline().seconds()) {
      points.add(new Chart.Point(points.size() + 0.5, figure.applyAsDouble(second)));
    }
    return points;
  }

  /** What a chart says of one second. */
  private interface Told {
    String of(Second second);
  }

  private static void readouts(Chart chart, RowResult result, Told told) {
    List<Second> seconds = result.timeline().seconds();
    for (int i = 0; i < seconds.size(); i++) {
      StringBuilder text = new StringBuilder("Second " + (i + 1) + ": " + told.of(seconds.get(i)));
      for (Event event : result.timeline().events()) {
        if ((int) event.seconds() == i) {
          text.append("; ").append(event.text());
        }
      }
      chart.readout(i + 0.5, text.toString());
    }
  }
}
