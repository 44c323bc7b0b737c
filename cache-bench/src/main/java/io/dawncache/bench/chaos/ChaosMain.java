package io.dawncache.bench.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.bench.Checkout;
import io.dawncache.bench.chaos.Finding.Verdict;
import io.dawncache.bench.chaos.LossRow.Loss;
import io.dawncache.bench.load.OneLineErrors;
import io.dawncache.node.OutOfMemory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The program {@code scripts/chaos}: runs rows, prints what each has reached beside its bars, and
 * writes a page with every run over time.
 *
 * <p>Exits with 0 if all bars were met, with 1 if one was missed or could not be judged, and with 2
 * for a wrong command line.
 */
@Command(
    name = "chaos",
    sortOptions = false,
    usageHelpWidth = 96,
    synopsisHeading = "Usage: ",
    customSynopsis = "chaos [ROW ...] [OPTIONS]%n",
    description = {
      "Runs node processes on this machine, asks them for keys at a rate as many independent clients"
          + " do, disturbs them, and judges what the clients and the origin notice. Each ROW is one"
          + " disturbance of a fleet of its own; without any, all of them are run:%n"
    },
    footer = {
      "",
      "Rows 5b and 8 need root and the command ip (Debian: iproute2): they make a network namespace"
          + " for each node and a bridge, all named dawncache-chaos-* or dawnchaos*, and remove them"
          + " at the end, after Ctrl-C too. The other rows need nothing beside a JDK.",
      "",
      "Latency counts from when a request was due. Every answer's bytes are checked.",
      "docs/chaos.md says what is done and judged in each row.",
      "",
      "Exit code: 0 all bars are met; 1 one is missed or cannot be judged; 2 the command line is"
          + " wrong."
    })
public final class ChaosMain implements Callable<Integer> {
  private static final int MISSED = 1;
  private static final int WRONG_COMMAND_LINE = 2;
  private static final int MOST_SECONDS = 3600;

  private static final List<Row> ROWS =
      List.of(
          new LossRow(Loss.KILL),
          new LossRow(Loss.HANG),
          new LossRow(Loss.CUT),
          new ReturnRow(),
          new RestartRow(),
          new PartitionRow(),
          new MemberChangesRow(),
          new GrowRow());

  private final List<Row> allRows;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(paramLabel = "ROW", description = "The rows to run; 5 is 5a and 5b.")
  @SuppressWarnings("FieldCanBeFinal") // picocli sets it
  private List<String> names = List.of();

