package io.dawncache.bench.collectors;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.bench.JavaCommand;
import io.dawncache.bench.server.ServerProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link FullNode} in a separate JVM, seen from outside; it ends with this JVM at the latest. */
final class NodeProcess implements AutoCloseable {
  private static final long STOP_SECONDS = 30;
  private static final String NUMBERS = "\\d+( \\d+)*+";

  /** Not Rss, which counts a page as often as it is mapped: three times in non-generational ZGC. */
  private static final String MEMORY = "Pss:";

  private final Path log;
  private final Process process;
  private final BufferedReader said;
  private final PrintWriter orders;
  private final int port;
  private final long entries;

  /**
   * What a node has done up to a moment.
   *
   * @param logLines the length of its log of pauses
   */
  record Moment(Duration cpu, long gets, long hits, long evictions, int logLines) {
    static final Moment START = new Moment(Duration.ZERO, 0, 0, 0, 0);
  }

  /**
   * Starts a node and returns when it is full and serves.
   *
   * @param log the file in which its JVM logs pauses
   * @throws IOException if it ends before that, for instance for want of heap
   */
  NodeProcess(Collector collector, long maxBytes, long heapBytes, Path log) throws IOException {
    this.log = log;
    List<String> options = new ArrayList<>(ServerProcess.jvmOptions());
    options.addAll(collector.options(Runtime.version().feature()));
    options.add("-Xms" + heapBytes);
    options.add("-Xmx" + heapBytes); // the last -Xmx counts
    options.add("-XX:+ExitOnOutOfMemoryError");
    options.add("-Xlog:safepoint:file=" + log + ":uptime:filecount=0");
    process =
        new ProcessBuilder(JavaCommand.of(FullNode.class, options, maxBytes))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    said = process.inputReader();
    orders = new PrintWriter(process.outputWriter(UTF_8), true);
    try {
      long[] serving = numbers();
      port = (int) serving[0];
      entries = serving[1];
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  int port() {
    return port;
  }

  /** Returns how many values the node held when it was full. */
  long entries() {
    return entries;
  }

  /** Makes the node collect its whole heap, and returns at once. */
  void collect() {
    orders.println(FullNode.COLLECT);
  }

  /** Returns what the node has done up to now; waits for the end of a requested collection. */
  Moment moment() throws IOException {
    orders.println(FullNode.STATS);
    long[] stats = numbers();
    Duration cpu =
        process
            .info()
            .totalCpuDuration()
            .orElseThrow(() -> new IOException("the node has ended (expected: that it serves)"));
    return new Moment(cpu, stats[0], stats[1], stats[2], Files.readAllLines(log).size());
  }

  /** Returns its pauses between two moments. */
  Pauses pauses(Moment from, Moment to) throws IOException {
    return Pauses.of(Files.readAllLines(log).subList(from.logLines(), to.logLines()));
  }

  /** Returns how much of the system's memory the node uses, in bytes. */
  long memoryBytes() throws IOException {
    Path file = Path.of("/proc", String.valueOf(process.pid()), "smaps_rollup");
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith(MEMORY)) {
        return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException(file + ": no " + MEMORY + " (expected: as Linux has it since 4.14)");
  }

  private long[] numbers() throws IOException {
    String line = said.readLine();
    if (line == null) {
      throw new IOException("the node ended with " + exitCode() + " (expected: that it serves)");
    }
    if (!line.matches(NUMBERS)) { // for instance the message of a JVM without heap
      throw new IOException("the node said: " + line + " (expected: that it serves)");
    }
    return Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
  }

  private String exitCode() {
    try {
      return process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)
          ? "exit code " + process.exitValue()
          : "no exit code";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "no exit code";
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
