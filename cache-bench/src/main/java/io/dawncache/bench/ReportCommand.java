package io.dawncache.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench report}: runs the comparisons one after the other and writes what they said. */
@Command(
    name = "report",
    description = {
      "Runs contest, ring, crowd, start and guard, and writes what they say to a page, with the"
          + " machine, the JDK and the commit. Takes about half an hour and wants the machine for"
          + " itself. Fails with 1 if one of them does; the page is written all the same.%n"
    })
public final class ReportCommand implements Callable<Integer> {
  private static final List<String> COMMANDS =
      List.of("contest", "ring", "crowd", "start", "guard");

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      description = "Where to, docs/servers.md in the checkout by default.")
  @SuppressWarnings("FieldCanBeFinal") // picocli sets it
  private Path to = Path.of(System.getProperty("dawncache.root", "")).resolve("docs/servers.md");

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli looks at it
  private boolean help;

  /** Made by picocli. */
  ReportCommand() {}

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    List<String> failed = new ArrayList<>();
    StringBuilder page = new StringBuilder(head());
    for (String command : COMMANDS) {
      out.println("scripts/bench " + command);
      out.flush();
      StringWriter said = new StringWriter();
      PrintWriter saying = new PrintWriter(said, true);
      int exitCode = BenchMain.commandLine(saying, saying).execute(command);
      page.append("\n## `scripts/bench ").append(command).append("`\n\n");
      page.append(said.toString().strip()).append('\n');
      if (exitCode != 0) {
        failed.add(command);
      }
    }
    Files.writeString(to, page, UTF_8);
    out.println(to);
    if (!failed.isEmpty()) {
      out.println("failed: " + String.join(", ", failed));
    }
    out.flush();
    return failed.isEmpty() ? 0 : 1;
  }

  private static String head() throws IOException {
    Path root = Path.of(System.getProperty("dawncache.root", ""));
    return """
        # What requests cost, here and elsewhere

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

  /** Returns the processor's name as Linux has it, or the architecture. */
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
