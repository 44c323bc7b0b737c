package io.dawncache.bench.server;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.dawncache.bench.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A server in a separate process; it ends with this JVM at the latest. */
public final class ServerProcess implements AutoCloseable {
  private static final long START_SECONDS = 60;
  private static final long STOP_SECONDS = 10;

  /**
   * What {@link ServerCpuProfiler} counts; static, because JMH makes the profiler without
   * arguments.
   */
  private static final Set<ServerProcess> RUNNING = ConcurrentHashMap.newKeySet();

  private final Process process;

  private ServerProcess(Process process) {
    this.process = process;
  }

  /**
   * Starts {@code main} on this JVM's JDK and class path, its standard error going to ours, and
   * returns when it has printed its first line: servers print it when they serve.
   */
  static ServerProcess start(Class<?> main, List<String> arguments)
      throws IOException, InterruptedException {
    return start(
        main.getName(),
        new ProcessBuilder(JavaCommand.of(main, jvmOptions(), arguments.toArray()))
            .redirectError(ProcessBuilder.Redirect.INHERIT));
  }

  /**
   * Starts a server and returns when it has printed its first line.
   *
   * @param name of the server, for messages
   * @param builder its command, and where its standard error goes
   */
  public static ServerProcess start(String name, ProcessBuilder builder)
      throws IOException, InterruptedException {
    ServerProcess started = new ServerProcess(builder.start());
    RUNNING.add(started);
    Runtime.getRuntime().addShutdownHook(new Thread(started.process::destroyForcibly));
    try {
      started.awaitFirstLine(name);
    } catch (IOException | InterruptedException | RuntimeException e) {
      started.close();
      throw e;
    }
    return started;
  }

  /** Returns the number of its process. */
  public long pid() {
    return process.pid();
  }

  /** Returns whether its process runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Returns different ports that are free. */
  public static int[] freePorts(int count) throws IOException {
    List<ServerSocket> bound = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        bound.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return bound.stream().mapToInt(ServerSocket::getLocalPort).toArray();
    } finally {
      for (ServerSocket socket : bound) {
        socket.close();
      }
    }
  }

  /** Returns how {@code scripts/node} starts a node's JVM, except for the limit of its heap. */
  public static List<String> jvmOptions() {
    int javaVersion = Runtime.version().feature();
    List<String> options = new ArrayList<>(List.of("-Xmx1g"));
    if (javaVersion >= 24) {
      options.add("--enable-native-access=ALL-UNNAMED");
      options.add("--sun-misc-unsafe-memory-access=allow");
    }
    if (javaVersion >= 25) {
      options.add("-XX:+UseCompactObjectHeaders");
    }
    options.add("-Dio.netty.leakDetection.level=disabled");
    return options;
  }

  /** Returns the CPU time that all servers now running have used, or null if there are none. */
  static @Nullable Duration cpuOfAll() {
    return RUNNING.stream()
        .map(server -> server.process.info().totalCpuDuration().orElse(Duration.ZERO))
        .reduce(Duration::plus)
        .orElse(null);
  }

  /** Ends the process by SIGTERM, and by SIGKILL if that does not suffice. */
  @Override
  public void close() {
    RUNNING.remove(this);
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private void awaitFirstLine(String name) throws IOException, InterruptedException {
    BufferedReader out = process.inputReader();
    CompletableFuture<@Nullable String> firstLine =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return out.readLine();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    try {
      if (firstLine.get(START_SECONDS, SECONDS) == null) {
        throw new IOException(name + ": ended with " + process.waitFor());
      }
    } catch (ExecutionException e) {
      throw new IOException(name + ": " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new IOException(name + ": silent for " + START_SECONDS + " s", e);
    }
  }
}
