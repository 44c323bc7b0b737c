package io.dawncache.bench.hot;

import static java.util.Objects.requireNonNull;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code bench hot}: how much of a fleet's traffic hot copies save, and how much they could save.
 */
@Command(
    name = "hot",
    sortOptions = false,
    description = {
      "Simulates fleets and prints how many of 100 gets ask another node, by who chooses the copies"
          + " that the nodes keep.%n",
      "Fleets of 5 and 50 nodes, whose clients ask for 100,000 keys by Zipf's law with skew 0.9 and"
          + " 1.1. Copies are chosen, in equal room, by our nodes, by the dice of groupcache, and by two"
          + " that know how often each key is asked for: one must fetch each copy again after 10 s, as"
          + " our nodes must, the other has its copies for ever.%n",
      "Fails with 1 unless our nodes fetch at most 1.06 times as often as the last, and less often than"
          + " the dice. Simulated time: 30 s to warm up, then 10 s that count."
    })
public final class HotCommand implements Callable<Integer> {
  private static final int[] NODES = {5, 50};
  private static final double[] SKEWS = {0.9, 1.1};
  private static final double MOST_TIMES_CLAIRVOYANT = 1.06;
  private static final int WARM_UP_SECONDS = 30;
  private static final int SECONDS = 10;
  private static final int MIN_GETS = 100; // one per tick

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--gets",
      paramLabel = "N",
      description = "Gets a second at each node, ${DEFAULT-VALUE} by default.")
  private int getsASecond = 20_000;

  @Option(
      names = "--copies",
      paramLabel = "N",
      description = "Copies that each node has room for, ${DEFAULT-VALUE} by default.")
  private int copies = 1_000;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  /** Made by picocli. */
  HotCommand() {}

  @Override
  public Integer call() {
    requireAtLeast("--gets", getsASecond, MIN_GETS);
    requireAtLeast("--copies", copies, 1);
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        "| nodes | Zipf | who chooses the copies         | fetches of 100 gets | x clairvoyant"
            + " | busiest owner's of 100 | a second |");
    out.println(
        "|------:|-----:|--------------------------------|--------------------:|--------------:"
            + "|-----------------------:|---------:|");
    List<String> faults = new ArrayList<>();
    for (int nodes : NODES) {
      for (double skew : SKEWS) {
        compare(nodes, skew, out, faults);
      }
    }
    faults.forEach(out::println);
    out.flush();
    return faults.isEmpty() ? 0 : 1;
  }

  private void compare(int nodes, double skew, PrintWriter out, List<String> faults) {
    Map<Chooser, Traffic> traffic =
        new Simulation(nodes, skew, getsASecond, copies, WARM_UP_SECONDS, SECONDS).run();
    Traffic clairvoyant = requireNonNull(traffic.get(Chooser.CLAIRVOYANT));
    Traffic rate = requireNonNull(traffic.get(Chooser.RATE));
    Traffic dice = requireNonNull(traffic.get(Chooser.DICE));
    traffic.forEach((chooser, its) -> out.println(row(nodes, skew, chooser, its, clairvoyant)));
    out.flush();
    if (rate.times(clairvoyant) > MOST_TIMES_CLAIRVOYANT || rate.fetches() >= dice.fetches()) {
      faults.add(
          String.format(
              Locale.ROOT,
              "%d nodes, Zipf %.1f: our nodes fetch %.3f times as often as the clairvoyant, dice %.3f"
                  + " (expected: at most %.2f, and less than the dice)",
              nodes,
              skew,
              rate.times(clairvoyant),
              dice.times(clairvoyant),
              MOST_TIMES_CLAIRVOYANT));
    }
  }

  private static String row(
      int nodes, double skew, Chooser chooser, Traffic traffic, Traffic clairvoyant) {
    return String.format(
        Locale.ROOT,
        "| %5d | %4.1f | %-30s | %19.2f | %13.3f | %22.2f | %,8d |",
        nodes,
        skew,
        chooser.title(),
        traffic.fetchPercent(),
        traffic.times(clairvoyant),
        traffic.busiestPercent(),
        traffic.busiestFetches() / SECONDS);
  }

  private void requireAtLeast(String option, int value, int least) {
    if (value < least) {
      throw new ParameterException(
          spec.commandLine(), option + ": " + value + " (expected: >= " + least + ")");
    }
  }
}
