package io.dawncache.bench.contest;

import io.dawncache.bench.workload.ZipfKeys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The client of Redis, which wrk cannot ask: Debian's redis-benchmark. It uses as many keys as the
 * others, and draws all of them equally often.
 */
final class RedisBenchmark implements Client {
  private static final String KEY = "__rand_int__"; // it replaces this by a number of twelve digits
  private static final String FILL =
      "for i = 0, ARGV[1] - 1 do"
          + " redis.call('SET', string.format('%012d', i), string.rep('v', ARGV[2])) end"
          + " return redis.call('DBSIZE')";
  private static final int FIRST_REQUESTS = 100_000;
  private static final Pattern RATE = Pattern.compile("\"get " + KEY + "\",\"([0-9.]+)\"");
  private static final Pattern HITS = Pattern.compile("keyspace_hits:(\\d+)");
  private static final Pattern MISSES = Pattern.compile("keyspace_misses:(\\d+)");

  private final Contestant redis;
  private final Load load;
  private double perSecond; // in the last turn

  /** Fills {@code redis} with the keys and measures how many of them it answers per second. */
  RedisBenchmark(Contestant redis, Load load) throws IOException {
    this.redis = redis;
    this.load = load;
    String keys = String.valueOf(ZipfKeys.COUNT);
    String held = cli("EVAL", FILL, "0", keys, String.valueOf(load.valueBytes()));
    if (!held.equals(keys)) {
      throw new IOException(redis.player() + ": " + held + " (expected: " + keys + " keys)");
    }
    perSecond = ask((long) FIRST_REQUESTS).perSecond();
  }

  /** It takes a count, not a time, so the count is the last turn's rate times the time. */
  @Override
  public Asked ask(int seconds) throws IOException {
    Asked brought = ask(Math.round(perSecond * seconds));
    perSecond = brought.perSecond();
    return brought;
  }

  private Asked ask(long requests) throws IOException {
    long before = counted(HITS);
    String said =
        run(
            "redis-benchmark",
            "-c",
            String.valueOf(load.connections()),
            "-P",
            String.valueOf(load.depth()),
            "-n",
            String.valueOf(requests),
            "-r",
            String.valueOf(ZipfKeys.COUNT),
            "--csv",
            "get",
            KEY);
    // It ends at an error, but accepts a missing key as an answer.
    long misses = counted(MISSES);
    if (misses > 0) {
      throw new IOException(redis.player() + ": " + misses + " keyspace_misses (expected: 0)");
    }
    return new Asked(counted(HITS) - before, Double.parseDouble(found(RATE, said)));
  }

  private long counted(Pattern figure) throws IOException {
    return Long.parseLong(found(figure, cli("INFO", "stats")));
  }

  private String found(Pattern pattern, String said) throws IOException {
    Matcher matcher = pattern.matcher(said);
    if (!matcher.find()) {
      throw new IOException(redis.player() + ": " + said + " (expected: " + pattern + ")");
    }
    return matcher.group(1);
  }

  private String cli(String... words) throws IOException {
    return run("redis-cli", words);
  }

  private String run(String program, String... words) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("taskset", "-c", "1", program, "-p", String.valueOf(redis.port())));
    command.addAll(List.of(words));
    return Lab.run(new ProcessBuilder(command), "the packages redis-server and redis-tools");
  }
}
