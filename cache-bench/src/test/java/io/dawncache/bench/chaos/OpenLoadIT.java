package io.dawncache.bench.chaos;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteView;
import io.dawncache.server.wire.GroupcacheCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What counts as a failure, against nodes that behave as the test says. */
final class OpenLoadIT {
  private static final int COUNT = 40;
  private static final int RATE = 200;

  private final CountingOrigin origin = new CountingOrigin("127.0.0.1");
  private final Keys keys = new Keys(COUNT, origin.values()::of);

  @AfterEach
  void close() {
    origin.close();
  }

  @Test
  void everyKeyIsAskedForAndItsBytesAreChecked() throws Exception {
    try (FakeNode node = new FakeNode(FakeNode.AFTER_ALL, "")) {
      List<Answers.Answer> answers = sweep(node);

      assertEquals(COUNT, answers.size());
      assertEquals(List.of(), failures(answers));
      assertEquals(COUNT, answers.stream().map(Answers.Answer::key).distinct().count());
    }
  }

  @Test
  void anotherValueIsAFailure() throws Exception {
    try (FakeNode node = new FakeNode(FakeNode.AFTER_ALL, "x")) {
      assertEquals(List.of("another value"), failures(sweep(node)));
    }
  }

  @Test
  void aKeptConnectionThatIsClosedSendsItsNextRequestToAnotherNode() throws Exception {
    try (FakeNode closing = new FakeNode(1, "");
        FakeNode staying = new FakeNode(FakeNode.AFTER_ALL, "")) {
      List<Answers.Answer> answers = sweep(closing, staying);

      assertEquals(COUNT, answers.size());
      assertEquals(List.of(), failures(answers));
      assertTrue(answers.stream().anyMatch(Answers.Answer::moved));
    }
  }

  @Test
  void aFreshConnectionThatIsClosedWithoutAnAnswerIsAFailure() throws Exception {
    try (FakeNode closing = new FakeNode(0, "");
        FakeNode staying = new FakeNode(FakeNode.AFTER_ALL, "")) {
      assertEquals(
          List.of("connection closed before the answer"), failures(sweep(closing, staying)));
    }
  }

  @Test
  void aNodeThatTakesNoConnectionIsLeftOutAndNothingFails() throws Exception {
    FakeNode gone = new FakeNode(FakeNode.AFTER_ALL, "");
    gone.close();
    try (FakeNode staying = new FakeNode(FakeNode.AFTER_ALL, "")) {
      List<Answers.Answer> answers = sweep(gone, staying);

      assertEquals(List.of(), failures(answers));
      assertTrue(answers.stream().filter(Answers.Answer::moved).count() < COUNT / 2);
    }
  }

  @Test
  void whatIsNoAnswerWithAValueIsAFailure() throws Exception {
    // Each ends its connection, so that no request is sent on one that the node has closed.
    String ok = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ";
    Map<String, String> reasons =
        Map.of(
            ok.replace("200 OK", "503 Unavailable") + "0\r\n\r\n",
            "status 503",
            ok + "2\r\n\r\n\n\u007f",
            "a body that is no value",
            ok + "0\r\n\r\n",
            "another value",
            ok + "9\r\n\r\nhalf",
            "connection closed before the answer",
            "SMTP 220 hello\r\n\r\n",
            "an answer that is not HTTP");
    for (Map.Entry<String, String> reason : reasons.entrySet()) {
      try (FakeNode node = new FakeNode(FakeNode.AFTER_ALL, "")) {
        node.alwaysAnswer(reason.getKey());
        assertEquals(List.of(reason.getValue()), failures(sweep(node)), reason::getKey);
      }
    }
  }

  @Test
  void ifNoNodeTakesARequestItFails() throws Exception {
    FakeNode gone = new FakeNode(FakeNode.AFTER_ALL, "");
    gone.close();
    assertEquals(List.of("no node took it"), failures(sweep(gone)));
  }

