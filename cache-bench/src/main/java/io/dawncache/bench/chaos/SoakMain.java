package io.dawncache.bench.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.bench.Checkout;
import io.dawncache.bench.TextTable;
import io.dawncache.bench.chaos.Finding.Verdict;
import io.dawncache.bench.load.OneLineErrors;
import io.dawncache.node.OutOfMemory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
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
 * The program {@code scripts/soak}: runs a fleet for long, prints what it has reached beside its
 * bars, and writes a page with the curves.
 *
 * <p>Exits with 0 if all bars were met, with 1 if one was missed or cannot be judged, and with 2
 * for a wrong command line.
 */
@Command(
    name = "soak",
    sortOptions = false,
    usageHelpWidth = 96,
    synopsisHeading = "Usage: ",
    customSynopsis = "soak [MINUTES] [OPTIONS]%n",
    description = {
      "Runs three node processes on this machine for MINUTES under gets, puts, removes and bulk"
          + " gets; every two minutes at most, one of them leaves and returns, is restarted, is"
          + " killed or hangs, or the origin is down. Judges whether what node 1 holds grows,"
          + " whether anything fails that should not, and whether the books balance at the end.%n"
    },
    footer = {
      "",
      "Whether a curve is flat takes an hour to know; after less it may say NOT RUN LONG ENOUGH.",
      "docs/soak.md says what is done and judged.",
      "",
      "Exit code: 0 all bars are met; 1 one is missed or cannot be judged; 2 the command line is"
          + " wrong."
    })
public final class SoakMain implements Callable<Integer> {
  private static final int MISSED = 1;
  private static final int WRONG_COMMAND_LINE = 2;

  /** Runs a soak; a test gives another one. */
  interface Runner {
    SoakResult run(SoakPlan plan, PrintWriter progress) throws IOException, InterruptedException;
  }

  private final Runner runner;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(
      paramLabel = "MINUTES",
      arity = "0..1",
      description =
          "How long it runs, with its warm-up, a sixth of it; ${DEFAULT-VALUE} by default.")
  @SuppressWarnings("FieldCanBeFinal") // picocli sets it
  private double minutes = 60;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "The page to write; run/soak/soak.html by default.")
  private @Nullable Path html;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Gets a second over all nodes; ${DEFAULT-VALUE} by default.")
  private double rate = 400;

  @Option(
      names = "--keys",
      paramLabel = "N",
      description =
          "How many keys are drawn by Zipf's law; one in ten is asked for but once beside them;"
              + " ${DEFAULT-VALUE} by default.")
  private int keys = 50_000;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  private SoakMain(Runner runner) {
    this.runner = runner;
  }

  /** Runs and exits with 0 or the code of the fault. */
  public static void main(String[] args) {
    OutOfMemory.endsProcess("soak");
    PrintWriter out = new PrintWriter(System.out, true, UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, UTF_8);
    System.exit(commandLine(Soak::run, out, err).execute(args));
  }

  /** Returns the command line, ready to execute. */
  static CommandLine commandLine(Runner runner, PrintWriter out, PrintWriter err) {
    CommandLine line = new CommandLine(new SoakMain(runner));
    line.setOut(out);
    line.setErr(err);
    OneLineErrors.handle(line, WRONG_COMMAND_LINE, MISSED);
    return line;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path root = Path.of(System.getProperty("dawncache.root", "")).toAbsolutePath();
    SoakPlan plan = plan(root.resolve("run/soak"));
    Path page = PageFile.of(html, plan.folder().resolve("soak.html"), spec.commandLine());
    Files.createDirectories(plan.folder());
    Instant began = Instant.now();
    SoakResult result = runner.run(plan, spec.commandLine().getErr());
    List<Finding> findings = SoakFindings.of(result);
    String conditions = conditions(plan, root);
    Files.writeString(page, new SoakPage(began, conditions, result, findings).toHtml());
    print(findings, page);
    return Finding.worst(findings) == Verdict.MET ? 0 : MISSED;
  }

  private SoakPlan plan(Path folder) {
    check("MINUTES", minutes, minutes >= 0.5 && minutes <= 600, "0.5 to 600");
    check("--rate", rate, rate >= 1 && rate <= 10_000, "1 to 10000");
    check("--keys", keys, keys >= 100 && keys <= 800_000, "100 to 800000");
    return new SoakPlan(Duration.ofMillis((long) (minutes * 60_000)), rate, keys, folder);
  }

  private void check(String option, Object value, boolean right, String expected) {
    if (!right) {
      throw wrong(option + ": " + value + " (expected: " + expected + ")");
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private String conditions(SoakPlan plan, Path root) {
    return String.format(
        Locale.ROOT,
        "%.1f minutes, %d nodes with heaps of %d MiB and %d MiB of direct memory at most, %,.0f"
            + " gets/s of %,d keys with Zipf's skew %s and of new ones, JDK %s, %d cores, commit"
            + " %s.",
        minutes,
        SoakPlan.NODES,
        SoakPlan.HEAP_MIB,
        SoakPlan.DIRECT_MIB,
        plan.rate(),
        plan.keys(),
        SoakPlan.SKEW,
        System.getProperty("java.version"),
        Runtime.getRuntime().availableProcessors(),
        Checkout.commit(root));
  }

  private void print(List<Finding> findings, Path page) {
    PrintWriter out = spec.commandLine().getOut();
    List<String> head = List.of("finding", "reached", "bar", "verdict");
    TextTable table = new TextTable(head.size(), head);
    for (Finding finding : findings) {
      table.add(
          List.of(finding.what(), finding.reached(), finding.bar(), finding.verdict().label()));
    }
    table.printTo(out);
    out.println();
    out.println(page);
    out.flush();
  }
}
