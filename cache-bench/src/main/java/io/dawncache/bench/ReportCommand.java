package io.dawncache.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench report}: runs the comparisons one after the other and writes their output. */
@Command(
    name = "report",
    sortOptions = false,
    description = {
      "Runs contest, core, ring, crowd, start and guard, and writes what they say to a page, with"
          + " the machine, the JDK and the commit: between two marks, or at the end if the page has"
          + " none, so that what else stands there stays. Takes about an hour and wants the"
          + " machine for itself. Fails with 1 if one of them does; the page is written all the"
          + " same, and says which.%n"
    })
public final class ReportCommand implements Callable<Integer> {
  static final String FROM = "<!-- From here on, scripts/bench report writes. -->\n";
  static final String UP_TO = "<!-- Up to here. -->\n";

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      description = "Where to, docs/benchmarks.md in the checkout by default.")
  @SuppressWarnings("FieldCanBeFinal") // picocli sets it
  private Path to = Path.of(System.getProperty("dawncache.root", "")).resolve("docs/benchmarks.md");

  @Option(
      names = "--turns",
      paramLabel = "N",
      description = "How many turns each server of contest has, >= 1.")
  private @Nullable Integer turns;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long a turn of contest takes, >= 1.")
  private @Nullable Integer seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      description = "How many turns each server of contest has before those that count, >= 0.")
  private @Nullable Integer warmUpTurns;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  /** Made by picocli. */
  ReportCommand() {}

  @Override
  public Integer call() throws IOException {
    check("--turns", turns, 1);
    check("--seconds", seconds, 1);
    check("--warm-up", warmUpTurns, 0);
    PrintWriter out = spec.commandLine().getOut();
    ReportPage page = new ReportPage(head(), out);
    for (List<String> command : commands()) {
      page.run(command, saying -> BenchMain.commandLine(saying, saying));
      write(page.toString()); // so that it survives a fault in the next command
    }
    out.println(to);
    if (!page.failed().isEmpty()) {
      out.println("failed: " + String.join(", ", page.failed()));
    }
    out.flush();
    return page.failed().isEmpty() ? 0 : 1;
  }

  /** Checks now: contest would refuse the value only after an hour. */
  private void check(String option, @Nullable Integer value, int least) {
    if (value != null && value < least) {
      throw new ParameterException(
          spec.commandLine(), option + ": " + value + " (expected: >= " + least + ")");
    }
  }

  private void write(String text) throws IOException {
    String old = Files.exists(to) ? Files.readString(to, UTF_8) : "";
    Files.writeString(to, placed(text, old), UTF_8);
  }

  /** Returns {@code old} with the text between its marks, or with both appended. */
  static String placed(String text, String old) {
    int from = old.indexOf(FROM);
    int upTo = old.indexOf(UP_TO, Math.max(from, 0));
    boolean marked = from >= 0 && upTo >= 0;
    String before = marked ? old.substring(0, from) : old;
    String behind = marked ? old.substring(upTo + UP_TO.length()) : "";
    return before + FROM + "\n" + text.strip() + "\n\n" + UP_TO + behind;
  }

  private List<List<String>> commands() {
    List<String> contest = new ArrayList<>(List.of("contest"));
    handOn("--turns", turns, contest);
    handOn("--seconds", seconds, contest);
    handOn("--warm-up", warmUpTurns, contest);
    return List.of(
        contest,
        List.of("core"),
        List.of("ring"),
        List.of("crowd"),
        List.of("start"),
        List.of("guard"));
  }

  private static void handOn(String option, @Nullable Integer value, List<String> command) {
    if (value != null) {
      command.addAll(List.of(option, value.toString()));
    }
  }

  private static String head() throws IOException {
    Path root = Path.of(System.getProperty("dawncache.root", ""));
    return """
        ## What requests cost, here and elsewhere

        Written by `scripts/bench report`: %s, commit %s, %s %s, %d cores of %s. Medians of turns, with
        the extremes in brackets; ratios are taken turn by turn. What "another such node" has against
        "a node" is the spread of A against A.
        """
        .formatted(
            Instant.now().truncatedTo(ChronoUnit.SECONDS),
            Checkout.commit(root),
            System.getProperty("java.vm.name"),
            Runtime.version(),
            Runtime.getRuntime().availableProcessors(),
            processor());
  }

  /** Returns the processor's name as Linux reports it, or the architecture. */
  private static String processor() throws IOException {
    Path cpus = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(cpus)) {
      return System.getProperty("os.arch");
    }
    try (Stream<String> lines = Files.lines(cpus)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    }
  }
}
