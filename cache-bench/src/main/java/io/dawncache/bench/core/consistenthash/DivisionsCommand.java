package io.dawncache.bench.core.consistenthash;

import io.dawncache.bench.TextTable;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench divisions}: compares ways to divide keys among members. */
@Command(
    name = "divisions",
    description = {
      "Compares ways to divide keys among members: the largest share against the mean, the keys that"
          + " move when a member joins 100 or leaves 100 (in the middle of the list, against the"
          + " least that must move), and for 1,000 members the time to make it, the bytes of its"
          + " arrays and the CPU time of a look-up of a hashed key, on one thread.",
      "Shares are counted over keys: a way that is even by its construction, such as jump hash, shows"
          + " what the count itself adds. The points here are those of the native scheme; the"
          + " shipped class is measured by 'bench ring'."
    })
public final class DivisionsCommand implements Callable<Integer> {
  private static final int MANY = 1_000;
  private static final int SOME = 100;
  private static final int LOOK_UP_TURNS = 7;

  private static final Map<String, Division.Maker> WAYS = new LinkedHashMap<>();

  static {
    WAYS.put("jump hash, sorted list", members -> new Division.Jump(members.length));
    WAYS.put("rendezvous", Division.Rendezvous::new);
    WAYS.put("2^20 slots, rendezvous", m -> Division.Slots.byRendezvous(1 << 20, m));
    WAYS.put("2^16 slots, to 1.02", m -> Division.Slots.byRendezvousWithBound(1 << 16, m));
    WAYS.put("Maglev, 1,000,003 slots", m -> Division.Slots.maglev(1_000_003, m));
    WAYS.put("ring, 50 points", m -> Division.Points.of(m, 50, 1, 1));
    WAYS.put("ring, 400 points", m -> Division.Points.of(m, 400, 1, 1));
    WAYS.put("ring, 4,000 points", m -> Division.Points.of(m, 4_000, 1, 1));
    WAYS.put("ring, 1 point, 21 probes", m -> Division.Points.of(m, 1, 21, 1));
    WAYS.put("ring, 400 points, 16 probes", m -> Division.Points.of(m, 400, 16, 1));
    WAYS.put("ring, 50 points, 1 key in 128", m -> Division.Points.of(m, 50, 1, 128));
    WAYS.put("native: 400 points, 1 in 16", m -> Division.Points.of(m, 400, 1, 16));
  }

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--keys",
      paramLabel = "N",
      description = "How many keys to count, ${DEFAULT-VALUE} by default.")
  private int keys = 1 << 23;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

  /** Made by picocli. */
  DivisionsCommand() {}

  @Override
  public Integer call() {
    if (keys < 1) {
      throw new ParameterException(spec.commandLine(), "--keys: " + keys + " (expected: >= 1)");
    }
    TextTable table =
        new TextTable(
            1,
            List.of("way", "max, n = 10", "100", "1,000", "join", "leave", "made, ms", "MB", "ns"));
    WAYS.forEach((name, way) -> table.add(row(name, way)));
    PrintWriter out = spec.commandLine().getOut();
    table.printTo(out);
    out.flush();
    return 0;
  }

  private List<String> row(String name, Division.Maker way) {
    long[] some = members(SOME);
    long[] more = members(SOME + 1);
    way.of(members(MANY)); // so that what makes it is compiled
    long before = threads.getCurrentThreadCpuTime();
    Division many = way.of(members(MANY));
    double madeMillis = (threads.getCurrentThreadCpuTime() - before) / 1e6;
    return List.of(
        name,
        shown("%.3f", most(way.of(members(10)), 10)),
        shown("%.3f", most(way.of(some), SOME)),
        shown("%.3f", most(many, MANY)),
        shown("%.2f", moved(way, without(more), more) * (SOME + 1)),
        shown("%.2f", moved(way, some, without(some)) * SOME),
        shown("%.0f", madeMillis),
        shown("%.1f", many.bytes() / 1e6),
        shown("%.0f", lookUpNanos(many)));
  }

  /** Returns the largest share of the keys, against the mean. */
  private double most(Division division, int members) {
    int[] counts = new int[members];
    for (int i = 0; i < keys; i++) {
      counts[division.owner(key(i))]++;
    }
    return (double) Arrays.stream(counts).max().orElse(0) * members / keys;
  }

  /** Returns the part of the keys that move when a list of members becomes another. */
  private double moved(Division.Maker way, long[] ones, long[] others) {
    Division one = way.of(ones);
    Division other = way.of(others);
    int moved = 0;
    for (int i = 0; i < keys; i++) {
      moved += ones[one.owner(key(i))] == others[other.owner(key(i))] ? 0 : 1;
    }
    return (double) moved / keys;
  }

  private double lookUpNanos(Division division) {
    int lookUps = Math.min(keys, 1 << 18);
    double[] nanos = new double[LOOK_UP_TURNS];
    long found = 0;
    for (int turn = 0; turn < LOOK_UP_TURNS; turn++) {
      long before = threads.getCurrentThreadCpuTime();
      for (int i = 0; i < lookUps; i++) {
        found += division.owner(key(i));
      }
      nanos[turn] = (double) (threads.getCurrentThreadCpuTime() - before) / lookUps;
    }
    Arrays.sort(nanos);
    return found < 0 ? Double.NaN : nanos[LOOK_UP_TURNS / 2];
  }

  private static long key(int number) {
    return Division.mixed(number * 0x2545F4914F6CDD1DL);
  }

  private static long[] members(int count) {
    return LongStream.range(0, count).map(i -> Division.mixed(~i)).sorted().toArray();
  }

  private static long[] without(long[] members) {
    long gone = members[members.length / 2];
    return Arrays.stream(members).filter(member -> member != gone).toArray();
  }

  private static String shown(String format, double number) {
    return String.format(Locale.ROOT, format, number);
  }
}
