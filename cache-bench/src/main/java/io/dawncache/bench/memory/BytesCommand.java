package io.dawncache.bench.memory;

import io.dawncache.bench.TextTable;
import io.dawncache.core.CachePolicy;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench bytes}: compares the heap that a group holds with the budget that it was given. */
@Command(
    name = "bytes",
    description = {
      "Weighs the heap. At rest: fills a group beyond its budget with values of one length, for each"
          + " length, policy and object layout that this JVM has, each in a JVM of its own. In"
          + " motion: 64 threads write values of 1 MiB.",
      "Fails with 1 unless the heap is within 5 %% of the budget at rest, and in motion the values"
          + " held are at most 2 %% or one value above it."
    })
public final class BytesCommand implements Callable<Integer> {
  private static final int[] VALUE_BYTES = {10, 100, 1_000, 10_000};
  private static final int MOST_OFF_PERCENT = 5;

  private static final int WRITERS = 64;
  private static final int LARGE_VALUE_BYTES = 1 << 20;
  private static final int MOST_ABOVE_PERCENT = 2;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--budget",
      paramLabel = "MIB",
      description = "The budget of a group, ${DEFAULT-VALUE} MiB by default.")
  private int budgetMib = 64;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  private final List<String> faults = new ArrayList<>();

  /** Made by picocli. */
  BytesCommand() {}

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    long maxBytes = (long) budgetMib << 20;
    atRest(maxBytes).printTo(out);
    out.println();
    inMotion(maxBytes).printTo(out);
    faults.forEach(out::println);
    return faults.isEmpty() ? 0 : 1;
  }

  private TextTable atRest(long maxBytes) throws IOException {
    TextTable table =
        new TextTable(
            2,
            List.of(
                "objects laid out",
                "policy",
                "value bytes",
                "entries",
                "bytes an entry",
                "statistics, MiB",
                "heap, MiB",
                "heap against budget"));
    for (String layout : layouts(Runtime.version().feature())) {
      for (CachePolicy policy : CachePolicy.values()) {
        for (int valueBytes : VALUE_BYTES) {
          table.add(atRest(layout, policy, valueBytes, maxBytes));
        }
      }
    }
    return table;
  }

  private List<String> atRest(String layout, CachePolicy policy, int valueBytes, long maxBytes)
      throws IOException {
    List<String> options = options(layout, maxBytes);
    long[] numbers = ChildJvm.run(HeapAtRest.class, options, policy, valueBytes, maxBytes);
    long heap = numbers[0];
    long told = numbers[1];
    long entries = numbers[2];
    List<String> row =
        List.of(
            layout.isEmpty() ? "by default" : "`" + layout + "`",
            "`" + policy + "`",
            shown("%,d", valueBytes),
            shown("%,d", entries),
            shown("%,d", heap / entries),
            shown("%.2f", mib(told)),
            shown("%.2f", mib(heap)),
            shown("%+.2f %%", 100.0 * (heap - maxBytes) / maxBytes));
    if (!isClose(heap, maxBytes) || !isClose(heap, told)) {
      faults.add("too far off: " + row);
    }
    return row;
  }

  private static boolean isClose(long bytes, long toBytes) {
    return Math.abs(bytes - toBytes) <= toBytes * MOST_OFF_PERCENT / 100;
  }

  /** Returns the options for other object layouts, and none for the default. */
  private static List<String> layouts(int javaVersion) {
    List<String> layouts = new ArrayList<>(List.of("", "-XX:-UseCompressedOops"));
    if (javaVersion >= 25) {
      layouts.add("-XX:+UseCompactObjectHeaders");
    }
    return layouts;
  }

  /**
   * Returns the JVM's options: the serial collector leaves no gaps, and threads take small pieces,
   * so the heap in use is exact.
   */
  static List<String> options(String layout, long maxBytes) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "-XX:+UseSerialGC",
                "-XX:-ResizeTLAB",
                "-XX:TLABSize=16k",
                "-Xmx" + (3 * maxBytes + (64 << 20))));
    if (!layout.isEmpty()) {
      options.add(layout);
    }
    return options;
  }

  private TextTable inMotion(long maxBytes) throws IOException {
    TextTable table =
        new TextTable(
            1,
            List.of(
                "64 writers of 1 MiB", "most held, MiB", "values", "against budget", "moments"));
    for (String cache : new String[] {"LRU", "TINY_LFU", "CAFFEINE"}) {
      long[] numbers =
          ChildJvm.run(
              HeldInMotion.class,
              List.of("-Xmx" + (2048L << 20)),
              cache,
              WRITERS,
              LARGE_VALUE_BYTES,
              maxBytes);
      long most = numbers[0];
      long one = numbers[1];
      table.add(
          List.of(
              cache.equals("CAFFEINE") ? "*Caffeine*" : "`" + cache + "`",
              shown("%.1f", mib(most)),
              shown("%,d", most / one),
              shown("%+.1f %%", 100.0 * (most - maxBytes) / maxBytes),
              shown("%,d", numbers[2])));
      long bound = maxBytes + Math.max(one, maxBytes * MOST_ABOVE_PERCENT / 100);
      if (most > bound && !cache.equals("CAFFEINE")) {
        faults.add(shown("%s: held %d bytes (expected: <= %d)", cache, most, bound));
      }
    }
    return table;
  }

  private static double mib(long bytes) {
    return bytes / (double) (1 << 20);
  }

  private static String shown(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
