package io.dawncache.bench.chaos;

import static io.dawncache.bench.load.Chart.xml;

import io.dawncache.bench.chaos.Finding.Verdict;
import io.dawncache.bench.chaos.Timeline.Event;
import io.dawncache.bench.load.Chart;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** What the pages of chaos and of the soak have in common. */
final class Html {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private Html() {}

  /**
   * Returns a page that needs nothing else, which is well-formed XML too.
   *
   * @param kind {@code chaos} or {@code soak}
   * @param conditions what was measured on what, in a sentence
   * @param body what comes below the head
   */
  static String page(String kind, Instant began, String headline, String conditions, String body) {
    String title = kind.substring(0, 1).toUpperCase(Locale.ROOT) + kind.substring(1) + " report, ";
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
    <p class="kicker">Dawncache {kind} report</p>
    <h1>{headline}</h1>
    <p class="meta">{when}. {conditions}</p>
    </header>
    {body}</main>
    <script>
    {script}</script>
    </body>
    </html>
    """
        .replace("{title}", xml(title + TIME.format(began)))
        .replace("{style}", Chart.style())
        .replace("{script}", Chart.script())
        .replace("{kind}", xml(kind))
        .replace("{headline}", xml(headline))
        .replace("{when}", xml(TIME.format(began)))
        .replace("{conditions}", xml(conditions))
        .replace("{body}", body);
  }

  static void appendVerdict(boolean good, String what, String verdict, StringBuilder html) {
    html.append("<section class=\"verdict " + (good ? "good" : "bad") + "\">\n<p><strong>")
        .append(xml(what))
        .append("</strong></p>\n<p>" + xml(verdict) + "</p>\n</section>\n");
  }

  static void appendFindings(List<Finding> findings, StringBuilder html) {
    html.append("<section>\n<div class=\"scroll\"><table>\n<thead><tr>");
    for (String head : List.of("finding", "reached", "bar", "verdict")) {
      html.append("<th scope=\"col\">" + head + "</th>");
    }
    html.append("</tr></thead>\n<tbody>\n");
    for (Finding finding : findings) {
      boolean bad = finding.verdict().compareTo(Verdict.MET) > 0;
      html.append("<tr><th scope=\"row\">" + xml(finding.what()) + "</th>")
          .append("<td>" + xml(finding.reached()) + "</td><td>" + xml(finding.bar()) + "</td>")
          .append("<td" + (bad ? " class=\"bad\"" : "") + ">" + finding.verdict().label())
          .append("</td></tr>\n");
    }
    html.append("</tbody></table></div>\n</section>\n");
  }

  static void appendEvents(List<Event> events, StringBuilder html) {
    html.append("<details>\n<summary>What happened when</summary>\n<ol>\n");
    for (Event event : events) {
      html.append("<li>" + String.format(Locale.ROOT, "%.1f s", event.seconds()) + ": ")
          .append(xml(event.text()) + "</li>\n");
    }
    html.append("</ol>\n</details>\n");
  }
}
