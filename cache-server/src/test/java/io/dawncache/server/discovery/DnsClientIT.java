package io.dawncache.server.discovery;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.dns.DnsRecordType;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client of name servers that do not what they should. */
@Timeout(60)
class DnsClientIT {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final String NAME = "nodes.test.";
  private static final int IS_ANSWER = 0x8180;
  private static final int PAUSE_MILLIS = 100; // less than any time-out of the client

  private final DnsClient client = new DnsClient();
  private final List<Thread> serving = new ArrayList<>();
  private ServerSocket tcp;
  private DatagramSocket udp;

  @BeforeEach
  void bind() throws IOException {
    tcp = new ServerSocket(0, 50, LOOPBACK);
    udp = new DatagramSocket(0, LOOPBACK);
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    tcp.close();
    udp.close();
    for (Thread each : serving) {
      each.join();
    }
  }

  @FunctionalInterface
  private interface Task {
    void run() throws IOException;
  }

  /** Runs a server until its socket, or the client's, is closed. */
  private void serve(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException e) {
                // Closed.
              }
            },
            "name-server");
    serving.add(thread);
    thread.start();
  }

  /**
   * Returns an answer.
   *
   * @param counted how many records its head counts
   * @param addresses the last bytes of the addresses that it has
   */
  private static byte[] answer(int id, String name, int counted, int... addresses) {
    ByteBuf message = Unpooled.buffer();
    message.writeShort(id).writeShort(IS_ANSWER);
    message.writeShort(1).writeShort(counted).writeInt(0);
    name(message, name).writeShort(DnsRecordType.A.intValue()).writeShort(1);
    for (int address : addresses) {
      name(message, name).writeShort(DnsRecordType.A.intValue()).writeShort(1);
      message.writeInt(60).writeShort(4).writeInt((10 << 24) | address);
    }
    return ByteBufUtil.getBytes(message);
  }

  private static ByteBuf name(ByteBuf message, String name) {
    for (String label : name.split("\\.", 0)) {
      message.writeByte(label.length()).writeCharSequence(label, US_ASCII);
    }
    return message.writeByte(0);
  }

  /** Takes a question from the connection, and returns its id. */
  private static int idOfQuestion(Socket connection) throws IOException {
    DataInputStream in = new DataInputStream(connection.getInputStream());
    byte[] question = new byte[in.readUnsignedShort()];
    in.readFully(question);
    return idOf(question);
  }

  private static int idOf(byte[] message) {
    return ((message[0] & 0xff) << 8) | (message[1] & 0xff);
  }

  private static void send(Socket connection, byte[] message) throws IOException {
    byte[] framed = new byte[message.length + 2];
    framed[0] = (byte) (message.length >> 8);
    framed[1] = (byte) message.length;
    System.arraycopy(message, 0, framed, 2, message.length);
    connection.getOutputStream().write(framed);
  }

  /** Asks by TCP, or by UDP if nothing listens there. */
  private DnsAnswer ask(int port) throws Exception {
    return client.ask(new InetSocketAddress(LOOPBACK, port), NAME, DnsRecordType.A);
  }

  private String refused(int port) {
    IOException refused = assertThrows(IOException.class, () -> ask(port));
    assertEquals("no answer from 127.0.0.1:" + port, refused.getMessage());
    Throwable cause = refused;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage();
  }

  @Test
  void aWholeAnswerCounts() throws Exception {
    serve(
        () -> {
          try (Socket connection = tcp.accept()) {
            send(connection, answer(idOfQuestion(connection), NAME, 2, 1, 2));
            connection.getInputStream().read();
          }
        });

    assertEquals(
        List.of(InetAddress.getByName("10.0.0.1"), InetAddress.getByName("10.0.0.2")),
        ask(tcp.getLocalPort()).addresses());
  }

  @Test
  void anAnswerWithFewerRecordsThanItsHeadCountsIsNone() {
    serve(
        () -> {
          try (Socket connection = tcp.accept()) {
            send(connection, answer(idOfQuestion(connection), NAME, 3, 1, 2));
            connection.getInputStream().read();
          }
        });

    assertEquals("an answer that ends before its last record", refused(tcp.getLocalPort()));
  }

  @Test
  void aDatagramWithFewerRecordsThanItsHeadCountsIsNone() throws Exception {
    tcp.close();
    serve(
        () -> {
          DatagramPacket question = new DatagramPacket(new byte[512], 512);
          udp.receive(question);
          byte[] answer = answer(idOf(question.getData()), NAME, 3, 1, 2);
          udp.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
        });

    assertEquals("an answer that ends before its last record", refused(udp.getLocalPort()));
  }

  @Test
  void aServerThatAlwaysAnswersSomethingElseIsNotWaitedForLonger() {
    serve(
        () -> {
          try (Socket connection = tcp.accept()) {
            int id = idOfQuestion(connection);
            connection.setSoTimeout(PAUSE_MILLIS);
            do {
              send(connection, answer(id ^ 1, NAME, 1, 1));
              send(connection, answer(id, "other.test.", 1, 1));
            } while (!isClosed(connection));
          }
        });

    assertEquals("none to this question in 2000 ms", refused(tcp.getLocalPort()));
  }

  /** Waits for a moment, and returns whether the client has closed the connection. */
  private static boolean isClosed(Socket connection) throws IOException {
    try {
      return connection.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  @Test
  void aDatagramOfAnotherQuestionIsNotWaitedForLonger() throws Exception {
    tcp.close();
    serve(
        () -> {
          DatagramPacket question = new DatagramPacket(new byte[512], 512);
          udp.receive(question);
          byte[] answer = answer(idOf(question.getData()) ^ 1, NAME, 1, 1);
          udp.setSoTimeout(PAUSE_MILLIS);
          while (!udp.isClosed()) {
            udp.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
            try {
              udp.receive(new DatagramPacket(new byte[512], 512));
            } catch (SocketTimeoutException e) {
              // The client has not closed its socket, or nothing says so.
            }
          }
        });

    assertEquals("none to this question in 2000 ms", refused(udp.getLocalPort()));
  }

  @Test
  void theAnswerCountsAfterOthers() throws Exception {
    serve(
        () -> {
          try (Socket connection = tcp.accept()) {
            int id = idOfQuestion(connection);
            send(connection, answer(id ^ 1, NAME, 1, 9));
            send(connection, answer(id, "other.test.", 1, 9));
            send(connection, answer(id, NAME, 1, 1));
            connection.getInputStream().read();
          }
        });

    assertEquals(List.of(InetAddress.getByName("10.0.0.1")), ask(tcp.getLocalPort()).addresses());
  }
}
