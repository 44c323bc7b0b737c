package io.dawncache.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.bench.collectors.CollectorsCommand;
import io.dawncache.bench.contest.ContestCommand;
import io.dawncache.bench.core.consistenthash.DivisionsCommand;
import io.dawncache.bench.core.consistenthash.RingCommand;
import io.dawncache.bench.core.singleflight.CrowdCommand;
import io.dawncache.bench.fleet.FleetCommand;
import io.dawncache.bench.guard.GuardCommand;
import io.dawncache.bench.hot.HotCommand;
import io.dawncache.bench.memory.BytesCommand;
import io.dawncache.bench.memory.HitRatioCommand;
import io.dawncache.bench.start.StartCommand;
import io.dawncache.node.OutOfMemory;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The program {@code scripts/bench}: runs the benchmarks that match a pattern, prints a table, and
 * writes the same as JSON.
 *
 * <p>A wrong command line exits with 2 after one line on standard error, a benchmark that fails
 * with 1.
 */
@Command(
    name = "bench",
    sortOptions = false,
    usageHelpWidth = 96,
    subcommands = {
      BytesCommand.class,
      CollectorsCommand.class,
      ContestCommand.class,
      CoreCommand.class,
      CrowdCommand.class,
      DivisionsCommand.class,
      FleetCommand.class,
      GuardCommand.class,
      HitRatioCommand.class,
      HotCommand.class,
      ReportCommand.class,
      RingCommand.class,
      StartCommand.class
    },
    description = {
      "Measures Dawncache: runs the benchmarks that match PATTERN, all of them without one, prints"
          + " a table of scores, and leaves it with the commit, JDK, cores and date in a JSON file"
          + " in run/bench. The commands below measure what a benchmark of one method cannot, and"
          + " print what they find.%n",
      "Benchmarks take turns, one fork each a round, so that a machine that slows down slows all of"
          + " them. The table has the median of the rounds and in brackets the extremes, then the"
          + " same for a benchmark's ratio to the baselines in its class. A line that ends in :cpu"
          + " has the CPU time of the threads or servers that did the work, one that ends in"
          + " :gc.alloc.rate.norm the bytes allocated for an operation. JMH's own mean and error are"
          + " in the file.%n"
    })
public final class BenchMain implements Callable<Integer> {
  private static final int FAILED = 1;
  private static final int WRONG_COMMAND_LINE = 2;
  private static final DateTimeFormatter FILE_NAME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "PATTERN",
      defaultValue = "",
      description = "A part of the names to run, or a regular expression: GroupHit, lru, Ring|Lru.")
  @SuppressWarnings("NullAway.Init")
  private String pattern;

  @Option(
      names = "--quick",
      description =
          "One short round, to see that all runs; its figures say little and have no spread.")
  private boolean quick;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "How many rounds, ${DEFAULT-VALUE} by default; at least 5 for a claim.")
  private int rounds = 5;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  /** Made by {@link #main}. */
  BenchMain() {}

  /** Runs benchmarks and exits with 0 or the code of the fault. */
  public static void main(String[] args) {
    OutOfMemory.endsProcess("bench");
    PrintWriter out = new PrintWriter(System.out, true, UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, UTF_8);
    System.exit(commandLine(out, err).execute(args));
  }

  /** Returns the command line, ready to execute. */
  static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    CommandLine line = new CommandLine(new BenchMain());
    line.setOut(out);
    line.setErr(err);
    line.setParameterExceptionHandler(
        (e, arguments) -> complain(line, reason(e), WRONG_COMMAND_LINE));
    line.setExecutionExceptionHandler(
        (e, failed, parsed) -> {
          if (e instanceof IOException) {
            return complain(line, reason(e), FAILED);
          }
          throw e; // a bug: picocli prints its stack and exits with 1
        });
    return line;
  }

  @Override
  public Integer call() throws IOException {
    Suite suite = Suite.matching(checked(pattern), quick);
    if (suite.isEmpty()) {
      throw wrong("PATTERN: " + pattern + " (expected: a part of one of " + Suite.names() + ")");
    }
    if (rounds < 1) {
      throw wrong("--rounds: " + rounds + " (expected: >= 1)");
    }
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Path root = Path.of(System.getProperty("dawncache.root", ""));
    Path folder = Files.createDirectories(root.resolve("run/bench"));
    Path log = folder.resolve(FILE_NAME.format(now) + ".log");
    PrintWriter out = spec.commandLine().getOut();

    List<Figure> figures;
    try (PrintStream jmh = new PrintStream(Files.newOutputStream(log), true, UTF_8)) {
      figures = suite.run(quick ? 1 : rounds, jmh, line -> out.println(line));
    } catch (RunnerException e) {
      throw new IOException(reason(e) + " (JMH's own words are in " + log + ")", e);
    }
    Report report = Report.of(now, root, quick, figures);
    Path json = folder.resolve(FILE_NAME.format(now) + ".json");
    Files.writeString(json, report.toJson());
    out.println();
    out.print(report.toTable());
    out.println();
    out.println(json);
    out.flush();
    return 0;
  }

  private Pattern checked(String pattern) {
    try {
      return Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw wrong(
          "PATTERN: " + pattern + " (expected: a regular expression; " + e.getDescription() + ")");
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static String reason(Throwable error) {
    String message = error.getMessage();
    return message == null ? error.getClass().getSimpleName() : message;
  }

  /** Prints one line on standard error and returns {@code exitCode}. */
  private static int complain(CommandLine line, String message, int exitCode) {
    line.getErr().println(line.getCommandName() + ": " + message.replaceAll("\\s*\\R\\s*", " "));
    line.getErr().flush();
    return exitCode;
  }
}
