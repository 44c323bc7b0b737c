package io.dawncache.node;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.dawncache.node.text.Choice;
import io.dawncache.node.text.TimeSpan;
import io.dawncache.server.wire.NodeUrl;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The command {@code dawncache top}: what the groups of a fleet do now, on one screen that
 * refreshes; or, where there is no terminal, one table after the other.
 */
@Command(
    name = "top",
    description = {
      "What the groups of all members do now, on one screen: a key sorts, q quits. Any node knows the"
          + " others. The first screen has the means since each node started.%n"
    },
    footer = {
      "",
      "GETS/S    gets of clients and of peers, a second",
      "HIT%%      which part of them memory answered",
      "LOADS/S   loads from the origin, a second",
      "P50 MS    half of the loads since the start took no longer; P99 MS: 99 of 100",
      "EVICT/S   entries that left to make room, a second",
      "",
      "Exit code: 0 all nodes answered, 1 some did not, 2 the command line is wrong."
    })
final class TopCommand implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final Gson LINE =
      new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--operations",
      paramLabel = "URL",
      description =
          "The operations listener of a node, or its data port; http://127.0.0.1:9001 by default. May"
              + " be repeated.")
  @SuppressWarnings("FieldCanBeFinal") // picocli sets it, as well as the others
  private List<NodeUrl> nodes = List.of(NodeUrl.parse("http://127.0.0.1:9001"));

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      description = "How long a screen stays, 100ms to 25s; 2s by default.")
  private TimeSpan interval = TimeSpan.parse("2s");

  @Option(
      names = "--sort",
      paramLabel = "COLUMN",
      description = "The column by which to sort: ${COMPLETION-CANDIDATES}; gets by default.",
      completionCandidates = Columns.class)
  private TopColumn sort = TopColumn.GETS;

  @Mixin
  @SuppressWarnings("FieldCanBeFinal") // picocli sets it
  private ClientOptions options = new ClientOptions();

  @Option(names = "--once", description = "Print one table, and end.")
  private boolean once;

  @Option(names = "--json", description = "Print a JSON object on each line in place of tables.")
  private boolean asJson;

  /** What shows lines, and reads keys. */
  interface Screen {
    /** Shows these lines, as far as they fit; the last one stays at the bottom. */
    void show(List<String> lines) throws IOException, InterruptedException;

    /**
     * Waits for a key; returns its character, {@link Terminal#NO_KEY} or {@link Terminal#ENDED}.
     */
    int key() throws IOException;
  }

  /** Made by picocli. */
  TopCommand() {}

  /** The names of the columns, for the help. */
  static final class Columns extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    Columns() {
      super(Arrays.stream(TopColumn.values()).map(Choice::label).toList());
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    long millis = interval.duration().toMillis();
    if (millis < 100 || millis > 25_000) {
      throw new ParameterException(
          spec.commandLine(),
          "--interval: " + TimeSpan.text(interval.duration()) + " (expected: 100ms to 25s)");
    }
    NodeClient client = options.client(TIMEOUT);
    PrintWriter out = spec.commandLine().getOut();
    try (Terminal terminal = once || asJson ? null : Terminal.open(out, millis)) {
      return terminal == null ? print(client, out, millis) : show(client, terminal);
    }
  }

  private int print(NodeClient client, PrintWriter out, long millis) throws InterruptedException {
    FleetLook earlier = null;
    while (true) {
      FleetLook look = FleetLook.atAll(client, nodes);
      TopPage page = new TopPage(earlier, look);
      (asJson ? List.of(LINE.toJson(page.json())) : page.lines(sort)).forEach(out::println);
      if (out.checkError()) {
        return Program.complain(
            spec.commandLine(), "standard output: could not be written", Program.FAILED);
      }
      if (once) {
        return exitCode(look);
      }
      earlier = look;
      Thread.sleep(millis);
    }
  }

  /** Shows one screen after the other until a key ends it. */
  int show(NodeClient client, Screen screen) throws IOException, InterruptedException {
    FleetLook earlier = null;
    while (true) {
      FleetLook look = FleetLook.atAll(client, nodes);
      TopPage page = new TopPage(earlier, look);
      int key;
      do {
        List<String> lines = new ArrayList<>(page.lines(sort));
        lines.add(keys());
        screen.show(lines);
        key = screen.key();
        TopColumn chosen = TopColumn.byKey(key);
        sort = chosen == null ? sort : chosen;
      } while (key >= 0 && key != 'q');
      if (key != Terminal.NO_KEY) {
        return exitCode(look);
      }
      earlier = look;
    }
  }

  private static int exitCode(FleetLook look) {
    return look.faults().isEmpty() ? 0 : Program.FAILED;
  }

  private static String keys() {
    return Arrays.stream(TopColumn.values())
        .map(column -> column.key() + " " + Choice.label(column))
        .collect(Collectors.joining(" ", "q quit, sort by: ", ""));
  }
}
