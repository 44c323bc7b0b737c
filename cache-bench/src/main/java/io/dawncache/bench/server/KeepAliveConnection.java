package io.dawncache.bench.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;

/**
 * A client that costs as little as possible beside the server: one blocking socket, requests as
 * ready bytes; it parses only the status and the length of an answer. Not thread-safe.
 */
public final class KeepAliveConnection implements Closeable {
  private static final String OK = "HTTP/1.1 200 ";
  private static final String CONTENT_LENGTH = "content-length: ";

  private final InputStream in;
  private final OutputStream out;
  private final Closeable socket;
  private final byte[] answer = new byte[8192];
  private int filled;

  KeepAliveConnection(InputStream in, OutputStream out, Closeable socket) {
    this.in = in;
    this.out = out;
    this.socket = socket;
  }

  /** Connects to a server on this machine. */
  public static KeepAliveConnection open(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    return new KeepAliveConnection(socket.getInputStream(), socket.getOutputStream(), socket);
  }

  /** Returns the bytes of a request for {@code path}. */
  public static byte[] request(String path) {
    return ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").getBytes(ISO_8859_1);
  }

  /**
   * Sends a request and reads its whole answer.
   *
   * @return how many bytes the body has
   * @throws IOException if the answer is not 200, has no Content-Length, or is followed by more
   *     bytes
   */
  public int get(byte[] request) throws IOException {
    out.write(request);
    filled = 0;
    int head = headBytes(0);
    while (head < 0) {
      int searched = Math.max(0, filled - 3); // the blank line may arrive in pieces
      read();
      head = headBytes(searched);
    }
    if (!startsWith(OK, 0)) {
      throw new IOException("answer: " + shown(head) + " (expected: " + OK.strip() + ")");
    }
    int body = contentLength(head);
    while (filled < head + body) {
      read();
    }
    if (filled > head + body) {
      throw new IOException(
          "answer: " + (filled - head - body) + " bytes too many after " + shown(head));
    }
    return body;
  }

  private void read() throws IOException {
    if (filled == answer.length) {
      throw new IOException("answer: more than " + answer.length + " bytes");
    }
    int count = in.read(answer, filled, answer.length - filled);
    if (count < 0) {
      throw new EOFException("answer: ended after " + filled + " bytes");
    }
    filled += count;
  }

  /** Returns where the head ends, with its blank line, or -1 if it has not arrived yet. */
  private int headBytes(int from) {
    for (int i = from; i + 3 < filled; i++) {
      if (answer[i] == '\r'
          && answer[i + 1] == '\n'
          && answer[i + 2] == '\r'
          && answer[i + 3] == '\n') {
        return i + 4;
      }
    }
    return -1;
  }

  private int contentLength(int head) throws IOException {
    for (int i = 0; i + 1 < head; i++) {
      if (answer[i] == '\n' && startsWith(CONTENT_LENGTH, i + 1)) {
        int length = 0;
        for (int j = i + 1 + CONTENT_LENGTH.length(); answer[j] >= '0' && answer[j] <= '9'; j++) {
          length = 10 * length + answer[j] - '0';
        }
        return length;
      }
    }
    throw new IOException("answer: " + shown(head) + " (expected: Content-Length)");
  }

  /** Compares without regard to case. */
  private boolean startsWith(String text, int from) {
    if (from + text.length() > filled) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (Character.toLowerCase(answer[from + i]) != Character.toLowerCase(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private String shown(int head) {
    return new String(answer, 0, head, ISO_8859_1).strip().replaceAll("\\s*\\R", "; ");
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
