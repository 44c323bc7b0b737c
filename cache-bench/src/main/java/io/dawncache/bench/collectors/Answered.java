package io.dawncache.bench.collectors;

import java.io.IOException;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the load generator prints about a run, in its own words.
 *
 * @param p50 the median latency; {@code p99}, {@code p999} and {@code max} are latencies, too
 * @param kept whether the rate was kept, or what was reached
 * @param shortfall why it was not kept, in sentences; empty if it was
 * @param errors how many requests had no answer
 */
record Answered(
    String p50, String p99, String p999, String max, String kept, String shortfall, long errors) {
  private static final int RATE_NOT_KEPT = 3;
  private static final String NOT_KEPT = "The rate was not kept."; // the reason follows

  private static final Pattern LATENCIES = Pattern.compile("(?m)^get .*$");
  private static final Pattern TIME = Pattern.compile("[0-9.,]+ (ns|µs|ms|s)");
  private static final Pattern REACHED = Pattern.compile("reached ([0-9.,]+/s)");
  private static final Pattern ERRORS = Pattern.compile("errors +([0-9,]+) in all");

  /**
   * Reads the generator's table.
   *
   * @throws IOException if it could not measure, or its table has another form
   */
  static Answered read(int exitCode, String said) throws IOException {
    Matcher latencies = LATENCIES.matcher(said);
    Matcher reached = REACHED.matcher(said);
    Matcher errors = ERRORS.matcher(said);
    if ((exitCode == 0 || exitCode == RATE_NOT_KEPT)
        && latencies.find()
        && reached.find()
        && errors.find()) {
      List<String> times =
          TIME.matcher(latencies.group()).results().map(MatchResult::group).toList();
      if (times.size() == 6) { // p50, p90, p99, p99.9, p99.99, max
        return new Answered(
            times.get(0),
            times.get(2),
            times.get(3),
            times.get(5),
            exitCode == 0 ? "yes" : "no, " + reached.group(1),
            exitCode == 0 ? "" : said.substring(said.indexOf(NOT_KEPT) + NOT_KEPT.length()).strip(),
            Long.parseLong(errors.group(1).replace(",", "")));
      }
    }
    throw new IOException(
        "the load generator ended with exit code %d and said: %s (expected: a table of latencies)"
            .formatted(exitCode, said.strip()));
  }
}
