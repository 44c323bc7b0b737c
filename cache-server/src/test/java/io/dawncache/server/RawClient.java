package io.dawncache.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dawncache.core.ByteView;
import io.dawncache.server.wire.pb.Response;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A client that sends whatever bytes a test wants, and reads answers by the letter of HTTP/1.1.
 * Chars are bytes. Blocks at most {@link #PATIENCE_MILLIS} for a byte, then fails the test.
 */
final class RawClient implements Closeable {
  private static final int PATIENCE_MILLIS = 30_000;

  /** An answer: header names in lower case, the body as it came. */
  record Answer(int status, Map<String, String> headers, ByteView body) {
    String text() {
      return body.toUtf8();
    }

    /** Returns the value in a protobuf body. */
    String value() throws IOException {
      assertEquals(200, status, text());
      return Response.parseFrom(body.asReadOnlyBuffer()).getValue().toStringUtf8();
    }

    String header(String name) {
      return headers.get(name);
    }
  }

  private final Socket socket;
  private final InputStream in;

  RawClient(InetSocketAddress server) throws IOException {
    this(new Socket(server.getAddress(), server.getPort()));
  }

  /** Talks on a connection that is open, such as one with TLS. */
  RawClient(Socket connected) throws IOException {
    socket = connected;
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true); // what is written in parts leaves in parts
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** Asks once on a connection of its own. */
  static Answer ask(CacheServer server, String request) throws IOException {
    try (RawClient client = new RawClient(server.address())) {
      return client.send(request).answer(request.startsWith("HEAD"));
    }
  }

  /** Gets a path on a connection of its own, with more header lines, each ending in CRLF. */
  static Answer get(CacheServer server, String path, String headers) throws IOException {
    return ask(server, "GET " + path + " HTTP/1.1\r\nHost: test\r\n" + headers + "\r\n");
  }

  static Answer get(CacheServer server, String path) throws IOException {
    return get(server, path, "");
  }

  RawClient send(String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
    return this;
  }

  Answer answer() throws IOException {
    return answer(false);
  }

  private Answer answer(boolean toHead) throws IOException {
    String statusLine = line();
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    boolean hasBody = !toHead && !statusLine.contains(" 101 ");
    int length = hasBody ? Integer.parseInt(headers.get("content-length")) : 0;
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("body: " + body.length + " bytes (expected: " + length + ")");
    }
    int status = Integer.parseInt(statusLine.substring(9, 12)); // after "HTTP/1.1 "
    return new Answer(status, headers, ByteView.copyOf(body));
  }

  RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** Returns the next bytes, whatever they are. */
  byte[] bytes(int count) throws IOException {
    return in.readNBytes(count);
  }

  /** Ends this side, and still reads. */
  void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Reads to the end of the stream; returns what came before it. */
  String rest() throws IOException {
    StringBuilder rest = new StringBuilder();
    try {
      for (int b = in.read(); b >= 0; b = in.read()) {
        rest.append((char) b);
      }
    } catch (SocketException e) {
      // A reset is an end, too.
    }
    return rest.toString();
  }

  /** Reads to the end of the stream; returns whether the server closed it, by FIN or by reset. */
  boolean isClosedByServer() throws IOException {
    try {
      in.readAllBytes();
      return true;
    } catch (SocketException e) {
      return true;
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("closed after: " + line);
      }
      line.write(b);
    }
    return line.toString(ISO_8859_1).stripTrailing();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
