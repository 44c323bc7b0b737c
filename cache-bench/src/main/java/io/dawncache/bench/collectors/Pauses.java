package io.dawncache.bench.collectors;

import java.util.Arrays;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long all threads of a JVM stood still together, for any reason: what a concurrent collector
 * avoids.
 *
 * @param count how many pauses there were
 * @param p99Nanos 99 of 100 pauses did not exceed this; the longest if there were fewer
 */
record Pauses(int count, long totalNanos, long p99Nanos, long longestNanos) {
  /** How {@code -Xlog:safepoint} logs every pause, on JDK 17 to 25 and with every collector. */
  private static final Pattern PAUSE = Pattern.compile("Safepoint \".*\".* Total: *(\\d+) ns");

  /** Returns the pauses in the lines of a JVM's log; skips other lines. */
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
