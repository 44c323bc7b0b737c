package io.dawncache.bench.start;

import io.dawncache.bench.Aim;
import io.dawncache.bench.JavaCommand;
import io.dawncache.bench.Spread;
import io.dawncache.bench.TextTable;
import io.dawncache.bench.server.KeepAliveConnection;
import io.dawncache.bench.server.ServerProcess;
import io.dawncache.node.NodeMain;
import io.dawncache.node.Rehearsal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code bench start}: starts nodes with the archive of their classes and without, and with the
 * configuration of the sample, in turns.
 */
@Command(
    name = "start",
    description = {
      "Starts a node, asks it for one key and stops it; with an archive of its classes, as the"
          + " scripts make one, with no more than the JDK's own, and with the archive and the"
          + " configuration of the sample, in turns. Fails with 1 unless the median of the ratios"
          + " to the start without is at most 0.6, and that of the sample to the start of one group"
          + " at most 1.25. Run it in the folder of the repository.%n"
    })
public final class StartCommand implements Callable<Integer> {
  private static final double MOST_OF_WITHOUT = 0.6;
  private static final double MOST_OF_ONE_GROUP = 1.25;
  private static final Path SAMPLE = Path.of("conf/dawncache.yaml");

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--turns",
      paramLabel = "N",
      description = "How many starts of each, ${DEFAULT-VALUE} by default.")
  private int turns = 15;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  /** One kind of start. */
  private record Starts(List<Double> wallMillis, List<Double> cpuMillis) {
    Starts() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  /** Made by picocli. */
  StartCommand() {}

  @Override
  public Integer call() throws IOException {
    Path folder = Files.createTempDirectory("start");
    Path archive = folder.resolve("archive");
    Path values = Files.createDirectory(folder.resolve("values"));
    Path value = Files.writeString(values.resolve("key"), "value");
    try {
      run(java(recording(archive), Rehearsal.class, values));
      Starts with = new Starts();
      Starts without = new Starts();
      Starts sample = new Starts();
      List<String> oneGroup = List.of("--group", "scores=files:" + values);
      List<String> ofSample = List.of("--config", SAMPLE.toString());
      for (int turn = 0; turn < turns; turn++) {
        start(List.of(), oneGroup, "key", without);
        start(using(archive), oneGroup, "key", with);
        start(using(archive), ofSample, "Tom", sample);
      }
      return print(with, without, sample);
    } finally {
      for (Path file : List.of(value, values, archive)) {
        Files.deleteIfExists(file);
      }
      Files.delete(folder);
    }
  }

  private int print(Starts with, Starts without, Starts sample) {
    Spread ratio = ratio(with, without);
    Spread ofOneGroup = ratio(sample, with);
    TextTable table =
        new TextTable(
            1, List.of("start to first answer", "ms", "CPU, ms", "x without", "x one group"));
    table.add(row("the JDK's archive", without, "1", ""));
    table.add(row("**an archive of the node**", with, ratio.toString(), "1"));
    table.add(row("the same, conf/dawncache.yaml", sample, ratio(sample, without), ofOneGroup));
    PrintWriter out = spec.commandLine().getOut();
    table.printTo(out);
    List<Aim> aims =
        List.of(
            new Aim("with an archive of the node", ratio, "of without", MOST_OF_WITHOUT),
            new Aim("with the sample's file", ofOneGroup, "of one group", MOST_OF_ONE_GROUP));
    out.println();
    aims.forEach(out::println);
    out.flush();
    return aims.stream().allMatch(Aim::isMet) ? 0 : 1;
  }

  private Spread ratio(Starts of, Starts to) {
    return Spread.of(
        IntStream.range(0, turns)
            .mapToObj(i -> of.wallMillis().get(i) / to.wallMillis().get(i))
            .toList());
  }

  private static List<String> row(String what, Starts starts, Object ofWithout, Object ofOneGroup) {
    return List.of(
        what,
        Spread.of(starts.wallMillis()).toString(),
        Spread.of(starts.cpuMillis()).toString(),
        ofWithout.toString(),
        ofOneGroup.toString());
  }

  /** Starts a node, asks it for a key of its group {@code scores}, and ends it. */
  private static void start(List<String> options, List<String> groups, String key, Starts into)
      throws IOException {
    long startNanos = System.nanoTime();
    List<Object> arguments = new ArrayList<>(List.of("--listen", "127.0.0.1:0"));
    arguments.addAll(groups);
    Process node =
        new ProcessBuilder(java(options, NodeMain.class, arguments.toArray()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      BufferedReader said = node.inputReader();
      String serving = String.valueOf(said.readLine());
      int port = Integer.parseInt(serving.replaceAll(".*:([0-9]+).*", "$1"));
      try (KeepAliveConnection client = KeepAliveConnection.open(port)) {
        client.get(KeepAliveConnection.request("/_dawncache/scores/" + key));
      }
      into.wallMillis().add((System.nanoTime() - startNanos) / 1e6);
      Duration cpu = node.info().totalCpuDuration().orElseThrow();
      into.cpuMillis().add(cpu.toNanos() / 1e6);
    } finally {
      end(node);
    }
  }

  /** Returns the options that record without profiles, as in {@code scripts/lib.sh}. */
  private static List<String> recording(Path archive) {
    return Runtime.version().feature() >= 25
        ? List.of(
            "-XX:AOTCacheOutput=" + archive,
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:-AOTRecordTraining")
        : List.of("-XX:ArchiveClassesAtExit=" + archive);
  }

  private static List<String> using(Path archive) {
    return Runtime.version().feature() >= 25
        ? List.of("-XX:AOTCache=" + archive)
        : List.of("-XX:SharedArchiveFile=" + archive);
  }

  private static List<String> java(List<String> options, Class<?> main, Object... arguments) {
    List<String> all = new ArrayList<>(options);
    all.addAll(ServerProcess.jvmOptions());
    return JavaCommand.of(main, all, arguments);
  }

  private static void run(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException("the rehearsal ended with " + process.exitValue());
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static void end(Process node) throws IOException {
    node.destroy();
    try {
      if (!node.waitFor(10, TimeUnit.SECONDS)) {
        node.destroyForcibly();
      }
    } catch (InterruptedException e) {
      node.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
