package io.dawncache.bench.collectors;

import io.dawncache.bench.TextTable;
import io.dawncache.bench.collectors.NodeProcess.Moment;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench collectors}: a full node under load, with each of the JVM's collectors in turn. */
@Command(
    name = "collectors",
    sortOptions = false,
    description = {
      "Runs a node with each of the JVM's garbage collectors, one after the other: fills its cache"
          + " with values of 1 KiB, then asks it over HTTP at a given rate, open loop, for keys that"
          + " it holds, by Zipf's law, and for fresh keys, each of which evicts a value. A node"
          + " usually runs longer than a measurement, so each node makes one collection of the whole"
          + " heap halfway through, in the collector's own way.%n",
      "Pauses are those of all threads together, for any reason, as -Xlog:safepoint reports them"
          + " during the measurement; latencies are what the callers see. Node and load generator"
          + " share all cores, because a collector may run in parallel with the program; the"
          + " generator keeps one core busy.%n",
      "Needs Linux. Fails with 1 if a node or its load does.%n"
    })
public final class CollectorsCommand implements Callable<Integer> {
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,6})([mg])");
  private static final long LEAST_BYTES = 16 << 20;
  private static final int MOST_SECONDS = 3600;
  private static final int MOST_RATE = 1_000_000;
  private static final long MOST_ACCESSES = 5_000_000; // the generator holds their keys in memory
  private static final double HEAP_TO_CACHE = 1.4;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--collectors",
      split = ",",
      paramLabel = "NAME",
      description =
          "serial, parallel, g1, zgc or shenandoah; all that this JDK has by default, else each as"
              + " often as it stands.")
  private List<String> names = List.of();

  @Option(
      names = "--bytes",
      paramLabel = "SIZE",
      description = "The budget of the cache, such as 64m or 8g; ${DEFAULT-VALUE} by default.")
  private String bytes = "8g";

  @Option(
      names = "--heap",
      paramLabel = "SIZE",
      description = "The heap of the node, from its start; 1.4 times --bytes by default.")
  private String heap = "";

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Requests a second; ${DEFAULT-VALUE} by default.")
  private int rate = 20_000;

  @Option(
      names = "--fresh",
      paramLabel = "PART",
      description =
          "How many of them are for fresh keys, from 0 to 1; ${DEFAULT-VALUE} by default.")
  private double freshPart = 0.1;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long a node is measured, ${DEFAULT-VALUE} by default.")
  private int seconds = 20;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      description =
          "For how many seconds it is asked before, in the same way; ${DEFAULT-VALUE} by default.")
  private int warmUpSeconds = 10;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  private final int javaVersion = Runtime.version().feature();
  private final List<String> notes = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();

  /** Made by picocli. */
  CollectorsCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Collector> collectors = parsed();
    long maxBytes = size("--bytes", bytes, LEAST_BYTES);
    long heapBytes =
        heap.isEmpty() ? (long) (maxBytes * HEAP_TO_CACHE) : size("--heap", heap, maxBytes + 1);
    checkRange("--rate", rate, 1, MOST_RATE);
    checkRange("--seconds", seconds, 1, MOST_SECONDS);
    checkRange("--warm-up", warmUpSeconds, 1, MOST_SECONDS);
    long accesses = (long) rate * (warmUpSeconds + seconds);
    check("--rate x seconds", accesses, accesses <= MOST_ACCESSES, "<= " + MOST_ACCESSES);
    check("--fresh", freshPart, freshPart >= 0 && freshPart <= 1, "from 0 to 1");

    PrintWriter out = spec.commandLine().getOut();
    Path folder = Files.createTempDirectory("collectors");
    Path trace = folder.resolve("requests.txt.gz");
    Path log = folder.resolve("pauses.log");
    try {
      Mix.write(trace, accesses, FullNode.askedKeys(maxBytes), freshPart);
      TextTable table = new TextTable(1, head());
      for (Collector collector : collectors) {
        if (collector.isHere()) {
          measure(collector, maxBytes, heapBytes, trace, log, table);
        } else {
          faults.add(collector.label(javaVersion) + ": not in this JDK");
        }
      }
      out.println(
          shown(
              "JDK %s, a heap of %,d MiB, a cache of %,d MiB, %,d requests/s",
              Runtime.version(), heapBytes >> 20, maxBytes >> 20, rate));
      out.println();
      table.printTo(out);
      notes.forEach(out::println);
      faults.forEach(out::println);
      out.flush();
    } finally {
      for (Path file : List.of(trace, log, folder)) {
        Files.deleteIfExists(file);
      }
    }
    return faults.isEmpty() ? 0 : 1;
  }

  private static List<String> head() {
    return List.of(
        "collector",
        "entries",
        "fill, s",
        "longest pause of it, ms",
        "pauses under load",
        "all of them, ms",
        "p99 of them, ms",
        "longest, ms",
        "latency p50",
        "latency p99",
        "latency p99.9",
        "latency max",
        "rate kept",
        "hits of 100",
        "evictions",
        "CPU a request, us",
        "memory, MiB");
  }

  /** Measures one collector; if it fails, the others' figures remain valid. */
  private void measure(
      Collector collector, long maxBytes, long heapBytes, Path trace, Path log, TextTable table)
      throws InterruptedException {
    String label = collector.label(javaVersion);
    PrintWriter err = spec.commandLine().getErr();
    err.println(label);
    err.flush();
    long startNanos = System.nanoTime();
    try (NodeProcess node = new NodeProcess(collector, maxBytes, heapBytes, log)) {
      double fillSeconds = (System.nanoTime() - startNanos) / 1e9;
      Moment full = node.moment();
      try (LoadProcess load = new LoadProcess(node.port(), trace, rate, warmUpSeconds, seconds)) {
        load.awaitMeasured(0);
        Moment from = node.moment();
        load.awaitMeasured(seconds / 2);
        node.collect();
        Answered answered = load.end();
        Moment to = node.moment();
        List<String> row =
            row(label, node, fillSeconds, node.pauses(Moment.START, full), answered, from, to);
        table.add(row);
        err.println(String.join(" | ", row)); // shown now, even if a later collector fails
        err.flush();
        if (!answered.shortfall().isEmpty()) {
          notes.add(label + ": " + answered.shortfall().replaceAll("\\R", " "));
        }
        if (answered.errors() > 0) {
          faults.add(label + ": " + answered.errors() + " requests without an answer");
        }
      }
    } catch (IOException e) {
      faults.add(label + ": " + e.getMessage());
    }
  }

  private static List<String> row(
      String label,
      NodeProcess node,
      double fillSeconds,
      Pauses filling,
      Answered answered,
      Moment from,
      Moment to)
      throws IOException {
    Pauses loaded = node.pauses(from, to);
    long gets = to.gets() - from.gets();
    if (gets == 0) {
      throw new IOException("0 gets while it was measured (expected: some)");
    }
    double cpuMicros = to.cpu().minus(from.cpu()).toNanos() / 1e3;
    return List.of(
        label,
        shown("%,d", node.entries()),
        shown("%.1f", fillSeconds),
        millis(filling.longestNanos()),
        shown("%,d", loaded.count()),
        millis(loaded.totalNanos()),
        millis(loaded.p99Nanos()),
        millis(loaded.longestNanos()),
        answered.p50(),
        answered.p99(),
        answered.p999(),
        answered.max(),
        answered.kept(),
        shown("%.1f", 100.0 * (to.hits() - from.hits()) / gets),
        shown("%,d", to.evictions() - from.evictions()),
        shown("%.1f", cpuMicros / gets),
        shown("%,d", node.memoryBytes() >> 20));
  }

  private static String millis(long nanos) {
    return shown(nanos < 10_000_000 ? "%.2f" : "%,.1f", nanos / 1e6);
  }

  private List<Collector> parsed() {
    if (names.isEmpty()) {
      return Arrays.asList(Collector.values());
    }
    return names.stream()
        .map(
            name ->
                Collector.named(name)
                    .orElseThrow(() -> wrong("--collectors", name, "some of " + Collector.names())))
        .toList();
  }

  private long size(String option, String text, long least) {
    Matcher form = SIZE.matcher(text.toLowerCase(Locale.ROOT));
    if (form.matches()) {
      long size = Long.parseLong(form.group(1)) << (form.group(2).equals("m") ? 20 : 30);
      check(option, text, size >= least, ">= " + ((least + (1 << 20) - 1) >> 20) + "m");
      return size;
    }
    throw wrong(option, text, "a number of m or g, such as 64m or 8g");
  }

  private void checkRange(String option, int value, int least, int most) {
    check(option, value, value >= least && value <= most, least + " to " + most);
  }

  private void check(String option, Object value, boolean right, String expected) {
    if (!right) {
      throw wrong(option, value, expected);
    }
  }

  private ParameterException wrong(String option, Object value, String expected) {
    return new ParameterException(
        spec.commandLine(), option + ": " + value + " (expected: " + expected + ")");
  }

  private static String shown(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
