package io.dawncache.bench.contest;

import io.dawncache.core.consistenthash.Scheme;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A player that has been started: one or two servers on the first core; requests go to the first.
 * They end with this JVM at the latest.
 */
final class Contestant implements AutoCloseable {
  private static final long STOP_SECONDS = 10;

  private final Player player;
  private final List<Integer> ports;
  private final String prefix;
  private final List<Process> servers = new ArrayList<>();

  /**
   * Makes a contestant whose servers are not started yet.
   *
   * @param prefix the path up to the slash before a key
   * @param ports the servers' ports, the one that receives requests first
   */
  Contestant(Player player, String prefix, int... ports) {
    this.player = player;
    this.prefix = prefix;
    this.ports = Arrays.stream(ports).boxed().toList();
  }

  Player player() {
    return player;
  }

  /** Returns the port that receives requests. */
  int port() {
    return ports.get(0);
  }

  List<Integer> ports() {
    return ports;
  }

  String prefix() {
    return prefix;
  }

  /** Returns the rings that its servers may divide keys by, if there are two. */
  List<Scheme> rings() {
    return player == Player.TWO_GOS
        ? List.of(Scheme.GROUPCACHE)
        : List.of(Scheme.NATIVE, Scheme.DAWNCACHE); // nodes of an older commit know only the latter
  }

  /** Starts a server on the first core that prints nothing when it serves. */
  void start(List<String> command) throws IOException {
    startPinned(command);
  }

  /** Starts a server on the first core, and waits for a line with {@code serves} in it. */
  void start(List<String> command, String serves) throws IOException {
    BufferedReader out = startPinned(command).inputReader();
    String line = "";
    do {
      String last = line;
      line = out.readLine();
      if (line == null) {
        throw new IOException(
            "%s: ended, after \"%s\" (expected: a line with \"%s\")"
                .formatted(String.join(" ", command), last, serves));
      }
    } while (!line.contains(serves));
  }

  private Process startPinned(List<String> command) throws IOException {
    List<String> pinned = new ArrayList<>(List.of("taskset", "-c", "0"));
    pinned.addAll(command);
    Process server =
        new ProcessBuilder(pinned).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    servers.add(server);
    Runtime.getRuntime().addShutdownHook(new Thread(server::destroyForcibly));
    return server;
  }

  /** Returns the CPU time that its servers have used, in user and in system mode. */
  Duration cpu() throws IOException {
    Duration sum = Duration.ZERO;
    for (Process server : servers) {
      if (!server.isAlive()) {
        throw new IOException(player + ": a server has ended with " + server.exitValue());
      }
      sum = sum.plus(server.info().totalCpuDuration().orElseThrow());
    }
    return sum;
  }

  @Override
  public void close() {
    servers.forEach(Process::destroy);
    for (Process server : servers) {
      try {
        if (!server.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
          server.destroyForcibly();
        }
      } catch (InterruptedException e) {
        server.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
