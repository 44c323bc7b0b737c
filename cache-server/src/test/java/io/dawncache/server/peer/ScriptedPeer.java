package io.dawncache.server.peer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.protobuf.ByteString;
import io.dawncache.server.wire.pb.FetchRequest;
import io.dawncache.server.wire.pb.KeyAnswer;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A node made by hand: a listener on loopback that follows one script a connection, in the order in
 * which they come, each on a thread of its own. Connections beyond the scripts follow the last.
 */
final class ScriptedPeer implements AutoCloseable {
  static final int FETCH = 1;
  static final int FETCHED = 2;
  static final int GET_ALL = 3;
  static final int RESULTS = 4;
  static final int FORGET = 5;
  static final int COORDINATE = 6;
  static final int OPERATED = 7;
  static final int CANCEL = 8;
  static final int PING = 9;
  static final int PONG = 10;
  static final int MEMBERS = 13;
  static final int CREDIT = 11;
  static final int GO_AWAY = 12;
  static final int MORE = 128;

  /** A frame as it was read. */
  record Frame(int kind, int id, ByteString payload) {
    /** Returns the key that a fetch asks for. */
    String key() throws IOException {
      return FetchRequest.parseFrom(payload).getKey();
    }
  }

  /** What the peer does with one connection, which is closed at the end. */
  @FunctionalInterface
  interface Script {
    void follow(Wire wire) throws Exception;
  }

  private final ServerSocket listener;
  private final List<Script> scripts;
  private final AtomicInteger accepted = new AtomicInteger();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

  ScriptedPeer(Script... scripts) throws IOException {
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.scripts = List.of(scripts);
    start(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  int accepted() {
    return accepted.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        sockets.add(socket);
        Script script = scripts.get(Math.min(accepted.getAndIncrement(), scripts.size() - 1));
        start(() -> follow(script, socket));
      }
    } catch (IOException e) {
      // The listener is closed: the test is over.
    }
  }

  private void follow(Script script, Socket socket) {
    try (socket) {
      script.follow(new Wire(socket));
    } catch (Throwable t) {
      failures.add(t);
    }
  }

  private void start(Runnable task) {
    Thread thread = new Thread(task, "scripted-peer");
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  /** Ends what is left of the scripts that have not failed, and fails if one has. */
  @Override
  public void close() throws IOException {
    List<Throwable> failed = new ArrayList<>(failures);
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    for (Thread thread : threads) {
      thread.interrupt();
    }
    if (!failed.isEmpty()) {
      throw new AssertionError("a script failed", failed.get(0));
    }
  }

  /** One connection as the peer sees it. */
  static final class Wire {
    private static final String GRANT =
        """
        HTTP/1.1 101 Switching Protocols\r
        Connection: Upgrade\r
        Upgrade: dawncache-frames/1\r
        \r
        """;

    private static final Pattern CONTENT_LENGTH =
        Pattern.compile("\ncontent-length: ([0-9]+)\r\n", Pattern.CASE_INSENSITIVE);

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Wire(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream());
      this.out = socket.getOutputStream();
    }

    /** Waits for the next byte; returns false at the end of the stream. */
    boolean hasMore() throws IOException {
      in.mark(1);
      boolean more = in.read() >= 0;
      in.reset();
      return more;
    }

    /** Reads a request without a body, from its first byte to its empty line. */
    String readRequest() throws IOException {
      StringBuilder request = new StringBuilder();
      while (request.indexOf("\r\n\r\n") < 0) {
        int b = in.read();
        if (b < 0) {
          throw new IOException("end of the stream after: " + request);
        }
        request.append((char) b);
      }
      return request.toString();
    }

    /** Reads a request and its body, whose length it says; returns the body. */
    byte[] readMessage() throws IOException {
      return readBodyOf(readRequest());
    }

    /** Reads the body of {@code request}, whose length it says. */
    byte[] readBodyOf(String request) throws IOException {
      Matcher length = CONTENT_LENGTH.matcher(request);
      if (!length.find()) {
        throw new IOException("no Content-Length in: " + request);
      }
      return in.readNBytes(Integer.parseInt(length.group(1)));
    }

    /** Writes a whole 200 with these header lines, each ending in CRLF, and this body. */
    void answer(String headers, byte[] body) throws IOException {
      write("HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + body.length + "\r\n\r\n");
      write(body);
    }

    /** Writes one chunk of a body that comes in chunks; an empty one is the last. */
    void chunk(byte[] bytes) throws IOException {
      write(Integer.toHexString(bytes.length) + "\r\n");
      write(bytes);
      write("\r\n");
    }

    void write(String text) throws IOException {
      write(text.getBytes(ISO_8859_1));
    }

    void write(byte[] bytes) throws IOException {
      out.write(bytes);
    }

    /** Writes a whole answer with that value, of less than 128 bytes. */
    void answer(String value) throws IOException {
      write(
          "HTTP/1.1 200 OK\r\nDawncache-Status: value\r\n"
              + "Content-Type: application/x-protobuf\r\nContent-Length: "
              + (value.length() + 2)
              + "\r\n\r\n\n"
              + (char) value.length()
              + value);
    }

    /** Reads the wish to go on in frames, and grants it. */
    void grantFrames() throws IOException {
      String wish = readRequest();
      if (!wish.contains("\r\nupgrade: dawncache-frames/2, dawncache-frames/1\r\n")) {
        throw new IOException("no wish for frames in: " + wish);
      }
      write(GRANT);
      writeFrame(PONG, 0, new byte[0]);
    }

    /** Reads the wish to go on in frames, and grants it in one write with a first frame. */
    void grantFramesAnd(int kind, int id, byte[] payload) throws IOException {
      readRequest();
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.writeBytes(GRANT.getBytes(ISO_8859_1));
      all.writeBytes(frame(kind, id, payload));
      write(all.toByteArray());
    }

    /** Reads one frame. */
    Frame readFrame() throws IOException {
      DataInputStream data = new DataInputStream(in);
      int length = data.readInt();
      int id = data.readInt();
      int kind = data.readByte() & 0xff;
      return new Frame(kind, id, ByteString.copyFrom(in.readNBytes(length)));
    }

    /** Writes one frame; a kind above 127 says that more follows. */
    void writeFrame(int kind, int id, byte[] payload) throws IOException {
      write(frame(kind, id, payload));
    }

    private static byte[] frame(int kind, int id, byte[] payload) throws IOException {
      ByteArrayOutputStream frame = new ByteArrayOutputStream();
      DataOutputStream data = new DataOutputStream(frame);
      data.writeInt(payload.length);
      data.writeInt(id);
      data.writeByte(kind);
      data.write(payload);
      return frame.toByteArray();
    }

    /** Answers a fetch with a value. */
    void answerFetch(int id, String value) throws IOException {
      KeyAnswer answer = KeyAnswer.newBuilder().setValue(ByteString.copyFromUtf8(value)).build();
      writeFrame(FETCHED, id, answer.toByteArray());
    }

    /** Returns when the other side has ended the connection. */
    void readToTheEnd() throws IOException {
      try {
        while (in.read() >= 0) {
          // what still comes is of no interest
        }
      } catch (SocketException e) {
        // ended by a reset
      }
    }

    /** Has the connection end by a reset and not by an end of the stream. */
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }
}
