package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A real name server, dnsmasq, on loopback, whose answers a test changes. */
final class Dnsmasq implements AutoCloseable {
  private static final Path PROGRAM =
      Stream.of("/usr/sbin/dnsmasq", "/usr/local/sbin/dnsmasq", "/opt/homebrew/sbin/dnsmasq")
          .map(Path::of)
          .filter(Files::isExecutable)
          .findFirst()
          .orElseThrow(
              () -> new AssertionError("no dnsmasq here (expected: apt-get install dnsmasq-base)"));

  private final Path folder;
  private final int port;
  private List<String> services = List.of();
  private @Nullable Process process;

  /** Chooses a free port, and starts nothing yet. */
  Dnsmasq(Path folder) throws IOException {
    this.folder = folder;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      this.port = free.getLocalPort();
    }
    hosts();
  }

  int port() {
    return port;
  }

  /** The address as the text of a discovery has it. */
  String address() {
    return "127.0.0.1:" + port;
  }

  /** Sets all addresses of all names, such as {@code 127.0.0.1 a.test}; in force when it starts. */
  void hosts(String... lines) throws IOException {
    Files.write(folder.resolve("hosts"), List.of(lines));
  }

  /** Sets all services, such as {@code _a._tcp.test,b.test,8001}; in force when it starts. */
  void services(String... records) {
    services = List.of(records);
  }

  /** Starts it; when this returns, it answers. */
  void start() throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                PROGRAM.toString(),
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--pid-file=",
                "--user=" + System.getProperty("user.name"),
                "--no-resolv",
                "--no-hosts",
                "--addn-hosts=" + folder.resolve("hosts"),
                "--local=/test/", // it alone knows these names
                "--local-ttl=1",
                "--listen-address=127.0.0.1",
                "--bind-interfaces",
                "--port=" + port));
    services.forEach(service -> command.add("--srv-host=" + service));
    Path log = folder.resolve("dnsmasq.log");
    Process started =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    process = started;
    while (!listens()) {
      if (!started.isAlive()) {
        throw new IOException(command + ": " + Files.readString(log));
      }
      Thread.onSpinWait();
    }
  }

  private boolean listens() {
    try (Socket connection = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return connection.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Sends it a signal, such as HUP, upon which it reads the addresses again. */
  void signal(String name) throws IOException, InterruptedException {
    long pid = Objects.requireNonNull(process).pid();
    Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(pid)).start();
    assertEquals(0, kill.waitFor());
  }

  void stop() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly().onExit().join();
      process = null;
    }
  }

  @Override
  public void close() {
    stop();
  }
}
