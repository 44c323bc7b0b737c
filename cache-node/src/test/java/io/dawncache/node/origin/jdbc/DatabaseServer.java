package io.dawncache.node.origin.jdbc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real database server on loopback, with its data in a folder of its own, which a test stops and
 * starts again at the same port. It runs as nobody if the test runs as root.
 */
abstract class DatabaseServer {
  static final String USER = "dawn";
  static final String PASSWORD = "s3cr3t";

  private static final boolean IS_ROOT = System.getProperty("user.name").equals("root");

  private final Path folder;
  private final int port;
  private @Nullable Process process;

  DatabaseServer() throws IOException {
    folder = Files.createTempDirectory("dawncache-database");
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
  }

  /** The folder, which belongs to the user that the server runs as. */
  Path folder() {
    return folder;
  }

  int port() {
    return port;
  }

  /** The URL without user and password. */
  abstract String url();

  /** The command line of the server. */
  abstract List<String> command() throws IOException;

  /** Waits until it answers. */
  void start() throws IOException, InterruptedException {
    Path log = folder.resolve("server.log");
    Process started = started(command(), log);
    process = started;
    while (!answers()) {
      if (!started.isAlive()) {
        throw new IOException(command() + ": " + Files.readString(log));
      }
      started.waitFor(20, TimeUnit.MILLISECONDS);
    }
  }

  private boolean answers() {
    try (Connection connection = connect()) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(url(), USER, PASSWORD);
  }

  void run(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** Kills it, as a machine that fails does. */
  void kill() throws IOException, InterruptedException {
    Process running = process;
    if (running != null) {
      List<ProcessHandle> children = running.descendants().toList();
      running.destroyForcibly().waitFor();
      for (ProcessHandle child : children) {
        child.destroyForcibly();
        child.onExit().join();
      }
      process = null;
    }
  }

  /** Sends the server and what it has forked a signal, such as STOP or CONT. */
  void signal(String name) throws IOException, InterruptedException {
    Process running = process;
    if (running != null) {
      for (ProcessHandle each :
          Stream.concat(Stream.of(running.toHandle()), running.descendants()).toList()) {
        new ProcessBuilder("kill", "-" + name, String.valueOf(each.pid())).start().waitFor();
      }
    }
  }

  /** Kills it and deletes its data. */
  void close() throws IOException, InterruptedException {
    kill();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Runs a command to its end. */
  void finish(List<String> command) throws IOException, InterruptedException {
    Path log = folder.resolve("command.log");
    if (started(command, log).waitFor() != 0) {
      throw new IOException(command + ": " + Files.readString(log));
    }
  }

  private Process started(List<String> command, Path log) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>();
    if (IS_ROOT) {
      Process chown =
          new ProcessBuilder("chown", "-R", "65534:65534", folder.toString()).inheritIO().start();
      chown.waitFor();
      all.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
    }
    all.addAll(command);
    return new ProcessBuilder(all)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  /** Returns the first of these paths that is a program, or fails with how to install it. */
  static Path program(String packages, Stream<Path> paths) {
    return paths
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () -> new AssertionError("missing here (expected: apt-get install " + packages + ")"));
  }
}
