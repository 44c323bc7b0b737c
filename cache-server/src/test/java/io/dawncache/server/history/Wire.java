package io.dawncache.server.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A connection between the test and one of its nodes that carries lines of words. Any thread may
 * send, one receives.
 */
final class Wire implements AutoCloseable {
  private final Socket socket;
  private final BufferedReader in;
  private final BufferedWriter out;

  Wire(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    out = new BufferedWriter(new OutputStreamWriter(socket.getOutputStream(), UTF_8));
  }

  /** Sends a line; what the other side does not hear because it is gone, it need not. */
  synchronized void send(Object... words) {
    try {
      out.write(Arrays.stream(words).map(String::valueOf).collect(Collectors.joining(" ")));
      out.write('\n');
      out.flush();
    } catch (IOException e) {
      // Whoever receives will notice.
    }
  }

  /** Waits for the next line; null if the other side is gone. */
  @Nullable List<String> receive() {
    try {
      String line = in.readLine();
      return line == null ? null : List.of(line.split(" ", -1));
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
