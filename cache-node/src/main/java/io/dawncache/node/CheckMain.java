package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.node.config.ConfigReader;
import io.dawncache.node.config.Mistakes;
import io.dawncache.node.config.NodeConfig;
import io.dawncache.node.origin.Origins;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The program {@code scripts/check}: reads a configuration file, and prints all mistakes, a line
 * each. Exits with 0 if there is none, with 1 if there are some, and with 2 for a wrong command
 * line.
 */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    usageHelpWidth = 96,
    synopsisHeading = "Usage: ",
    customSynopsis = "check FILE%n",
    description = {
      "Reads the configuration file of a node as the node would, with the environment and in a heap"
          + " of the same size, and opens its origins. Prints all mistakes, a line each:"
          + " FILE:LINE:COLUMN: KEY: VALUE (expected: ...).%n"
    },
    footer = {"", "Exit code: 0 no mistake, 1 some, 2 the command line is wrong."})
public final class CheckMain implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "The file to check.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path file;

  private final Map<String, String> environment;

  private CheckMain(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Checks a file, and exits. */
  public static void main(String[] args) {
    Program.useOneLocale();
    PrintWriter out = new PrintWriter(System.out, true, UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, UTF_8);
    System.exit(commandLine(System.getenv(), out, err).execute(args));
  }

  /** Returns the command line in this environment. */
  static CommandLine commandLine(
      Map<String, String> environment, PrintWriter out, PrintWriter err) {
    return Program.commandLine(new CheckMain(environment), out, err);
  }

  @Override
  public Integer call() {
    Mistakes mistakes = new Mistakes();
    NodeConfig config = new ConfigReader(file, environment, Map.of(), Map.of()).read(mistakes);
    OpenGroups.open(config, Origins.onClassPath(), mistakes).close();
    CommandLine line = spec.commandLine();
    if (mistakes.isEmpty()) {
      line.getOut().println(file + ": no mistake, groups " + config.groups().keySet());
      return 0;
    }
    mistakes.lines().forEach(line.getErr()::println);
    return Program.FAILED;
  }
}
