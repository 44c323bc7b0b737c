package io.dawncache.bench.collectors;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.bench.JavaCommand;
import io.dawncache.bench.load.LoadMain;
import io.dawncache.bench.server.ServerProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The load generator in a separate JVM, as an open loop; it ends with this JVM at the latest. */
final class LoadProcess implements AutoCloseable {
  /** A request that waits behind the longest pause must be counted, not given up. */
  private static final String TIMEOUT = "5m";

  private static final String PROGRESS = ".*/s +errors .*"; // a line a second

  private final Process process;
  private final BufferedReader watched;
  private final int warmUpSeconds;
  private int seconds;

  /**
   * Starts requests to a node.
   *
   * @param trace the keys
   * @param rate requests a second
   */
  LoadProcess(int port, Path trace, int rate, int warmUpSeconds, int measuredSeconds)
      throws IOException {
    this.warmUpSeconds = warmUpSeconds;
    process =
        new ProcessBuilder(
                JavaCommand.of(
                    LoadMain.class,
                    options(),
                    "--target",
                    "127.0.0.1:" + port,
                    "--group",
                    FullNode.GROUP,
                    "--key-prefix",
                    "",
                    "--trace",
                    trace,
                    "--rate",
                    rate,
                    "--warm-up",
                    warmUpSeconds + "s",
                    "--duration",
                    measuredSeconds + "s",
                    "--timeout",
                    TIMEOUT))
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    watched = process.errorReader();
  }

  /** Returns the JVM options of scripts/load, with room for the trace. */
  private static List<String> options() {
    List<String> options = new ArrayList<>(ServerProcess.jvmOptions());
    options.add("-Xmx2g");
    return options;
  }

  /**
   * Returns when {@code wanted} seconds have been measured; for 0, when the warm-up is over.
   *
   * @throws IOException if the generator ends before, with the end of its output
   */
  void awaitMeasured(int wanted) throws IOException {
    String last = "";
    while (seconds < warmUpSeconds + wanted) {
      String line = watched.readLine();
      if (line == null) {
        throw new IOException(
            "the load generator ended after %d s, and said last: %s (expected: after %d s or more)"
                .formatted(seconds, last, warmUpSeconds + wanted));
      }
      seconds += line.matches(PROGRESS) ? 1 : 0;
      last = line;
    }
  }

  /** Waits for the end and returns the figures. */
  Answered end() throws IOException, InterruptedException {
    while (watched.readLine() != null) {
      // Nothing else reads these lines, and the generator would block.
    }
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    return Answered.read(process.waitFor(), said);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
