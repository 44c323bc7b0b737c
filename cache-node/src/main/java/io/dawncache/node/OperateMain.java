package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.server.wire.NodeUrl;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/**
 * The commands of {@code scripts/dawncache} that ask a running node by its operations listener, or
 * have it act. Each prints what the node answers, as text or, with {@code --json}, as it came.
 *
 * <p>Exits with 0 if it was done; with 1 if the node refuses, cannot be asked, or did not reach all
 * members; with 2 for a wrong command line; each after one line on standard error.
 */
@Command(
    name = "dawncache",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    usageHelpWidth = 96,
    synopsisHeading = "Usage: ",
    customSynopsis = "dawncache COMMAND [ARGUMENTS]%n",
    description = "Runs nodes of a read-through cache, asks them, and has them act.%n",
    footer = {
      "",
      "And these, whose --help tells more:",
      "  serve              runs a node in the foreground (scripts/node)",
      "  get GROUP KEY      writes a value to standard output (scripts/get)",
      "  check FILE         names the mistakes of a configuration file (scripts/check)",
      "  members URL...     a table of what nodes count, and whose member lists differ",
      "",
      "Exit code: 0 done, 1 refused, not reached, or not everywhere, 2 the command line is wrong."
    })
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
    CommandLine line = Program.commandLine(new OperateMain(), out, err);
    for (NodeCommand command :
        List.of(
            new Explain(),
            new Hot(),
            new Config(),
            new Remove(),
            new Clear(),
            new Warm(),
            new Refresh(),
            new Drain())) {
      line.addSubcommand(Program.commandLine(command, out, err));
    }
    return line;
  }

  private static String query(String group, String key) {
    return "?group=" + encoded(group) + (key.isEmpty() ? "" : "&key=" + encoded(key));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  @Command(
      name = "explain",
      customSynopsis = "dawncache explain GROUP KEY [--operations URL] [--json]%n",
      synopsisHeading = "Usage: ",
      usageHelpWidth = 96,
      description = "What a node knows of a key, and what a get would do.")
  private static final class Explain extends NodeCommand {
    @Parameters(index = "0", paramLabel = "GROUP", description = "The group's name.")
    @SuppressWarnings("NullAway.Init") // picocli sets it, here and below
    private String group;

    @Parameters(index = "1", paramLabel = "KEY", description = "The key.")
    @SuppressWarnings("NullAway.Init")
    private String key;

    @Override
    Asked asked() {
      return Asked.get("/explain" + query(group, key));
    }
  }

  @Command(
      name = "hot",
      customSynopsis = "dawncache hot GROUP [--operations URL] [--json]%n",
      synopsisHeading = "Usage: ",
      usageHelpWidth = 96,
      description = "The keys that are asked for most at a node.")
  private static final class Hot extends NodeCommand {
    @Parameters(index = "0", paramLabel = "GROUP", description = "The group's name.")
    @SuppressWarnings("NullAway.Init")
    private String group;

    @Override
    Asked asked() {
      return Asked.get("/hot" + query(group, ""));
    }
  }

  @Command(
      name = "config",
      customSynopsis = "dawncache config [--operations URL] [--json]%n",
      synopsisHeading = "Usage: ",
      usageHelpWidth = 96,
      description = "What is in force at a node, and from where it comes.")
  private static final class Config extends NodeCommand {
    @Override
    Asked asked() {
      return Asked.get("/config");
    }
  }

  @Command(
      name = "remove",
      customSynopsis = "dawncache remove GROUP KEY [--operations URL] [--json]%n",
      synopsisHeading = "Usage: ",
      usageHelpWidth = 96,
      description = "Makes every member forget a key.")
  private static final class Remove extends NodeCommand {
    @Parameters(index = "0", paramLabel = "GROUP", description = "The group's name.")
    @SuppressWarnings("NullAway.Init")
    private String group;

    @Parameters(index = "1", paramLabel = "KEY", description = "The key.")
    @SuppressWarnings("NullAway.Init")
    private String key;

    @Override
    Asked asked() {
      return Asked.post("/remove", Map.of("group", group, "key", key));
    }
  }

  @Command(
      name = "clear",
      customSynopsis = "dawncache clear GROUP [--operations URL] [--json]%n",
      synopsisHeading = "Usage: ",
      usageHelpWidth = 96,
      description = "Makes every member forget all keys of a group.")
  private static final class Clear extends NodeCommand {
    @Parameters(index = "0", paramLabel = "GROUP", description = "The group's name.")
    @SuppressWarnings("NullAway.Init")
    private String group;

    @Override
    Asked asked() {
      return Asked.post("/clear", Map.of("group", group));
    }
  }

  @Command(
      name = "refresh",
      customSynopsis = "dawncache refresh GROUP KEY [--operations URL] [--json]%n",
      synopsisHeading = "Usage: ",
      usageHelpWidth = 96,
      description = "Loads a key again at its owner.")
  private static final class Refresh extends NodeCommand {
    @Parameters(index = "0", paramLabel = "GROUP", description = "The group's name.")
    @SuppressWarnings("NullAway.Init")
    private String group;

    @Parameters(index = "1", paramLabel = "KEY", description = "The key.")
    @SuppressWarnings("NullAway.Init")
    private String key;

    @Override
    Asked asked() {
      return Asked.post("/refresh", Map.of("group", group, "key", key));
    }
  }

  @Command(
      name = "drain",
      customSynopsis = "dawncache drain [--operations URL] [--json]%n",
      synopsisHeading = "Usage: ",
      usageHelpWidth = 96,
      description = "Has a node leave its fleet, and answer on until it is stopped.")
  private static final class Drain extends NodeCommand {
    @Override
    Asked asked() {
      return Asked.post("/drain", Map.of());
    }
  }

  /** Asks for some hundred keys at a time, so that no request takes long. */
  @Command(
      name = "warm",
      customSynopsis = "dawncache warm GROUP FILE [--rate N] [--operations URL] [--json]%n",
      synopsisHeading = "Usage: ",
      usageHelpWidth = 96,
      description = "Gets the keys that a file lists, one a line, so that they are held.")
  private static final class Warm extends NodeCommand {
    private static final int KEYS_AT_A_TIME = 500;

    @Parameters(index = "0", paramLabel = "GROUP", description = "The group's name.")
    @SuppressWarnings("NullAway.Init")
    private String group;

    @Parameters(index = "1", paramLabel = "FILE", description = "A key a line; - is the input.")
    @SuppressWarnings("NullAway.Init")
    private String file;

    @Option(
        names = "--rate",
        paramLabel = "N",
        description = "Keys a second, ${DEFAULT-VALUE} by default.")
    private int rate = 1_000;

    @Override
    public Integer call() throws IOException, InterruptedException {
      if (rate < 1) {
        throw new ParameterException(line(), "--rate: " + rate + " (expected: >= 1)");
      }
      int exitCode = 0;
      List<String> keys = new ArrayList<>();
      long number = 0;
      try (BufferedReader lines = reader()) {
        for (String key = lines.readLine(); key != null; key = lines.readLine()) {
          number++;
          if (key.isBlank()) {
            exitCode = Program.complain(line(), file + ":" + number + ": empty", Program.FAILED);
            continue;
          }
          keys.add(key);
          if (keys.size() == KEYS_AT_A_TIME) {
            exitCode = Math.max(exitCode, warm(keys, number));
            keys.clear();
          }
        }
      }
      return keys.isEmpty() ? exitCode : Math.max(exitCode, warm(keys, number));
    }

    private int warm(List<String> keys, long number) throws IOException, InterruptedException {
      line().getErr().println("warm: to line " + number);
      return ask(asked(keys));
    }

    private BufferedReader reader() throws IOException {
      return file.equals("-")
          ? new BufferedReader(new InputStreamReader(System.in, UTF_8))
          : Files.newBufferedReader(Path.of(file), UTF_8);
    }

    private Asked asked(List<String> keys) {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("group", group);
      body.put("keys", keys);
      body.put("keysPerSecond", rate);
      return Asked.post("/warm", body);
    }

    @Override
    Asked asked() {
      return asked(List.of());
    }
  }

  /** The default of {@code --operations}. */
  static NodeUrl defaultUrl() {
    return NodeUrl.parse("http://127.0.0.1:9001");
  }
}
