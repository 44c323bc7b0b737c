package io.dawncache.test;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * A port on loopback that others know as a member's address, and behind which the member's server
 * comes and goes. It passes bytes on as they are, holds them, or resets every connection.
 *
 * <p>The port stays bound until the gate is closed, so that no other process can get it while the
 * member is gone. Safe for use by any thread.
 */
final class Gate implements AutoCloseable {
  /** Where the gate listens, and the server behind it. */
  static final String HOST = "127.0.0.1";

  private static final int BACKLOG = 128;
  private static final int BUFFER_BYTES = 16 << 10;
  private static final long CLOSE_SECONDS = 10;

  private enum State {
    /** Bytes pass. */
    OPEN,
    /** Connections are accepted, and their bytes wait. */
    HELD,
    /** Connections are reset. */
    SHUT
  }

  private final ServerSocket listener;
  private final ExecutorService threads;

  @GuardedBy("this")
  private State state = State.SHUT;

  @GuardedBy("this")
  private int serverPort;

  @GuardedBy("this")
  private final Set<Socket> sockets = new HashSet<>();

  /** Opens a port; its connections are reset until the gate is opened. */
  Gate(String name) throws IOException {
    listener = new ServerSocket(0, BACKLOG, address());
    threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    threads.execute(this::acceptAll);
  }

  /** Returns the address of {@link #HOST}, also where the JVM prefers IPv6. */
  private static InetAddress address() throws UnknownHostException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
  }

  /** Returns the port that others connect to. */
  int port() {
    return listener.getLocalPort();
  }

  /** Passes on what waits and what comes, to a server on loopback. */
  synchronized void open(int serverPort) {
    this.serverPort = serverPort;
    state = State.OPEN;
    notifyAll();
  }

  /** Passes on no byte that is sent after this has returned, in neither direction. */
  synchronized void hold() {
    state = State.HELD;
  }

  /** Resets all connections, and each that comes. */
  synchronized void shut() {
    state = State.SHUT;
    notifyAll();
    sockets.forEach(Gate::reset);
    sockets.clear();
  }

  @Override
  public void close() {
    shut();
    try {
      listener.close();
      threads.shutdownNow();
      if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException(
            "a thread of the gate at port " + port() + " has not ended");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void acceptAll() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (admit(client)) {
          threads.execute(() -> connect(client));
        }
      } catch (IOException | RejectedExecutionException e) {
        // The gate is closed, or the process has too many files open at the moment.
      }
    }
  }

  /** Counts a socket among the open ones, or resets it if there are to be none. */
  private synchronized boolean admit(Socket socket) {
    if (state == State.SHUT) {
      reset(socket);
      return false;
    }
    return sockets.add(socket);
  }

  private void connect(Socket client) {
    try {
      Socket server = new Socket(address(), awaitOpen());
      if (admit(server)) {
        threads.execute(() -> pass(server, client));
        pass(client, server);
      }
    } catch (IOException | RejectedExecutionException e) {
      drop(client);
    }
  }

  /** Passes bytes in one direction until their end, which is passed on too. */
  private void pass(Socket from, Socket to) {
    try {
      to.setTcpNoDelay(true);
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[BUFFER_BYTES];
      int length;
      while ((length = in.read(buffer)) >= 0) {
        awaitOpen(); // after the read: what is sent later is read later
        out.write(buffer, 0, length);
      }
      awaitOpen();
      to.shutdownOutput();
      if (from.isOutputShutdown()) { // the other direction has ended, too
        close(from);
        close(to);
      }
    } catch (IOException e) {
      drop(from);
      drop(to);
    }
  }

  /** Waits while the gate is held; returns the port of the server. */
  private synchronized int awaitOpen() throws IOException {
    try {
      while (state == State.HELD) {
        wait();
      }
    } catch (InterruptedException e) {
      throw new IOException("the gate is closed", e);
    }
    if (state == State.SHUT) {
      throw new SocketException("the gate is shut");
    }
    return serverPort;
  }

  private synchronized void drop(Socket socket) {
    if (sockets.remove(socket)) {
      reset(socket);
    }
  }

  /** Ends a connection after its last byte, which a reset could lose. */
  private synchronized void close(Socket socket) throws IOException {
    sockets.remove(socket);
    socket.close();
  }

  private static void reset(Socket socket) {
    try (socket) {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // It is closed.
    }
  }
}