  @Test
  void requestsAreSentWhenTheyAreDueAlthoughEarlierOnesWait() throws Exception {
    try (FakeNode node = new FakeNode(FakeNode.AFTER_ALL, "")) {
      node.hold();
      List<Answers.Answer> answers = sweep(node); // the node answers none until it has all

      assertEquals(List.of(), failures(answers));
      long firstDue = answers.stream().mapToLong(Answers.Answer::dueNanos).min().orElseThrow();
      long lastDue = answers.stream().mapToLong(Answers.Answer::dueNanos).max().orElseThrow();
      long wantedNanos = (COUNT - 1) * 1_000_000_000L / RATE;
      assertTrue(Math.abs(lastDue - firstDue - wantedNanos) < 1_000);
      for (Answers.Answer answer : answers) {
        assertTrue(answer.latencyNanos() >= lastDue - answer.dueNanos());
      }
    }
  }

  private List<Answers.Answer> sweep(FakeNode... nodes) throws Exception {
    List<Target> targets =
        List.of(nodes).stream().map(node -> new Target(Nodes.at(node.address()))).toList();
    try (OpenLoad load = new OpenLoad(keys, "/", targets)) {
      long startNanos = System.nanoTime();
      Series sweep = Series.sweep(RATE, COUNT);
      load.start(sweep);
      sweep.ended().get(20, TimeUnit.SECONDS);
      return load.answers().in(Scene.since(startNanos));
    }
  }

  /** Returns the different reasons. */
  private static List<String> failures(List<Answers.Answer> answers) {
    return List.copyOf(Answers.failures(answers).keySet());
  }

  /** A node that answers some requests of each connection and closes it at the next. */
  private final class FakeNode implements AutoCloseable {
    static final int AFTER_ALL = Integer.MAX_VALUE;

    private final ServerSocket listener =
        new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final int answers;
    private final String appended;
    private volatile CountDownLatch held = new CountDownLatch(0);
    private volatile @Nullable String always;

    FakeNode(int answers, String appended) throws IOException {
      this.answers = answers;
      this.appended = appended;
      start(this::accept);
    }

    InetSocketAddress address() {
      return InetSocketAddress.createUnresolved("127.0.0.1", listener.getLocalPort());
    }

    /** Answers nothing from now on until all requests have come. */
    void hold() {
      held = new CountDownLatch(COUNT);
    }

    /** Answers each request with these characters from now on, and closes the connection. */
    void alwaysAnswer(String text) {
      always = text;
    }

    private void start(Runnable task) {
      Thread thread = new Thread(task, "fake-node");
      thread.setDaemon(true);
      thread.start();
    }

    private void accept() {
      try {
        while (true) {
          Socket connection = listener.accept();
          start(() -> serve(connection));
        }
      } catch (IOException e) {
        // The test has ended.
      }
    }

    private void serve(Socket connection) {
      try (connection) {
        BufferedReader in =
            new BufferedReader(new InputStreamReader(connection.getInputStream(), ISO_8859_1));
        for (int served = 0; ; served++) {
          String request = in.readLine();
          while (request != null && !in.readLine().isEmpty()) {
            // The rest of the head does not matter.
          }
          if (request == null || served == answers) {
            return; // all of the request is read, so this closes and does not reset
          }
          held.countDown();
          held.await();
          String text = always;
          if (text != null) {
            connection.getOutputStream().write(text.getBytes(ISO_8859_1));
            return;
          }
          answer(request.split(" ", 3)[1].substring(1), connection.getOutputStream());
        }
      } catch (IOException e) {
        // The client has closed it.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void answer(String key, OutputStream out) throws IOException {
      ByteView value = ByteView.ofUtf8(origin.values().of(key) + appended);
      ByteBuf body = GroupcacheCodec.encodeResponse(value, UnpooledByteBufAllocator.DEFAULT);
      String head = "HTTP/1.1 200 OK\r\nContent-Length: " + body.readableBytes() + "\r\n\r\n";
      byte[] bytes = ByteBufUtil.getBytes(body);
      body.release();
      out.write(head.getBytes(UTF_8));
      out.write(bytes);
      out.flush();
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }
}
