package io.dawncache.bench.contest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The client of all turns: wrk, Debian's, with one thread on the second core. */
final class Wrk {
  private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ([0-9.]+)(ms|s|m)");
  private static final Pattern FAULTS = Pattern.compile("Non-2xx|Socket errors");

  private final Path script;
  private int turns;

  /**
   * What a turn brought.
   *
   * @param requests how many were answered
   * @param perSecond how many a second
   */
  record Asked(long requests, double perSecond) {}

  Wrk(Lab lab) throws IOException {
    script = lab.copy("keys.lua");
  }

  /**
   * Asks for some seconds.
   *
   * @param keys a file with a key a line, asked for in that order and then again
   * @throws IOException if wrk fails, or any answer is none with a value
   */
  Asked ask(Contestant contestant, Load load, Path keys, int seconds) throws IOException {
    ProcessBuilder wrk =
        new ProcessBuilder(
            List.of(
                "taskset",
                "-c",
                "1",
                "wrk",
                "-t1",
                "-c" + load.connections(),
                "-d" + seconds + "s",
                "-s",
                script.toString(),
                "http://127.0.0.1:" + contestant.port() + "/"));
    String fresh = load.keys() == Load.Keys.FRESH ? "fresh-" + turns++ + "-" : "";
    wrk.environment()
        .putAll(
            Map.of(
                "PREFIX", contestant.prefix(),
                "KEYS", keys.toString(),
                "DEPTH", String.valueOf(load.depth()),
                "FRESH", fresh));
    String said = Lab.run(wrk, "wrk, and a second core");
    Matcher requests = REQUESTS.matcher(said);
    if (!requests.find() || FAULTS.matcher(said).find()) {
      throw new IOException(
          contestant.player() + ": " + said + " (expected: nothing but answers with values)");
    }
    long count = Long.parseLong(requests.group(1));
    return new Asked(count, count / seconds(requests.group(2), requests.group(3)));
  }

  private static double seconds(String number, String unit) {
    double value = Double.parseDouble(number);
    return switch (unit) {
      case "ms" -> value / 1000;
      case "m" -> value * 60;
      default -> value;
    };
  }
}
