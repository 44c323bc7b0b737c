package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.node.text.ByteSize;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/**
 * The commands of {@code scripts/dawncache} that ask a running node by its operations listener, or
 * have it act. Each prints what the node answers, as text or, with {@code --json}, as it came.
 *
 * <p>Exits with 0 if it was done; with 1 if the node refuses, cannot be asked, or did not reach all
 * members; with 2 for a wrong command line; each after one line on standard error.
 */
@Command(
    name = "dawncache",
    scope = ScopeType.INHERIT, // of these settings by the commands
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    usageHelpWidth = 96,
    synopsisHeading = "Usage: ",
    abbreviateSynopsis = true,
    description = "Runs nodes of a read-through cache, asks them, and has them act.%n",
    footer = {
      "",
      "And these, whose --help tells more:",
      "  serve              runs a node in the foreground (scripts/node)",
      "  get GROUP KEY      writes a value to standard output (scripts/get)",
      "  check FILE         names the mistakes of a configuration file (scripts/check)",
      "  members URL...     a table of what nodes count, and whose member lists differ",
      "  load --target ...  asks nodes for keys at a rate, and reports latencies (scripts/load; in"
          + " a checkout)",
      "",
      "Exit code: 0 done, 1 refused, not reached, or not everywhere, 2 the command line is wrong."
    },
    subcommands = {PutCommand.class, TopCommand.class, WarmCommand.class})
public final class OperateMain {
  private OperateMain() {}

  /** Runs one command and exits. */
  public static void main(String[] args) {
    Program.useOneLocale();
    OutOfMemory.endsProcess("dawncache");
    PrintWriter out = new PrintWriter(System.out, true, UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, UTF_8);
    System.exit(commandLine(out, err).execute(args));
  }

  /** Returns the command line with all its commands. */
  static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    return Program.commandLine(new OperateMain(), out, err);
  }

  /** The name of a group, as a parameter. */
  static final class OneGroup {
    @Parameters(index = "0", paramLabel = "GROUP", description = "The group's name.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    String group;
  }

  /** The names of a group and of a key in it, as parameters. */
  static final class OneKey {
    @Parameters(index = "0", paramLabel = "GROUP", description = "The group's name.")
    @SuppressWarnings("NullAway.Init")
    String group;

    @Parameters(index = "1", paramLabel = "KEY", description = "The key.")
    @SuppressWarnings("NullAway.Init")
    String key;

    Map<String, String> names() {
      return Map.of("group", group, "key", key);
    }
  }

  @Command(description = "What nodes know of a key, and what a get would do.", footer = "")
  int explain(@Mixin OperationsClient node, @Mixin OneKey one)
      throws IOException, InterruptedException {
    return node.get("/explain", one.names());
  }

  @Command(description = "The keys that are asked for most at nodes.", footer = "")
  int hot(@Mixin OperationsClient node, @Mixin OneGroup one)
      throws IOException, InterruptedException {
    return node.get("/hot", Map.of("group", one.group));
  }

  @Command(description = "What is in force at nodes, and from where it comes.", footer = "")
  int config(@Mixin OperationsClient node) throws IOException, InterruptedException {
    return node.get("/config", Map.of());
  }

  @Command(description = "Makes every member forget a key.", footer = "")
  int remove(@Mixin OperationsClient node, @Mixin OneKey one)
      throws IOException, InterruptedException {
    return node.post("/remove", one.names());
  }

  @Command(description = "Makes every member forget all keys of a group.", footer = "")
  int clear(@Mixin OperationsClient node, @Mixin OneGroup one)
      throws IOException, InterruptedException {
    return node.post("/clear", Map.of("group", one.group));
  }

  @Command(description = "Loads a key again, at its owner.", footer = "")
  int refresh(@Mixin OperationsClient node, @Mixin OneKey one)
      throws IOException, InterruptedException {
    return node.post("/refresh", one.names());
  }

  @Command(
      description =
          "Changes a group's budget at a node, until an edit of the group or the node's end.",
      footer = "")
  int resize(
      @Mixin OperationsClient node,
      @Mixin OneGroup one,
      @Parameters(index = "1", paramLabel = "BYTES", description = "Such as 500k, 64m or 1g.")
          ByteSize budget)
      throws IOException, InterruptedException {
    return node.post("/resize", Map.of("group", one.group, "maxBytes", budget.bytes()));
  }

  @Command(description = "Has a node leave its fleet, and answer on until it stops.", footer = "")
  int drain(@Mixin OperationsClient node) throws IOException, InterruptedException {
    return node.post("/drain", Map.of());
  }
}
