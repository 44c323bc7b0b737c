package io.dawncache.bench.siege;

import io.dawncache.server.Dialect;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A mode of Debian's program slowhttptest, with 1,000 connections. It ends when the node has closed
 * all of them, and is then started again.
 *
 * @param path what it asks for
 * @param options those of the mode
 */
record SlowHttpTest(String name, String title, String path, List<String> options)
    implements Attack {
  private static final String CONNECTIONS = "1000";
  private static final String SECONDS = "600"; // it is stopped before

  static List<Attack> modes() {
    String small = SiegeNode.path(AttackScene.HITS) + "resident-0";
    return List.of(
        new SlowHttpTest(
            "slow-headers",
            "slowhttptest -H: requests whose headers never end",
            small,
            List.of("-H", "-r", "200", "-i", "5", "-x", "24")),
        new SlowHttpTest(
            "slow-body",
            "slowhttptest -B: messages whose bodies come a few bytes at a time",
            Dialect.DAWNCACHE.basePath(),
            List.of("-B", "-r", "200", "-i", "5", "-s", "8192", "-x", "10", "-t", "POST")),
        new SlowHttpTest(
            "slow-read",
            "slowhttptest -X: values of 1 MiB read 32 bytes at a time",
            SiegeNode.path(LARGE) + "slow",
            List.of(
                "-X", "-r", "200", "-w", "512", "-y", "1024", "-n", "5", "-z", "32", "-k", "3")),
        new SlowHttpTest(
            "range",
            "slowhttptest -R: requests for thousands of overlapping ranges",
            small,
            List.of("-R", "-r", "500", "-t", "HEAD", "-a", "10", "-b", "3000")));
  }

  @Override
  public Running start(SiegeNode node, Plan plan) throws IOException {
    List<String> command = new ArrayList<>(List.of("slowhttptest", "-c", CONNECTIONS));
    command.addAll(options);
    command.addAll(List.of("-l", SECONDS, "-p", "3", "-u"));
    command.add("http://" + node.data().getHostString() + ":" + node.data().getPort() + path);
    Path log = plan.folder().resolve(name + "-attack.log");
    return new Repeated(
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()));
  }

  /** A program that is started again whenever it ends. */
  static final class Repeated implements Running {
    private static final long AGAIN_MILLIS = 100;

    private final ProcessBuilder program;
    private final Thread thread = new Thread(this::run, "siege-attack");
    private volatile Process process;

    /** Starts it. */
    Repeated(ProcessBuilder program) throws IOException {
      this.program = program;
      this.process = start();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> process.destroyForcibly()));
      thread.setDaemon(true);
      thread.start();
    }

    private Process start() throws IOException {
      try {
        return program.start();
      } catch (IOException e) {
        String name = program.command().get(0);
        throw new IOException(
            name + ": cannot be run (expected: Debian's package " + name + ")", e);
      }
    }

    private void run() {
      try {
        while (true) {
          process.waitFor();
          Thread.sleep(AGAIN_MILLIS);
          process = start();
        }
      } catch (InterruptedException | IOException e) {
        process.destroyForcibly();
      }
    }

    @Override
    public void close() throws IOException {
      thread.interrupt();
      try {
        thread.join();
        process.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }
}
