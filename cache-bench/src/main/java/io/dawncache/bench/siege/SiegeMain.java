package io.dawncache.bench.siege;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.bench.Checkout;
import io.dawncache.bench.chaos.Finding;
import io.dawncache.bench.chaos.Finding.Verdict;
import io.dawncache.bench.chaos.FindingTable;
import io.dawncache.bench.load.OneLineErrors;
import io.dawncache.node.OutOfMemory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The program {@code scripts/siege}: runs scenes and prints what each has reached beside its bars.
 *
 * <p>Exits with 0 if all bars were met, with 1 if one was missed or could not be judged, and with 2
 * for a wrong command line.
 */
@Command(
    name = "siege",
    sortOptions = false,
    usageHelpWidth = 96,
    synopsisHeading = "Usage: ",
    customSynopsis = "siege [SCENE ...] [OPTIONS]%n",
    description = {
      "Asks one node process on this machine for more than it can give, or attacks it as slow and"
          + " silent clients do, and judges what another client notices, who asks for what the node"
          + " holds. Each SCENE has a node of its own; without any, all of them are run:%n"
    },
    footer = {
      "",
      "The node runs on core 0 and everything else on core 1, if the machine has two and the command"
          + " taskset (Debian: util-linux). The scenes slow-... and range need the program"
          + " slowhttptest (Debian: slowhttptest).",
      "",
      "Latency counts from when a request was due. Every answer's bytes are checked.",
      "docs/siege.md says what is done and judged in each scene.",
      "",
      "Exit code: 0 all bars are met; 1 one is missed or cannot be judged; 2 the command line is"
          + " wrong."
    })
public final class SiegeMain implements Callable<Integer> {
  private static final int MISSED = 1;
  private static final int WRONG_COMMAND_LINE = 2;
  private static final int MOST_HITS = 50_000;

  private static final List<Scene> SCENES =
      Stream.concat(
              Stream.of(new OverloadScene()),
              Stream.concat(
                      SlowHttpTest.modes().stream(),
                      Stream.of(NeverReading.gets(1_000), NeverReading.bulks(100)))
                  .map(AttackScene::new))
          .toList();

  private final List<Scene> allScenes;
  private final boolean pinned;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(paramLabel = "SCENE", description = "The scenes to run.")
  @SuppressWarnings("FieldCanBeFinal") // picocli sets it
  private List<String> names = List.of();

  @Option(
      names = "--short",
      description =
          "Short times, and no bar that a busy machine could spoil: judges whether anything fails"
              + " and whether the node recovers. Without a SCENE it runs overload and never-read.")
  private boolean shortForm;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description =
          "How many hits a second the other client asks for; 5000 by default, 500 with --short.")
  private @Nullable Integer rate;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  private SiegeMain(List<Scene> allScenes, boolean pinned) {
    this.allScenes = allScenes;
    this.pinned = pinned;
  }

  /** Runs and exits with 0 or the code of the fault. */
  public static void main(String[] args) throws InterruptedException {
    OutOfMemory.endsProcess("siege");
    PrintWriter out = new PrintWriter(System.out, true, UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, UTF_8);
    boolean pinned = Runtime.getRuntime().availableProcessors() > 1 && pinToCoreOne();
    System.exit(commandLine(SCENES, pinned, out, err).execute(args));
  }

  /** Binds all threads of this process to core 1, and what it starts. */
  private static boolean pinToCoreOne() throws InterruptedException {
    String self = String.valueOf(ProcessHandle.current().pid());
    try {
      return new ProcessBuilder("taskset", "-a", "-p", "-c", "1", self)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns the command line, ready to execute, with nothing bound to a core. */
  static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    return commandLine(SCENES, false, out, err);
  }

  static CommandLine commandLine(
      List<Scene> scenes, boolean pinned, PrintWriter out, PrintWriter err) {
    CommandLine line = new CommandLine(new SiegeMain(scenes, pinned));
    line.setOut(out);
    line.setErr(err);
    line.getCommandSpec()
        .usageMessage()
        .description(
            line.getCommandSpec().usageMessage().description()[0],
            String.join(
                "%n",
                scenes.stream()
                    .map(scene -> String.format("  %-16s %s", scene.name(), scene.title()))
                    .toList()),
            "");
    OneLineErrors.handle(line, WRONG_COMMAND_LINE, MISSED);
    return line;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Scene> scenes = scenes();
    Path root = Path.of(System.getProperty("dawncache.root", "")).toAbsolutePath();
    Plan plan = plan(root.resolve("run/siege"));
    Files.createDirectories(plan.folder());
    PrintWriter out = spec.commandLine().getOut();
    boolean allMet = true;
    for (Scene scene : scenes) {
      List<Finding> findings = run(scene, plan);
      allMet &= Finding.worst(findings) == Verdict.MET;
      // One table a scene, so that what is done by then is seen if a later one is stopped.
      FindingTable table = new FindingTable("scene");
      table.add(scene.name(), scene.title(), findings);
      table.printTo(out);
      out.println();
      out.flush();
    }
    out.println(conditions(plan, root));
    out.flush();
    return allMet ? 0 : MISSED;
  }

  private List<Finding> run(Scene scene, Plan plan) throws InterruptedException {
    try {
      return scene.run(plan, spec.commandLine().getErr());
    } catch (IOException e) {
      String message = OneLineErrors.oneLine(String.valueOf(e.getMessage()));
      return List.of(new Finding("run", message, "", Verdict.NOT_RUN));
    }
  }

  private List<Scene> scenes() {
    if (names.isEmpty()) {
      return shortForm ? Stream.concat(named("overload"), named("never-read")).toList() : allScenes;
    }
    Set<Scene> scenes = new LinkedHashSet<>();
    for (String name : names) {
      List<Scene> found = named(name).toList();
      if (found.isEmpty()) {
        throw wrong(
            "SCENE: "
                + name
                + " (expected: one of "
                + allScenes.stream().map(Scene::name).toList()
                + ")");
      }
      scenes.addAll(found);
    }
    return List.copyOf(scenes);
  }

  private Stream<Scene> named(String name) {
    return allScenes.stream().filter(scene -> scene.name().equals(name));
  }

  private Plan plan(Path folder) {
    int hits = rate != null ? rate : shortForm ? 500 : 5_000;
    if (hits < 1 || hits > MOST_HITS) {
      throw wrong("--rate: " + hits + " (expected: 1 to " + MOST_HITS + ")");
    }
    return shortForm ? Plan.shortForm(pinned, hits, folder) : Plan.full(pinned, hits, folder);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static String conditions(Plan plan, Path root) {
    return String.format(
        Locale.ROOT,
        "A node with a heap of %d MiB %s, %,d hits/s, JDK %s, commit %s.",
        SiegeNode.HEAP_MIB,
        plan.pinned() ? "on core 0, everything else on core 1" : "and all else on the same cores",
        plan.hitRate(),
        System.getProperty("java.version"),
        Checkout.commit(root));
  }
}
