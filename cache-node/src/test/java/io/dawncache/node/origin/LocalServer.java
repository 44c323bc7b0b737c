package io.dawncache.node.origin;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A server of another program, which a test runs on loopback. */
public final class LocalServer implements AutoCloseable {
  private final Process process;

  private LocalServer(Process process) {
    this.process = process;
  }

  /** Returns a port that nobody listens on. */
  public static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  /** Starts it, and returns when it listens on {@code port}; it writes to a file in the folder. */
  public static LocalServer start(Path folder, int port, List<String> command) throws IOException {
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    while (!listens(port)) {
      if (!process.isAlive()) {
        throw new IOException(command + ": " + Files.readString(log));
      }
      Thread.onSpinWait();
    }
    return new LocalServer(process);
  }

  private static boolean listens(int port) {
    try (Socket connection = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return connection.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Kills it, and waits for its end. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
