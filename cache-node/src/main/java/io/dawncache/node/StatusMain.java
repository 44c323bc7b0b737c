package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.operations.page.StatsPage;
import io.dawncache.server.wire.NodeUrl;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The program behind {@code scripts/cluster status}: a table of what the nodes count, a row per
 * node and group, and below it the sum over the nodes for each group.
 *
 * <p>A row names each node that does not answer, that holds another member list than the first node
 * that answered, or that knows of a node with another list; the exit code is then 1.
 */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    usageHelpWidth = 96,
    synopsisHeading = "Usage: ",
    customSynopsis = "status [OPTIONS] URL...%n",
    description =
        "Prints the counters of the nodes at these URLs, one row for each node and group.%n",
    footer = {
      "",
      "gets      keys that callers and peers asked for",
      "hits      gets answered from memory",
      "loads     keys loaded from the origin by the getter",
      "fetches   keys requested from other nodes",
      "answered  keys requested by other nodes",
      "entries   values held in memory",
      "hot       copies of other nodes' values, held for a short time",
      "bytes     the size of everything held in memory"
    })
public final class StatusMain implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("FieldCanBeFinal") // picocli sets it
  private ClientOptions options = new ClientOptions();

  @Parameters(arity = "1..*", paramLabel = "URL", description = "The nodes.")
  @SuppressWarnings("FieldCanBeFinal") // picocli sets it
  private List<NodeUrl> nodes = List.of();

  StatusMain() {}

  /** Prints the table and exits. */
  public static void main(String[] args) {
    Program.useOneLocale();
    OutOfMemory.endsProcess("cluster");
    PrintWriter out = new PrintWriter(System.out, true, UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, UTF_8);
    System.exit(commandLine(out, err).execute(args));
  }

  /** Returns the command line of the status. */
  static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    return Program.commandLine(new StatusMain(), out, err);
  }

  @Override
  public Integer call() throws IOException {
    FleetLook look = FleetLook.at(options.client(TIMEOUT), nodes);
    Map<NodeUrl, List<String>> listFaults = look.listFaults();
    StatusTable table = new StatusTable();
    for (NodeUrl node : nodes) {
      StatsPage page = look.pages().get(node);
      if (page == null) {
        table.addUnreachable(node.text(), String.valueOf(look.faults().get(node)));
      } else {
        table.add(node.text(), page.groups());
      }
      listFaults.getOrDefault(node, List.of()).forEach(fault -> table.addNote(node.text(), fault));
    }
    look.leaving().forEach(node -> table.addNote(node, FleetLook.LEAVING));
    table.lines().forEach(spec.commandLine().getOut()::println);
    if (spec.commandLine().getOut().checkError()) {
      return Program.complain(
          spec.commandLine(), "standard output: could not be written", Program.FAILED);
    }
    return look.faults().isEmpty() && listFaults.isEmpty() ? 0 : Program.FAILED;
  }
}
