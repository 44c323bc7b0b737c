package io.dawncache.bench.collectors;

import java.util.Arrays;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * For how long all threads of a JVM stood still together, for whatever reason: what the callers of
 * a collector that works beside them are spared.
 *
 * @param count how often they did
 * @param p99Nanos which 99 of 100 pauses did not exceed; the longest if they were fewer
 */
record Pauses(int count, long totalNanos, long p99Nanos, long longestNanos) {
  /** What {@code -Xlog:safepoint} has of every pause, from JDK 17 to 25 and of every collector. */
  private static final Pattern PAUSE = Pattern.compile("Safepoint \".*\".* Total: *(\\d+) ns");

  /** Returns the pauses that lines of a JVM's log tell of; other lines are passed over. */
  static Pauses of(Collection<String> log) {
    long[] nanos =
        log.stream()
            .map(PAUSE::matcher)
            .filter(Matcher::find)
            .mapToLong(pause -> Long.parseLong(pause.group(1)))
            .sorted()
            .toArray();
    int count = nanos.length;
    return count == 0
        ? new Pauses(0, 0, 0, 0)
        : new Pauses(
            count,
            Arrays.stream(nanos).sum(),
            nanos[(int) Math.ceil(count * 0.99) - 1],
            nanos[count - 1]);
  }
}
