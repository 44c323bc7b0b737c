package io.dawncache.bench.load;

import static io.dawncache.bench.load.Chart.xml;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * A run as one self-contained page: it includes styles, script and charts, loads nothing else, and
 * shows all its figures without the script, too.
 */
final class LoadPage {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
  private static final double STEP_OF_NINES = 0.04;
  private static final double MOST_NINES = 6;

  private final LoadResult result;
  private final Summary summary;
  private final Tally total;
  private final List<SecondRow> seconds;

  LoadPage(LoadResult result) {
    this.result = result;
    this.summary = new Summary(result);
    this.total = result.total();
    this.seconds = result.seconds();
  }

  /** Returns the page, which is well-formed XML too. */
  String toHtml() {
    return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8"/>
    <meta name="viewport" content="width=device-width, initial-scale=1"/>
    <meta name="color-scheme" content="light dark"/>
    <title>{title}</title>
    <style>
    {style}</style>
    </head>
    <body>
    <main>
    <header>
    <p class="kicker">Dawncache load report</p>
    <h1>{headline}</h1>
    <p class="meta">{workload}.</p>
    <p class="meta">{where}</p>
    </header>
    {verdict}{tiles}{charts}<section>
    <h2>Latency</h2>
    {latencies}</section>
    <section>
    <h2>All figures</h2>
    {rows}</section>
    {seconds}<footer>
    {reading}</footer>
    </main>
    <script>
    {script}</script>
    </body>
    </html>
    """
        .replace("{title}", xml("Load report, " + TIME.format(result.began())))
        .replace("{style}", Chart.style())
        .replace("{script}", Chart.script())
        .replace("{headline}", xml(summary.headline()))
        .replace("{workload}", xml(summary.workload()))
        .replace("{where}", xml(where()))
        .replace("{verdict}", verdict())
        .replace("{tiles}", tiles())
        .replace("{charts}", charts())
        .replace("{latencies}", latencies())
        .replace("{rows}", rows())
        .replace("{seconds}", bySecond())
        .replace("{reading}", reading());
  }

  private String where() {
    return TIME.format(result.began())
        + ". Generator: "
        + result.plan().threads()
        + (result.plan().threads() == 1 ? " thread, " : " threads, ")
        + Runtime.getRuntime().availableProcessors()
        + (Runtime.getRuntime().availableProcessors() == 1 ? " core, JDK " : " cores, JDK ")
        + System.getProperty("java.version")
        + ", after "
        + Quantity.seconds(result.plan().warmUpNanos())
        + " of warm-up.";
  }

  private String verdict() {
    boolean bad = !result.isAnswered() || !result.keptRate() || result.abandoned() != null;
    String kind = bad ? "bad" : result.plan().isOpen() && !result.stopped() ? "good" : "plain";
    List<String> sentences = summary.verdict();
    StringBuilder html =
        new StringBuilder("<section class=\"verdict " + kind + "\" aria-label=\"Verdict\">\n");
    html.append("<p><strong>" + xml(sentences.get(0)) + "</strong></p>\n");
    sentences.stream().skip(1).forEach(text -> html.append("<p>" + xml(text) + "</p>\n"));
    return html.append("</section>\n").toString();
  }

  private String tiles() {
    Histogram latency = total.latency();
    boolean open = result.plan().isOpen();
    return "<dl class=\"tiles\">\n"
        + tile(
            "answered",
            Quantity.rate(result.ratePerSecond()),
            open ? "of " + Quantity.rate(result.plan().rate()) + " wanted" : "closed loop")
        + tile("p50", latencyAt(latency, 50), "half were faster")
        + tile("p99", latencyAt(latency, 99), "1 in 100 was slower")
        + tile("p99.9", latencyAt(latency, 99.9), "1 in 1,000 was slower")
        + tile(
            "errors",
            Quantity.count(total.errors()),
            "of " + Quantity.count(total.sent) + " requests")
        + "</dl>\n";
  }

  private static String tile(String name, String value, String note) {
    return "<div><dt>"
        + name
        + "</dt><dd class=\"value\">"
        + xml(value)
        + "</dd><dd class=\"note\">"
        + xml(note)
        + "</dd></div>\n";
  }

  private static String latencyAt(Histogram latency, double percentile) {
    return latency.getTotalCount() == 0
        ? "-"
        : Quantity.time(latency.getValueAtPercentile(percentile));
  }

  private String charts() {
    if (!result.isAnswered()) {
      return "";
    }
    return percentiles().toHtml() + throughput().toHtml() + overTime().toHtml();
  }

  private Chart percentiles() {
    Histogram both = total.latency();
    double nines = Math.max(1, Math.min(MOST_NINES, Math.log10((double) both.getTotalCount())));
    Chart chart =
        new Chart(
            "percentiles",
            "Latency by percentile",
            "From the fastest to the slowest request, each further nine of the percentile with the"
                + " same room. The figures stand in the table under Latency.",
            Axis.nines(nines),
            Axis.log(
                Math.max(1.0, (double) both.getMinValue()),
                Math.max(2.0, (double) both.getMaxValue()),
                LoadPage::time));
    for (Summary.Latency latency : summary.latencies()) {
      List<Chart.Point> points = new ArrayList<>();
      for (double x = 0; x < nines + STEP_OF_NINES; x += STEP_OF_NINES) {
        double at = Math.min(x, nines);
        points.add(new Chart.Point(at, latency.histogram().getValueAtPercentile(percentileOf(at))));
      }
      chart.line(latency.name(), latency.name() + " requests", points);
    }
    for (double x = 0; x < nines + STEP_OF_NINES; x += STEP_OF_NINES) {
      double percentile = percentileOf(Math.min(x, nines));
      chart.readout(
          Math.min(x, nines),
          String.format(Locale.ROOT, "%.6f", percentile)
                  .replaceFirst("\\.?0+$", "")
                  .replaceFirst("^$", "0")
              + " % of requests took at most "
              + summary.latencies().stream()
                  .map(
                      latency ->
                          Quantity.time(latency.histogram().getValueAtPercentile(percentile))
                              + (summary.latencies().size() > 1 ? " (" + latency.name() + ")" : ""))
                  .collect(Collectors.joining(", ")));
    }
    return chart;
  }

  private static double percentileOf(double nines) {
    return 100 * (1 - Math.pow(10, -nines));
  }

  private Chart throughput() {
    double most = result.plan().rate();
    boolean errors = false;
    for (SecondRow row : seconds) {
      most = Math.max(most, (double) Math.max(row.answered(), row.errors()));
      errors |= row.errors() > 0;
    }
    Chart chart =
        new Chart(
            "throughput",
            "Throughput over time",
            "Answers in each second. The figures stand in the table under Second by second.",
            Axis.seconds(Math.max(1, seconds.size())),
            Axis.linear(most * 1.02, rate -> Quantity.count(Math.round(rate))));
    chart.line("answered", "answered a second", points(SecondRow::answered));
    if (result.plan().isOpen()) {
      chart.line(
          "wanted",
          "wanted a second",
          List.of(
              new Chart.Point(0, result.plan().rate()),
              new Chart.Point(
                  Math.min(seconds.size(), result.plan().windowNanos() / 1e9),
                  result.plan().rate())));
    }
    if (errors) {
      chart.line("errors", "errors a second", points(SecondRow::errors));
    }
    for (SecondRow row : seconds) {
      chart.readout(
          middle(row),
          "Second "
              + (row.second() + 1)
              + ": "
              + Quantity.count(row.answered())
              + " answered, "
              + Quantity.count(row.errors())
              + " errors"
              + (row.backlog() == 0 ? "" : ", backlog " + Quantity.count(row.backlog())));
    }
    return chart;
  }

  private Chart overTime() {
    double least = Double.MAX_VALUE;
    double most = 2;
    for (SecondRow row : seconds) {
      if (row.answered() > 0) {
        least = Math.min(least, Math.max(1.0, (double) row.p50Nanos()));
        most = Math.max(most, (double) row.maxNanos());
      }
    }
    Chart chart =
        new Chart(
            "over-time",
            "Latency over time",
            "The median, the 99th percentile and the slowest of the answers in each second. The"
                + " figures stand in the table under Second by second.",
            Axis.seconds(Math.max(1, seconds.size())),
            Axis.log(Math.min(least, most / 2), most, LoadPage::time));
    chart.line("max", "max", points(latencyOf(SecondRow::maxNanos)));
    chart.line("p99", "p99", points(latencyOf(SecondRow::p99Nanos)));
    chart.line("p50", "p50", points(latencyOf(SecondRow::p50Nanos)));
    for (SecondRow row : seconds) {
      chart.readout(
          middle(row),
          "Second "
              + (row.second() + 1)
              + ": p50 "
              + time(row, row.p50Nanos())
              + ", p99 "
              + time(row, row.p99Nanos())
              + ", max "
              + time(row, row.maxNanos()));
    }
    return chart;
  }

  /** A figure of one second. */
  private interface Figure {
    double of(SecondRow row);
  }

  /** Returns a latency: a second without an answer has none. */
  private static Figure latencyOf(Figure figure) {
    return row -> row.answered() == 0 ? Double.NaN : figure.of(row);
  }

  private List<Chart.Point> points(Figure figure) {
    return seconds.stream().map(row -> new Chart.Point(middle(row), figure.of(row))).toList();
  }

  private static double middle(SecondRow row) {
    return row.second() + 0.5;
  }

  private static String time(double nanos) {
    return Quantity.time(Math.round(nanos));
  }

  private static String time(SecondRow row, long nanos) {
    return row.answered() == 0 ? "-" : Quantity.time(nanos);
  }

  private String latencies() {
    StringBuilder html = new StringBuilder("<div class=\"scroll\"><table>\n<thead><tr><th></th>");
    Summary.Latency.HEAD.forEach(name -> html.append("<th scope=\"col\">" + name + "</th>"));
    html.append("</tr></thead>\n<tbody>\n");
    for (Summary.Latency latency : summary.latencies()) {
      html.append("<tr><th scope=\"row\">" + latency.name() + "</th>");
      latency.cells().forEach(cell -> html.append("<td>" + xml(cell) + "</td>"));
      html.append("</tr>\n");
    }
    return html.append("</tbody></table></div>\n").toString();
  }

  private String rows() {
    StringBuilder html = new StringBuilder("<dl class=\"rows\">\n");
    for (Summary.Row row : summary.rows()) {
      html.append("<div" + (row.bad() ? " class=\"bad\"" : "") + "><dt>" + xml(row.name()))
          .append("</dt><dd>" + xml(row.text()) + "</dd></div>\n");
    }
    return html.append("</dl>\n").toString();
  }

  private String bySecond() {
    StringBuilder html =
        new StringBuilder(
            "<details>\n<summary>Second by second</summary>\n<div class=\"scroll\"><table>\n<thead><tr>");
    for (String name :
        List.of("second", "sent", "answered", "errors", "backlog", "p50", "p99", "max")) {
      html.append("<th scope=\"col\">" + name + "</th>");
    }
    html.append("</tr></thead>\n<tbody>\n");
    for (SecondRow row : seconds) {
      html.append("<tr><th scope=\"row\">" + (row.second() + 1) + "</th>");
      for (long count : new long[] {row.sent(), row.answered(), row.errors(), row.backlog()}) {
        html.append("<td>" + Quantity.count(count) + "</td>");
      }
      for (long nanos : new long[] {row.p50Nanos(), row.p99Nanos(), row.maxNanos()}) {
        html.append("<td>" + xml(time(row, nanos)) + "</td>");
      }
      html.append("</tr>\n");
    }
    return html.append("</tbody></table></div>\n</details>\n").toString();
  }

  private String reading() {
    return result.plan().isOpen()
        ? "<p>Latency counts from the moment a request was due, whether or not it could be sent"
            + " then; so a server that stalls is charged with all who would have waited, and not"
            + " only with those few who had already asked.</p>\n"
        : "<p>Latency counts from the moment a request was sent. Each connection sends its next"
            + " request only after an answer, so while the server stalls hardly anybody is counted"
            + " as waiting. Use <code>--rate</code> for latencies as users see them.</p>\n";
  }
}
