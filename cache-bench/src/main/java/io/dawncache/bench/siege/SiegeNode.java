package io.dawncache.bench.siege;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonParseException;
import io.dawncache.bench.JavaCommand;
import io.dawncache.bench.server.ServerProcess;
import io.dawncache.node.NodeMain;
import io.dawncache.operations.page.StatsPage;
import io.dawncache.server.Dialect;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A node in a process of its own, which stands alone. Safe for use by any thread. */
final class SiegeNode implements AutoCloseable {
  static final int HEAP_MIB = 256;

  /** The JVM's bound of direct buffers, which is that of the heap if nothing is said. */
  static final int DIRECT_MIB = HEAP_MIB;

  private static final int CONNECT_MILLIS = 5_000;

  private final ServerProcess process;
  private final InetSocketAddress data;
  private final InetSocketAddress operations;

  /**
   * An answer that was asked for on a connection of its own.
   *
   * @param nanos how long it took, with the connection
   */
  record Page(int status, String body, long nanos) {}

  /**
   * What the process holds.
   *
   * @param residentBytes its physical memory
   * @param descriptors how many files and sockets are open
   */
  record Held(long residentBytes, long descriptors) {}

  private SiegeNode(ServerProcess process, int[] ports) {
    this.process = process;
    this.data = new InetSocketAddress(InetAddress.getLoopbackAddress(), ports[0]);
    this.operations = new InetSocketAddress(InetAddress.getLoopbackAddress(), ports[1]);
  }

  /**
   * Starts a node and returns when it serves.
   *
   * @param scene names its log
   * @param options those beside its addresses
   */
  static SiegeNode start(Plan plan, String scene, String... options)
      throws IOException, InterruptedException {
    int[] ports = ServerProcess.freePorts(2);
    List<String> jvm = new ArrayList<>(ServerProcess.jvmOptions());
    jvm.add("-Xmx" + HEAP_MIB + "m"); // the last -Xmx counts
    jvm.add("-XX:+ExitOnOutOfMemoryError");
    List<String> command =
        new ArrayList<>(plan.pinned() ? List.of("taskset", "-c", "0") : List.of());
    command.addAll(
        JavaCommand.of(
            NodeMain.class,
            jvm,
            Stream.concat(
                    Stream.of(
                        "--listen",
                        "127.0.0.1:" + ports[0],
                        "--operations",
                        "127.0.0.1:" + ports[1]),
                    Stream.of(options))
                .toArray()));
    Path log = plan.folder().resolve(scene + ".log");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    return new SiegeNode(ServerProcess.start("the node (" + log + ")", builder), ports);
  }

  InetSocketAddress data() {
    return data;
  }

  InetSocketAddress operations() {
    return operations;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Returns the path of a group, with a slash at its end. */
  static String path(String group) {
    return Dialect.DAWNCACHE.basePath() + group + "/";
  }

  /**
   * Asks for a page on a connection of its own.
   *
   * @param most how long each read may take, in milliseconds
   */
  static Page page(InetSocketAddress address, String path, int most) throws IOException {
    long start = System.nanoTime();
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(most);
      socket.connect(address, Math.min(most, CONNECT_MILLIS));
      String request = "GET " + path + " HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
      int body = answer.indexOf("\r\n\r\n");
      if (!answer.matches("(?s)HTTP/1\\.1 [0-9]{3}.*") || body < 0) {
        throw new IOException(path + ": " + answer.length() + " bytes (expected: an HTTP answer)");
      }
      int status = Integer.parseInt(answer.substring(9, 12));
      return new Page(status, answer.substring(body + 4), System.nanoTime() - start);
    }
  }

  /** Returns what the node says of itself, on its data port. */
  StatsPage stats() throws IOException {
    Page page = page(data, "/stats", (int) TimeUnit.SECONDS.toMillis(10));
    try {
      return StatsPage.fromJson(page.body());
    } catch (JsonParseException e) {
      throw new IOException("/stats: status " + page.status() + ": " + e.getMessage(), e);
    }
  }

  /** Returns what its process holds now. */
  Held held() throws IOException {
    Path proc = Path.of("/proc", String.valueOf(process.pid()));
    try (Stream<Path> descriptors = Files.list(proc.resolve("fd"))) {
      return new Held(residentBytes(Files.readString(proc.resolve("status"))), descriptors.count());
    }
  }

  /**
   * Returns the physical memory.
   *
   * @param status the contents of {@code /proc/PID/status}
   */
  static long residentBytes(String status) throws IOException {
    return status
            .lines()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .findFirst()
            .orElseThrow(() -> new IOException("no VmRSS (expected: that the node runs, on Linux)"))
        << 10;
  }

  @Override
  public void close() {
    process.close();
  }
}
