package io.dawncache.bench.core.consistenthash;

import io.dawncache.bench.Aim;
import io.dawncache.bench.Spread;
import io.dawncache.bench.TextTable;
import io.dawncache.bench.workload.ZipfKeys;
import io.dawncache.core.consistenthash.Ring;
import io.dawncache.core.consistenthash.Scheme;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench ring}: compares look-ups of owners with golang/groupcache's, turn by turn. */
@Command(
    name = "ring",
    description = {
      "Looks up the owners of 10,000 keys by Zipf's law, on one thread, on our rings of 1,000 nodes,"
          + " one of golang/groupcache's scheme and one of the native scheme, and on"
          + " golang/groupcache's ring of 512, all of 50 virtual nodes a node, in turns. Prints the"
          + " CPU time of a look-up, the hash of the key included, and the ratio in the same turn;"
          + " the spread of our ring against itself tells how much to believe. Also prints the CPU time"
          + " in which the native ring is made.",
      "Needs Go and golang/groupcache (Debian: golang-go, golang-github-golang-groupcache-dev). Fails"
          + " with 1 unless the median of the ratios is at most 0.35, 0.50 for the native scheme, that"
          + " ring is made in 400 ms, and the owners of one scheme are the same."
    })
public final class RingCommand implements Callable<Integer> {
  private static final int REPLICAS = 50;
  private static final int OUR_NODES = 1_000;
  private static final int THEIR_NODES = 512;
  private static final double MOST_TIMES_THEIRS = 0.35;
  private static final double NATIVE_MOST_TIMES_THEIRS = 0.5;
  private static final double NATIVE_MOST_MILLIS = 400;
  private static final int WARM_UP_TURNS = 5;
  private static final int LOOK_UPS_A_TURN = 2_000_000;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--turns",
      paramLabel = "N",
      description = "How many turns, ${DEFAULT-VALUE} by default.")
  private int turns = 15;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

  /** Made by picocli. */
  RingCommand() {}

  @Override
  public Integer call() throws IOException {
    if (turns < 1) {
      throw new ParameterException(spec.commandLine(), "--turns: " + turns + " (expected: >= 1)");
    }
    Path folder = Files.createTempDirectory("dawncache-ring");
    try {
      return compare(GoRing.compile(folder));
    } finally {
      delete(folder);
    }
  }

  private int compare(Path program) throws IOException {
    String[] keys = drawn();
    Ring ours = ring(OUR_NODES);
    Ring natives = nativeRing();
    try (GoRing theirs = new GoRing(program, members(THEIR_NODES), List.of(keys))) {
      if (!theirs.owners().equals(owners(ring(THEIR_NODES), keys))) {
        throw new IOException("owners differ from golang/groupcache's (expected: the same)");
      }
      List<Double> ourNanos = new ArrayList<>();
      List<Double> nativeNanos = new ArrayList<>();
      List<Double> nativeMillis = new ArrayList<>();
      List<Double> theirNanos = new ArrayList<>();
      List<Double> againstTheirs = new ArrayList<>();
      List<Double> nativeAgainstTheirs = new ArrayList<>();
      List<Double> againstOurs = new ArrayList<>();
      for (int turn = -WARM_UP_TURNS; turn < turns; turn++) {
        double first = nanos(ours, keys);
        double their = (double) theirs.cpuNanos(LOOK_UPS_A_TURN) / LOOK_UPS_A_TURN;
        double second = nanos(ours, keys);
        double nativeOne = nanos(natives, keys);
        double made = millisToMake();
        if (turn >= 0) {
          ourNanos.add(first);
          nativeNanos.add(nativeOne);
          nativeMillis.add(made);
          theirNanos.add(their);
          againstTheirs.add((first + second) / 2 / their);
          nativeAgainstTheirs.add(nativeOne / their);
          againstOurs.add(second / first);
        }
      }
      PrintWriter out = spec.commandLine().getOut();
      TextTable table = new TextTable(1, List.of("look-up in the ring", "median"));
      table.add(List.of("ours, 1,000 nodes, ns", Spread.of(ourNanos).toString()));
      table.add(List.of("native, 1,000 nodes, ns", Spread.of(nativeNanos).toString()));
      table.add(List.of("golang/groupcache's, 512 nodes, ns", Spread.of(theirNanos).toString()));
      table.add(List.of("ours x theirs", Spread.of(againstTheirs).toString()));
      table.add(List.of("native x theirs", Spread.of(nativeAgainstTheirs).toString()));
      table.add(List.of("ours x ours", Spread.of(againstOurs).toString()));
      table.add(List.of("native, to make it, ms", Spread.of(nativeMillis).toString()));
      table.printTo(out);
      Aim aim = new Aim("ours", Spread.of(againstTheirs), "of theirs", MOST_TIMES_THEIRS);
      Aim nativeAim =
          new Aim("native", Spread.of(nativeAgainstTheirs), "of theirs", NATIVE_MOST_TIMES_THEIRS);
      Aim madeAim =
          new Aim("native, to make it", Spread.of(nativeMillis), "ms", NATIVE_MOST_MILLIS);
      List<Aim> aims = List.of(aim, nativeAim, madeAim);
      out.println();
      aims.forEach(out::println);
      out.flush();
      return aims.stream().allMatch(Aim::isMet) ? 0 : 1;
    }
  }

  private double millisToMake() {
    long before = threads.getCurrentThreadCpuTime();
    Ring made = nativeRing();
    long used = threads.getCurrentThreadCpuTime() - before;
    return made.members().isEmpty() ? Double.NaN : used / 1e6;
  }

  private double nanos(Ring ring, String[] keys) {
    long before = threads.getCurrentThreadCpuTime();
    long found = lookUp(ring, keys);
    long used = threads.getCurrentThreadCpuTime() - before;
    return found == 0 ? Double.NaN : (double) used / LOOK_UPS_A_TURN;
  }

  private static long lookUp(Ring ring, String[] keys) {
    long found = 0;
    for (int i = 0; i < LOOK_UPS_A_TURN; i++) {
      String owner = ring.owner(keys[i & (keys.length - 1)]);
      found += owner == null ? 0 : owner.length();
    }
    return found;
  }

  private static Ring nativeRing() {
    return Ring.of(Scheme.NATIVE, REPLICAS, members(OUR_NODES));
  }

  private static Ring ring(int nodes) {
    return Ring.of(Scheme.GROUPCACHE, REPLICAS, members(nodes));
  }

  private static List<String> members(int nodes) {
    return IntStream.range(0, nodes)
        .mapToObj(i -> "http://10.0." + i / 100 + "." + i % 100 + ":8001")
        .toList();
  }

  private static List<String> owners(Ring ring, String[] keys) {
    return Stream.of(keys).map(key -> String.valueOf(ring.owner(key))).toList();
  }

  private static String[] drawn() {
    ZipfKeys keys = new ZipfKeys();
    return Stream.generate(keys::next).limit(1 << 16).toArray(String[]::new);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
