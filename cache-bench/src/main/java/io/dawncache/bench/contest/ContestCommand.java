package io.dawncache.bench.contest;

import static java.util.Objects.requireNonNull;

import io.dawncache.bench.Aim;
import io.dawncache.bench.Spread;
import io.dawncache.bench.TextTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench contest}: what a request costs our servers and others'. */
@Command(
    name = "contest",
    sortOptions = false,
    description = {
      "Compares whole servers by the CPU time that a request costs them. All servers of a scene run"
          + " on the first core and are asked in turns from the second, so that a machine that"
          + " slows down slows all of them. wrk draws keys by Zipf's law; it does not speak Redis's"
          + " protocol, so redis-benchmark asks Redis and draws all keys equally often. The scenes:"
          + " hit, pipelined, hop, hop8, tls, tls-hop, large, huge, miss; all of them if none is named,"
          + " which takes half an hour: a minute for each server and scene. With fewer turns to warm up, a JVM is"
          + " measured while it still compiles.%n",
      "Needs a machine with two cores and Linux, and from Debian wrk, nginx, golang-go,"
          + " golang-github-golang-groupcache-dev, redis-server, redis-tools and openssl. Fails with 1"
          + " if a bar is missed.%n"
    })
public final class ContestCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(
      paramLabel = "SCENE",
      description =
          "hit, pipelined, hop, hop8, tls, tls-hop, large, huge or miss; each runs as often as it is"
              + " named.")
  @SuppressWarnings("FieldCanBeFinal") // picocli sets it
  private List<String> scenes = List.of();

  @Option(
      names = "--turns",
      paramLabel = "N",
      description = "How many turns each server has, ${DEFAULT-VALUE} by default.")
  private int turns = 15;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long a turn takes, ${DEFAULT-VALUE} by default.")
  private int seconds = 2;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      description =
          "How many turns each server has before those that count, ${DEFAULT-VALUE} by default. A"
              + " turn opens and closes connections, and a JVM compiles code for that too.")
  private int warmUpTurns = 15;

  @Option(
      names = "--against",
      paramLabel = "CHECKOUT",
      description =
          "Another checkout of this project, built by \"mvn -DskipTests package\": its nodes take part"
              + " wherever ours do, and ours twice, which shows how much is chance.")
  private @Nullable Path otherCheckout;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  /** A folder that every built checkout has. */
  private static final String BUILT = "cache-bench/target/lib";

  private boolean missed;

  /** The results of a player's turns: CPU microseconds per request, and requests per second. */
  private record Figures(List<Double> cpuMicros, List<Double> perSecond) {
    Figures() {
      this(new ArrayList<>(), new ArrayList<>());
    }

    /** Returns the ratio to another's CPU time, turn by turn. */
    Spread against(Figures other) {
      return Spread.of(
          IntStream.range(0, cpuMicros.size())
              .mapToObj(turn -> cpuMicros.get(turn) / other.cpuMicros.get(turn))
              .toList());
    }
  }

  /** Made by picocli. */
  ContestCommand() {}

  @Override
  public Integer call() throws IOException {
    List<Scene> asked = scenes.isEmpty() ? Scene.ALL : parsed();
    if (turns < 1 || seconds < 1 || warmUpTurns < 0) {
      throw wrong(
          "--turns %d --seconds %d --warm-up %d (expected: >= 1, >= 1, >= 0)"
              .formatted(turns, seconds, warmUpTurns));
    }
    if (otherCheckout != null && !Files.isDirectory(otherCheckout.resolve(BUILT))) {
      throw wrong("--against " + otherCheckout + " (expected: has " + BUILT + ", so build it)");
    }
    Path folder = Files.createTempDirectory("contest");
    try {
      for (Scene scene : asked) {
        Lab lab = new Lab(folder, otherCheckout);
        play(otherCheckout == null ? scene : scene.withOtherNodes(), lab);
      }
    } finally {
      delete(folder);
    }
    return missed ? 1 : 0;
  }

  private List<Scene> parsed() {
    List<Scene> parsed = new ArrayList<>();
    for (String name : scenes) {
      parsed.add(
          Scene.ALL.stream()
              .filter(scene -> scene.name().equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      wrong(
                          "SCENE: "
                              + name
                              + " (expected: hit, pipelined, hop, hop8, tls, tls-hop, large, huge or"
                              + " miss)")));
    }
    return parsed;
  }

  private void play(Scene scene, Lab lab) throws IOException {
    Map<Player, Contestant> contestants = new EnumMap<>(Player.class);
    Map<Player, Client> clients = new EnumMap<>(Player.class);
    Map<Player, Figures> figures = new EnumMap<>(Player.class);
    try {
      for (Player player : scene.players()) {
        Load load = scene.load().of(player);
        Contestant contestant = lab.start(player, load);
        contestants.put(player, contestant);
        clients.put(player, lab.client(contestant, load));
        figures.put(player, new Figures());
      }
      for (int turn = -warmUpTurns; turn < turns; turn++) {
        for (Player player : scene.players()) {
          Contestant contestant = requireNonNull(contestants.get(player));
          Client client = requireNonNull(clients.get(player));
          Duration before = contestant.cpu();
          Client.Asked brought = client.ask(seconds);
          Duration used = contestant.cpu().minus(before);
          if (turn >= 0) {
            Figures own = requireNonNull(figures.get(player));
            own.cpuMicros().add(used.toNanos() / 1e3 / brought.requests());
            own.perSecond().add(brought.perSecond());
          }
        }
      }
    } finally {
      contestants.values().forEach(Contestant::close);
    }
    print(scene, figures);
  }

  private void print(Scene scene, Map<Player, Figures> figures) {
    PrintWriter out = spec.commandLine().getOut();
    Player first = scene.players().get(0);
    TextTable table =
        new TextTable(
            1, List.of(scene.title(), "requests/s", "CPU a request, us", "x " + first.title()));
    for (Player player : scene.players()) {
      Figures own = requireNonNull(figures.get(player));
      table.add(
          List.of(
              player.title(),
              "%,.0f".formatted(Spread.of(own.perSecond()).median()),
              Spread.of(own.cpuMicros()).toString(),
              own.against(requireNonNull(figures.get(first))).toString()));
    }
    table.printTo(out);
    out.println();
    printDifference(Player.NODE, Player.NODE_AGAIN, Player.OTHER_NODE, figures);
    printDifference(Player.TWO_NODES, Player.TWO_NODES_AGAIN, Player.TWO_OTHER_NODES, figures);
    for (Scene.Bar bar : scene.bars()) {
      Spread ratio =
          requireNonNull(figures.get(bar.of())).against(requireNonNull(figures.get(bar.to())));
      Aim aim = new Aim(bar.of().title(), ratio, "of " + bar.to().title(), bar.atMost());
      out.println(aim);
      missed |= !aim.isMet();
    }
    out.println();
    out.flush();
  }

  /** Prints how our nodes compare with the other checkout's, and with themselves. */
  private void printDifference(
      Player ours, Player again, Player other, Map<Player, Figures> figures) {
    Figures others = figures.get(other);
    if (others != null) {
      Figures own = requireNonNull(figures.get(ours));
      spec.commandLine()
          .getOut()
          .printf(
              "%s: %s of %s; %s of %s%n",
              ours.title(),
              own.against(others),
              other.title(),
              own.against(requireNonNull(figures.get(again))),
              again.title());
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
