package io.dawncache.bench.contest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The client of all servers that speak HTTP: Debian's wrk. */
final class Wrk implements Client {
  private static final long MOST_REQUESTS_A_TURN = 1 << 24;
  private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ([0-9.]+)(ms|s|m)");
  private static final Pattern FAULTS = Pattern.compile("Non-2xx|Socket errors");

  private final Contestant contestant;
  private final Load load;
  private final Path script;
  private final Path keys;
  private long fresh;

  /**
   * Makes a client that asks a contestant.
   *
   * @param script the file {@code keys.lua}
   * @param keys a file with one key per line, asked for in that order and then again
   */
  Wrk(Contestant contestant, Load load, Path script, Path keys) {
    this.contestant = contestant;
    this.load = load;
    this.script = script;
    this.keys = keys;
  }

  @Override
  public Asked ask(int seconds) throws IOException {
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
                contestant.player().scheme() + "127.0.0.1:" + contestant.port() + "/"));
    wrk.environment()
        .putAll(
            Map.of(
                "PREFIX", contestant.prefix(),
                "KEYS", keys.toString(),
                "DEPTH", String.valueOf(load.depth()),
                "FRESH", load.keys() == Load.Keys.FRESH ? String.valueOf(fresh) : ""));
    fresh += MOST_REQUESTS_A_TURN;
    return asked(contestant.player(), Lab.run(wrk, "wrk, and a second core"));
  }

  /**
   * Returns the result of a turn.
   *
   * @param said what wrk has printed
   * @throws IOException if not all answers had values
   */
  static Asked asked(Player player, String said) throws IOException {
    Matcher requests = REQUESTS.matcher(said);
    if (!requests.find() || FAULTS.matcher(said).find()) {
      throw new IOException(player + ": " + said + " (expected: nothing but answers with values)");
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
