package io.dawncache.bench.chaos;

import io.dawncache.bench.chaos.Finding.Verdict;
import io.dawncache.bench.chaos.Timeline.Event;
import io.dawncache.bench.load.Axis;
import io.dawncache.bench.load.Chart;
import io.dawncache.bench.load.Quantity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A soak as one page that needs nothing else: verdicts, and the curves. */
final class SoakPage {
  private static final String[] STYLES = {"answered", "p99", "max"}; // of nodes 1, 2 and 3

  private final Instant began;
  private final String conditions;
  private final SoakResult soak;
  private final List<Finding> findings;
  private final double seconds;

  /**
   * Makes the page.
   *
   * @param conditions what was measured on what, in a sentence
   */
  SoakPage(Instant began, String conditions, SoakResult soak, List<Finding> findings) {
    this.began = began;
    this.conditions = conditions;
    this.soak = soak;
    this.findings = List.copyOf(findings);
    this.seconds = Math.max(1, soak.seconds(soak.judged().toNanos()));
  }

  /** Returns the page, which is well-formed XML too. */
  String toHtml() {
    StringBuilder body = new StringBuilder();
    Verdict worst = Finding.worst(findings);
    Html.appendVerdict(worst == Verdict.MET, "The soak", worst.label(), body);
    Html.appendFindings(findings, body);
    body.append(
        "<p class=\"meta\">Judged are the curves of node 1, which lives the whole run; nodes 2 and"
            + " 3 leave, are restarted and hang in turn, and their curves begin again with each"
            + " process.</p>\n");
    for (Gauge gauge : Gauge.values()) {
      body.append(curves(gauge).toHtml());
    }
    body.append(latencies().toHtml());
    Html.appendEvents(soak.events(), body);
    return Html.page("soak", began, headline(), conditions, body.toString());
  }

  private String headline() {
    long bars = findings.stream().filter(finding -> finding.verdict() != Verdict.NONE).count();
    long met = findings.stream().filter(finding -> finding.verdict() == Verdict.MET).count();
    return met + " of " + bars + " bars are met";
  }

  private Chart curves(Gauge gauge) {
    double most = 1;
    List<List<Slope.Point>> nodes = new ArrayList<>();
    for (int node = 1; node <= SoakPlan.NODES; node++) {
      List<Slope.Point> points = soak.curves().of(gauge, node);
      nodes.add(points);
      for (Slope.Point point : points) {
        most = Double.isNaN(point.value()) ? most : Math.max(most, point.value());
      }
    }
    Chart chart =
        chart(
            gauge.name().toLowerCase(Locale.ROOT).replace('_', '-'),
            gauge.label().substring(0, 1).toUpperCase(Locale.ROOT) + gauge.label().substring(1),
            "The " + gauge.label() + " of each node's process over time.",
            Axis.linear(most * 1.02, gauge::shown));
    for (int i = 0; i < nodes.size(); i++) {
      List<Chart.Point> points =
          nodes.get(i).stream()
              .map(point -> new Chart.Point(point.seconds(), point.value()))
              .toList();
      chart.line(STYLES[i % STYLES.length], "node " + (i + 1), points);
    }
    for (Slope.Point point : nodes.get(0)) {
      chart.readout(
          point.seconds(),
          Quantity.count(Math.round(point.seconds()))
              + " s: node 1 has "
              + gauge.shown(point.value()));
    }
    return chart;
  }

  private Chart latencies() {
    long step = soak.plan().betweenSamples().toNanos();
    List<Chart.Point> p50 = new ArrayList<>();
    List<Chart.Point> p99 = new ArrayList<>();
    double least = 1e9;
    double most = 2e3;
    for (long from = soak.beginNanos(); from - soak.judged().toNanos() < 0; from += step) {
      var latencies = Answers.latencies(soak.answers().in(new Span(from, from + step)));
      boolean answered = latencies.getTotalCount() > 0;
      double middle = soak.seconds(from + step / 2);
      double half = Math.max(1e3, (double) latencies.getValueAtPercentile(50));
      double high = Math.max(1e3, (double) latencies.getValueAtPercentile(99));
      p50.add(new Chart.Point(middle, answered ? half : Double.NaN));
      p99.add(new Chart.Point(middle, answered ? high : Double.NaN));
      least = answered ? Math.min(least, half) : least;
      most = answered ? Math.max(most, high) : most;
    }
    Chart chart =
        chart(
            "latency",
            "Latency",
            "The median and the 99th percentile of the gets due in each "
                + Quantity.seconds(step)
                + ", those during faults too.",
            Axis.log(Math.min(least, most / 2), most, nanos -> Quantity.time(Math.round(nanos))));
    chart.line("p99", "p99", p99);
    chart.line("p50", "p50", p50);
    for (int i = 0; i < p99.size(); i++) {
      String told =
          Double.isNaN(p99.get(i).y())
              ? "no gets"
              : "p50 "
                  + Quantity.time((long) p50.get(i).y())
                  + ", p99 "
                  + Quantity.time((long) p99.get(i).y());
      chart.readout(p99.get(i).x(), Quantity.count(Math.round(p99.get(i).x())) + " s: " + told);
    }
    return chart;
  }

  private Chart chart(String id, String title, String description, Axis values) {
    Chart chart = new Chart(id, title, description, Axis.seconds(seconds), values);
    for (Event event : soak.events()) {
      chart.mark(event.seconds(), event.text());
    }
    return chart;
  }
}
