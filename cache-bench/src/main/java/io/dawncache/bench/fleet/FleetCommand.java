package io.dawncache.bench.fleet;

import io.dawncache.bench.TextTable;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench fleet}: what fleets that cannot be run here would see. */
@Command(
    name = "fleet",
    sortOptions = false,
    description = {
      "Simulates fleets of the shipped ring, hot policy, ejection and member changes, without sockets"
          + " and in simulated time. Prints the most keys that a node owns against the mean; of the"
          + " gets the part that crosses the network, and what the busiest node answers against the"
          + " mean; and the loads from the origin after a node joins (of the keys that move), after one"
          + " is killed (of its keys) and in a rolling restart of five (of the keys that they own).%n",
      "Nothing is evicted, no node is slow, and all agree at once."
    })
public final class FleetCommand implements Callable<Integer> {
  private static final int RESTARTED = 5;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--nodes",
      split = ",",
      paramLabel = "N",
      description = "The sizes of the fleets, 10,100,1000,10000 by default.")
  private List<Integer> sizes = List.of(10, 100, 1_000, 10_000);

  @Option(
      names = "--gets",
      paramLabel = "N",
      description = "Gets of each fleet, ${DEFAULT-VALUE} by default.")
  private long gets = 100_000_000;

  @Option(
      names = "--keys",
      paramLabel = "N",
      description = "How many keys there are, ${DEFAULT-VALUE} by default.")
  private int keys = 1_000_000;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Gets a second at each node, ${DEFAULT-VALUE} by default.")
  private int rate = 1_000;

  @Option(
      names = "--without-offers",
      description = "Nodes peek what they are asked for, and offer nothing to new owners.")
  private boolean withoutOffers;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Draws other gets, ${DEFAULT-VALUE} by default.")
  private long seed = 42;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  /** Made by picocli. */
  FleetCommand() {}

  @Override
  public Integer call() {
    require("--gets", gets, 100);
    require("--keys", keys, 1);
    require("--rate", rate, 1);
    sizes.forEach(size -> require("--nodes", size, RESTARTED + 1));
    TextTable table =
        new TextTable(
            0, List.of("nodes", "keys, max", "crossing", "busiest", "join", "killed", "rolling"));
    sizes.forEach(size -> table.add(row(size)));
    PrintWriter out = spec.commandLine().getOut();
    table.printTo(out);
    out.flush();
    return 0;
  }

  /** Every key is resident, and half of the gets choose copies; the rest is counted. */
  private List<String> row(int size) {
    Fleet fleet = new Fleet(size, keys, 1.0, rate, !withoutOffers, seed);
    double balance = fleet.balance();
    long phase = gets / 8;
    fleet.fill();
    fleet.run(gets / 2); // for the copies
    Traffic steady = fleet.run(phase);
    int moved = fleet.join();
    double join = (double) fleet.run(phase).loads() / moved;
    int lost = fleet.kill(0);
    double killed = (double) fleet.run(phase).loads() / lost;
    fleet.fill();
    long owned = 0;
    long loads = 0;
    for (int node = 1; node <= RESTARTED; node++) {
      owned += fleet.leave(node);
      loads += fleet.run(phase / (2 * RESTARTED)).loads();
      fleet.start(node);
      loads += fleet.run(phase / (2 * RESTARTED)).loads();
    }
    return List.of(
        String.format(Locale.ROOT, "%,d", size),
        String.format(Locale.ROOT, "%.3f", balance),
        percent(steady.crossing()),
        String.format(Locale.ROOT, "%.2f", steady.busiest()),
        percent(join),
        percent(killed),
        percent((double) loads / owned));
  }

  private static String percent(double part) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * part);
  }

  private void require(String option, long value, long least) {
    if (value < least) {
      throw new ParameterException(
          spec.commandLine(), option + ": " + value + " (expected: >= " + least + ")");
    }
  }
}
