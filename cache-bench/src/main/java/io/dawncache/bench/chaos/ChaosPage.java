package io.dawncache.bench.chaos;

import static io.dawncache.bench.load.Chart.xml;

import io.dawncache.bench.chaos.Finding.Verdict;
import io.dawncache.bench.chaos.Timeline.Event;
import io.dawncache.bench.chaos.Timeline.Second;
import io.dawncache.bench.load.Axis;
import io.dawncache.bench.load.Chart;
import io.dawncache.bench.load.Quantity;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The rows of a run as one page that needs nothing else: verdicts, and every run over time. */
final class ChaosPage {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

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
    return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8"/>
    <meta name="viewport" content="width=device-width, initial-scale=1"/>
    <meta name="color-scheme" content="light dark"/>
    <title>{title}</title>
    <style>
    {style}td, tbody th { text-align: left; white-space: normal; }
    thead th { text-align: left; }
    .bad { color: var(--red); font-weight: 600; }
    </style>
    </head>
    <body>
    <main>
    <header>
    <p class="kicker">Dawncache chaos report</p>
    <h1>{headline}</h1>
    <p class="meta">{when}. {conditions}</p>
    </header>
    {rows}</main>
    <script>
    {script}</script>
    </body>
    </html>
    """
        .replace("{title}", xml("Chaos report, " + TIME.format(began)))
        .replace("{style}", Chart.style())
        .replace("{script}", Chart.script())
        .replace("{headline}", xml(headline()))
        .replace("{when}", xml(TIME.format(began)))
        .replace("{conditions}", xml(conditions))
        .replace("{rows}", rows);
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
    html.append("<section class=\"verdict " + (met ? "good" : "bad") + "\">\n<p><strong>")
        .append(xml("Row " + result.row() + ": " + result.title()))
        .append("</strong></p>\n<p>" + xml(result.verdict().label()) + "</p>\n</section>\n")
        .append("<section>\n<div class=\"scroll\"><table>\n<thead><tr>");
    for (String head : List.of("finding", "reached", "bar", "verdict")) {
      html.append("<th scope=\"col\">" + head + "</th>");
    }
    html.append("</tr></thead>\n<tbody>\n");
    for (Finding finding : result.findings()) {
      boolean bad = finding.verdict().compareTo(Verdict.MET) > 0;
      html.append("<tr><th scope=\"row\">" + xml(finding.what()) + "</th>")
          .append("<td>" + xml(finding.reached()) + "</td><td>" + xml(finding.bar()) + "</td>")
          .append("<td" + (bad ? " class=\"bad\"" : "") + ">" + finding.verdict().label())
          .append("</td></tr>\n");
    }
    html.append("</tbody></table></div>\n</section>\n");
    if (!result.timeline().seconds().isEmpty()) {
      for (Chart chart : charts(result)) {
        html.append(chart.toHtml());
      }
      appendEvents(result.timeline().events(), html);
    }
  }

  private static void appendEvents(List<Event> events, StringBuilder html) {
    html.append("<details>\n<summary>What happened when</summary>\n<ol>\n");
    for (Event event : events) {
      html.append("<li>" + seconds(event) + ": " + xml(event.text()) + "</li>\n");
    }
    html.append("</ol>\n</details>\n");
  }

  private static String seconds(Event event) {
    return String.format(Locale.ROOT, "%.1f s", event.seconds());
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
