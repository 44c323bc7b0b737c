package io.dawncache.bench.chaos;

import io.dawncache.bench.JavaCommand;
import io.dawncache.bench.server.ServerProcess;
import io.dawncache.node.NodeMain;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A node in a process of its own, which can be killed, stopped and started again. Its process ends
 * with this JVM at the latest. Not for use by several threads at a time, but for {@link #isAlive}.
 */
final class ChaosNode implements AutoCloseable {
  static final String GROUP = "chaos";

  private static final long STOP_SECONDS = 30;
  private static final String HEAP = "-Xmx256m";

  /** Further options of the JVM and of the program; they count before the usual ones. */
  record Options(List<String> jvm, List<String> program) {
    static final Options NONE = new Options(List.of(), List.of());
  }

  private final int number;
  private final InetSocketAddress address;
  private final List<String> command;
  private final Path log;
  private volatile @Nullable Process process;
  private @Nullable Thread ending;

  /**
   * Knows how to start a node, but starts none.
   *
   * @param number from 1 on
   * @param members the file of the member list
   * @param origin where it loads a key from: a template with {@code {key}}
   * @param log the file to which its output is appended
   */
  ChaosNode(int number, Network network, Path members, String origin, Path log) {
    this(number, network, members, origin, log, Options.NONE);
  }

  /** As the other one, with options of its own. */
  ChaosNode(int number, Network network, Path members, String origin, Path log, Options options) {
    this.number = number;
    this.address = network.address(number);
    this.log = log;
    List<String> jvm = new ArrayList<>(ServerProcess.jvmOptions());
    jvm.add(HEAP); // of two options of a name the last counts
    jvm.add("-XX:+ExitOnOutOfMemoryError");
    jvm.addAll(options.jvm());
    List<String> program =
        new ArrayList<>(
            List.of(
                "--listen",
                authority(),
                "--discovery",
                "file:" + members,
                "--group",
                GROUP + "=" + origin));
    program.addAll(options.program());
    this.command = network.command(number, JavaCommand.of(NodeMain.class, jvm, program.toArray()));
  }

  /** Returns the file to which its output is appended. */
  Path log() {
    return log;
  }

  int number() {
    return number;
  }

  InetSocketAddress address() {
    return address;
  }

  String authority() {
    return address.getHostString() + ":" + address.getPort();
  }

  /** Returns its URL as the member list has it. */
  String url() {
    return "http://" + authority();
  }

  /** Starts the process, and does not wait until it serves. */
  void start() throws IOException {
    Process started =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    Thread hook = new Thread(started::destroyForcibly);
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) {
      started.destroyForcibly();
      throw new IOException("the program ends (expected: that it runs)", e);
    }
    process = started;
    ending = hook;
  }

  boolean isAlive() {
    Process started = process;
    return started != null && started.isAlive();
  }

  long pid() {
    return running().pid();
  }

  /** Ends the process by SIGKILL. */
  void kill() throws InterruptedException {
    Process killed = running();
    killed.destroyForcibly();
    killed.waitFor();
    forget();
  }

  /** Ends the process by SIGTERM, and returns when it has ended. */
  void terminate() throws IOException, InterruptedException {
    Process terminated = running();
    terminated.destroy();
    if (!terminated.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException(
          url() + ": runs " + STOP_SECONDS + " s after SIGTERM (expected: that it ends)");
    }
    forget();
  }

  /** Sends a signal, such as {@code STOP}. */
  void signal(String name) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid()).start();
    if (kill.waitFor() != 0) {
      throw new IOException("kill -" + name + ": failed (expected: that the node lives)");
    }
  }

  private Process running() {
    Process started = process;
    if (started == null) {
      throw new IllegalStateException(url() + ": not started");
    }
    return started;
  }

  private void forget() {
    process = null;
    Thread hook = ending;
    ending = null;
    if (hook != null) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The JVM is shutting down.
      }
    }
  }

  /** Kills it if it lives. */
  @Override
  public void close() {
    Process started = process;
    if (started != null) {
      started.destroyForcibly();
      forget();
    }
  }
}