  @Option(
      names = "--short",
      description =
          "Three nodes in place of five and short times, to see that all runs; figures of so few"
              + " requests say little. Without a ROW it runs 4 and 7.")
  private boolean shortForm;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "The page to write; run/chaos/chaos.html by default.")
  private @Nullable Path html;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Requests a second over all nodes; 2000 by default, 1000 with --short.")
  private @Nullable Double rate;

  @Option(
      names = "--keys",
      paramLabel = "N",
      description = "How many keys there are; 10000 by default, 2000 with --short.")
  private @Nullable Integer keys;

  @Option(
      names = "--skew",
      paramLabel = "S",
      description =
          "Keys are drawn by Zipf's law: the n-th comes n^S times less often than the first;"
              + " ${DEFAULT-VALUE} by default.")
  private double skew = 1;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      description =
          "How long the load runs before anything is measured; 20 by default, 5 with --short.")
  private @Nullable Integer warmUp;

  @Option(
      names = "--undisturbed",
      paramLabel = "SECONDS",
      description =
          "How long the fleet is measured before it is disturbed; 30 by default, 5 with --short.")
  private @Nullable Integer undisturbed;

  @Option(
      names = "--after",
      paramLabel = "SECONDS",
      description = "How long it is measured from then on; 60 by default, 10 with --short.")
  private @Nullable Integer after;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  private ChaosMain(List<Row> allRows) {
    this.allRows = allRows;
  }

  /** Runs and exits with 0 or the code of the fault. */
  public static void main(String[] args) {
    OutOfMemory.endsProcess("chaos");
    PrintWriter out = new PrintWriter(System.out, true, UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, UTF_8);
    System.exit(commandLine(out, err).execute(args));
  }

  /** Returns the command line, ready to execute. */
  static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    return commandLine(ROWS, out, err);
  }

  static CommandLine commandLine(List<Row> rows, PrintWriter out, PrintWriter err) {
    CommandLine line = new CommandLine(new ChaosMain(rows));
    line.setOut(out);
    line.setErr(err);
    line.getCommandSpec()
        .usageMessage()
        .description(
            line.getCommandSpec().usageMessage().description()[0],
            String.join(
                "%n", rows.stream().map(row -> "  " + row.name() + "  " + row.title()).toList()),
            "");
    OneLineErrors.handle(line, WRONG_COMMAND_LINE, MISSED);
    return line;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Row> rows = rows();
    Path root = Path.of(System.getProperty("dawncache.root", "")).toAbsolutePath();
    Plan plan = plan(root.resolve("run/chaos"));
    Path page = PageFile.of(html, plan.folder().resolve("chaos.html"), spec.commandLine());
    Files.createDirectories(plan.folder());
    Instant began = Instant.now();
    List<RowResult> results = new ArrayList<>();
    for (Row row : rows) {
      results.add(run(row, plan));
      // After each, so that what is done by then is seen if a later one is stopped.
      Files.writeString(page, new ChaosPage(began, conditions(plan, root), results).toHtml());
    }
    print(results, page);
    boolean allMet = results.stream().allMatch(result -> result.verdict() == Verdict.MET);
    return allMet ? 0 : MISSED;
  }

  private RowResult run(Row row, Plan plan) throws InterruptedException {
    try {
      return row.run(plan, spec.commandLine().getErr());
    } catch (IOException e) {
      String message = OneLineErrors.oneLine(String.valueOf(e.getMessage()));
      Finding why = new Finding("run", message, "", Verdict.NOT_RUN);
      return new RowResult(row.name(), row.title(), List.of(why), Timeline.EMPTY);
    }
  }

  private List<Row> rows() {
    if (names.isEmpty()) {
      return shortForm ? named("4", "7") : allRows;
    }
    Set<Row> rows = new LinkedHashSet<>();
    for (String name : names) {
      List<Row> found = name.equals("5") ? named("5a", "5b") : named(name);
      if (found.isEmpty()) {
        throw wrong(
            "ROW: "
                + name
                + " (expected: one of "
                + allRows.stream().map(Row::name).toList()
                + ")");
      }
      rows.addAll(found);
    }
    return List.copyOf(rows);
  }

  private List<Row> named(String... names) {
    return allRows.stream().filter(row -> List.of(names).contains(row.name())).toList();
  }

  private Plan plan(Path folder) {
    double rate = or(this.rate, 2000.0, 1000.0);
    int keys = or(this.keys, 10_000, 2_000);
    check("--rate", rate, rate >= 1 && rate <= 100_000, "1 to 100000");
    check("--keys", keys, keys >= 100 && keys <= 800_000, "100 to 800000");
    check("--skew", skew, skew >= 0 && skew <= 10, "0 to 10");
    return new Plan(
        shortForm,
        rate,
        keys,
        skew,
        seconds("--warm-up", or(warmUp, 20, 5)),
        seconds("--undisturbed", or(undisturbed, 30, 5)),
        seconds("--after", or(after, 60, 10)),
        folder);
  }

  /** Returns what was given, or the default of the form. */
  private <T> T or(@Nullable T given, T full, T small) {
    return given != null ? given : shortForm ? small : full;
  }

  private Duration seconds(String option, int seconds) {
    check(option, seconds, seconds >= 1 && seconds <= MOST_SECONDS, "1 to " + MOST_SECONDS);
    return Duration.ofSeconds(seconds);
  }

  private void check(String option, Object value, boolean right, String expected) {
    if (!right) {
      throw wrong(option + ": " + value + " (expected: " + expected + ")");
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static String conditions(Plan plan, Path root) {
    return String.format(
        Locale.ROOT,
        "%d nodes with heaps of 256 MiB, %,.0f gets/s of %,d keys with Zipf's skew %s, JDK %s, %d"
            + " cores, commit %s.",
        plan.nodes(),
        plan.rate(),
        plan.keys(),
        plan.skew(),
        System.getProperty("java.version"),
        Runtime.getRuntime().availableProcessors(),
        Checkout.commit(root));
  }

  private void print(List<RowResult> results, Path page) {
    PrintWriter out = spec.commandLine().getOut();
    FindingTable table = new FindingTable("row");
    results.forEach(result -> table.add(result.row(), result.title(), result.findings()));
    table.printTo(out);
    out.println();
    out.println(page);
    out.flush();
  }
}
