package io.dawncache.node.origin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import io.dawncache.server.testing.Corpus;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.core5.io.CloseMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The http origin in front of a socket that answers as it likes. */
@Timeout(60)
class HostileOriginIT {
  private static final int MAX_BYTES = 1000;
  private static final Duration PATIENT = Duration.ofSeconds(30);

  /** To begin with; a busy machine gets more until the expected point is reached. */
  private static final Duration SHORT = Duration.ofMillis(300);

  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String CHUNKED = OK + "Transfer-Encoding: chunked\r\n\r\n";

  /** What answers are that come at once, and what must become of them. */
  private static final String ANSWERS = "/io/dawncache/node/origin/origins.corpus";

  private static final Set<String> KEYS = Set.of("answer", "end", "expect");

  /** What the server does on a connection with each request that it has read. */
  @FunctionalInterface
  interface Script {
    /** Answers the {@code n}th request, from 1 on, of the connection; returns whether to go on. */
    boolean answer(int n, Socket connection, OutputStream out) throws Exception;
  }

  /** A kind of answer, and what must become of it: a value, or a failure with these words. */
  record Row(String name, Duration timeout, String outcome, Script script) {
    String outcome(Duration timeout) {
      return outcome.replace("TIME", timeout.toMillis() + " ms");
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private final Queue<Closeable> open = new ConcurrentLinkedQueue<>();
  private final LinkedBlockingQueue<String> requests = new LinkedBlockingQueue<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final Queue<String> askedAddresses = new ConcurrentLinkedQueue<>();
  private volatile Script script;
  private int port;

  @BeforeEach
  void listen() throws IOException {
    port = listen("127.0.0.1", 0);
  }

  private int listen(String address, int wanted) throws IOException {
    ServerSocket server = new ServerSocket();
    open.add(server);
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(address, wanted));
    daemon(
        () -> {
          while (true) {
            Socket connection = server.accept();
            open.add(connection);
            connections.incrementAndGet();
            askedAddresses.add(address);
            daemon(() -> serve(connection));
          }
        });
    return server.getLocalPort();
  }

  @AfterEach
  void close() throws IOException {
    for (Closeable socket : open) {
      socket.close();
    }
  }

  private interface Task {
    void run() throws Exception;
  }

  private static void daemon(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (Exception e) {
                // The socket was closed: by the other side, or at the end of the test.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private void serve(Socket connection) throws Exception {
    try (connection) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(connection.getInputStream(), ISO_8859_1));
      for (int n = 1; ; n++) {
        StringBuilder request = new StringBuilder();
        for (String line = in.readLine(); line == null || !line.isEmpty(); line = in.readLine()) {
          if (line == null) {
            return;
          }
          request.append(line).append('\n');
        }
        requests.add(request.toString());
        if (!script.answer(n, connection, connection.getOutputStream())) {
          return;
        }
      }
    }
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(ISO_8859_1));
    out.flush();
  }

  private static Script thenKeepOpen(String text) {
    return (n, connection, out) -> {
      write(out, text);
      return true;
    };
  }

  private static Script thenClose(String text) {
    return (n, connection, out) -> {
      write(out, text);
      return false;
    };
  }

  private static Script thenReset(String text) {
    return (n, connection, out) -> {
      write(out, text);
      connection.setSoLinger(true, 0);
      return false;
    };
  }

  private static Script withoutEnd(String head, String piece) {
    return (n, connection, out) -> {
      write(out, head);
      while (true) {
        write(out, piece);
      }
    };
  }

  private static final Script DRIPS =
      (n, connection, out) -> {
        write(out, OK + "Content-Length: 1000\r\n\r\n");
        connection.setSoTimeout(20);
        while (true) {
          write(out, "x");
          try {
            connection.getInputStream().read();
          } catch (SocketTimeoutException e) {
            // Time for the next byte.
          }
        }
      };

  private static Row failure(String name, String reason, Script script) {
    return new Row(name + " without end", PATIENT, "origin: " + reason, script);
  }

  private static Row stall(String name, String reason, String sent) {
    return new Row(name, SHORT, "origin: " + reason, thenKeepOpen(sent));
  }

  static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (Corpus.Case next : Corpus.read(HostileOriginIT.class, ANSWERS, KEYS)) {
      String answer = next.text("answer");
      Script script =
          switch (next.text("end")) {
            case "close" -> thenClose(answer);
            case "reset" -> thenReset(answer);
            default -> thenKeepOpen(answer);
          };
      rows.add(new Row(next.toString(), PATIENT, next.text("expect"), script));
    }
    addStalls(rows);
    addAnswersWithoutEnd(rows);
    return rows;
  }

  private static void addStalls(List<Row> rows) {
    rows.add(stall("silence", "no answer in TIME", ""));
    rows.add(stall("a stall in the status line", "no answer in TIME", "HTTP/1.1 20"));
    rows.add(stall("a stall in the head", "no answer in TIME", OK + "Content-Le"));
    rows.add(
        stall(
            "a stall in the body",
            "no whole answer in TIME",
            OK + "Content-Length: 10\r\n\r\nhalf"));
    rows.add(stall("a stall in a chunk", "no whole answer in TIME", CHUNKED + "5\r\nhe"));
    rows.add(
        stall(
            "a stall before the last chunk",
            "no whole answer in TIME",
            CHUNKED + "5\r\nhello\r\n"));
    rows.add(
        stall(
            "a body up to a close that never comes", "no whole answer in TIME", OK + "\r\nhello"));
    rows.add(new Row("a body that drips", SHORT, "origin: no whole answer in TIME", DRIPS));
    rows.add(
        new Row(
            "404 with a stall in its body",
            SHORT,
            "not found",
            thenKeepOpen("HTTP/1.1 404 N\r\nContent-Length: 10\r\n\r\nhalf")));
  }

  private static void addAnswersWithoutEnd(List<Row> rows) {
    String tooLong = "body: too long (expected: <= 1000 bytes)";
    String notFound = "HTTP/1.1 404 N\r\nTransfer-Encoding: chunked\r\n\r\n";
    rows.add(failure("chunks", tooLong, withoutEnd(CHUNKED, "3\r\nabc\r\n")));
    rows.add(failure("a body", tooLong, withoutEnd(OK + "\r\n", "x".repeat(1000))));
    rows.add(
        new Row(
            "a body of 404 without end", PATIENT, "not found", withoutEnd(notFound, "1\r\nx\r\n")));
    rows.add(
        failure(
            "a body of 500", "status 500", withoutEnd("HTTP/1.1 500 E\r\n\r\n", "x".repeat(1000))));
    rows.add(
        failure("interim answers", "malformed answer", withoutEnd("", "HTTP/1.1 103 E\r\n\r\n")));
    rows.add(
        failure("headers", "malformed answer", withoutEnd(OK, "X: " + "y".repeat(1000) + "\r\n")));
    rows.add(failure("a header line", "malformed answer", withoutEnd(OK + "X: ", "yyyyyyyyyy")));
    rows.add(failure("a status line", "malformed answer", withoutEnd("HTTP/1.1 200 ", "OOOOOOO")));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void everyAnswerIsAWholeValueOrAFailureThatSaysWhy(Row row) throws Exception {
    script = row.script();
    Duration timeout = row.timeout();
    String expected = row.outcome(timeout);
    String outcome = outcome(timeout);
    while (!outcome.equals(expected) && timeout.compareTo(PATIENT) < 0) {
      timeout = timeout.multipliedBy(4);
      expected = row.outcome(timeout);
      outcome = outcome(timeout);
    }
    assertEquals(expected, outcome);
  }

  private String outcome(Duration timeout) throws Exception {
    try {
      return outcome(getter(timeout, "127.0.0.1").load("Tom"));
    } catch (IOException e) {
      String detail = e.getCause().getMessage();
      assertTrue(detail.startsWith("GET http://127.0.0.1:" + port + "/items/Tom: "), detail);
      return e.getMessage();
    }
  }

  private static String outcome(Loaded loaded) {
    if (loaded.value() != null) {
      return "value \"" + loaded.value().toUtf8() + "\"";
    }
    return loaded.rejection() == null ? "not found" : "rejected";
  }

  @Test
  void theNextLoadAfterAnyFailureGetsItsOwnAnswer() throws Exception {
    Getter getter = getter(PATIENT, "127.0.0.1");
    for (Row row : rows()) {
      if (row.timeout().equals(PATIENT)) {
        script = row.script();
        try {
          getter.load("Tom");
        } catch (IOException e) {
          // Most rows are failures.
        }
        script = thenKeepOpen(OK + "Content-Length: 4\r\n\r\nnext");
        assertEquals("next", getter.load("Jack").value().toUtf8(), row.name());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"Content-Length: 900, 900", "Transfer-Encoding: chunked, 8192"})
  void aBodyIsInTheAccountBeforeItIsRead(String framing, long bytes) throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    boolean chunked = framing.startsWith("Transfer");
    script =
        (n, connection, out) -> {
          write(out, OK + framing + "\r\n\r\n" + (chunked ? "384\r\n" : "") + "x".repeat(450));
          seen.await();
          write(out, "x".repeat(450) + (chunked ? "\r\n0\r\n\r\n" : ""));
          return true;
        };
    try (CacheNode node = CacheNode.create()) {
      CompletableFuture<ByteView> get =
          node.addGroup("g", getter(PATIENT, "127.0.0.1")).getAsync("Tom");
      while (node.bytesInFlight().bytes() == 0) {
        Thread.onSpinWait();
      }
      assertEquals(bytes, node.bytesInFlight().bytes());

      seen.countDown();

      assertEquals(900, get.get().length());
      assertEquals(0, node.bytesInFlight().bytes());
    }
  }

  @Test
  void aConnectionIsUsedAgain() throws Exception {
    script = thenKeepOpen(OK + "Content-Length: 1\r\n\r\nx");
    Getter getter = getter(PATIENT, "127.0.0.1");

    getter.load("Tom");
    getter.load("Jack");

    assertEquals(1, connections.get());
  }

  @Test
  void anAnswerOfNotFoundLeavesItsConnectionUsable() throws Exception {
    script = thenKeepOpen("HTTP/1.1 404 N\r\nContent-Length: 4\r\n\r\nnone");
    Getter getter = getter(PATIENT, "127.0.0.1");

    assertEquals(Loaded.notFound(), getter.load("Tom"));
    assertEquals(Loaded.notFound(), getter.load("Jack"));

    assertEquals(1, connections.get());
  }

  @Test
  void aKeptConnectionThatIsClosedOrResetUnansweredIsRepeatedOnce() throws Exception {
    for (boolean reset : new boolean[] {false, true}) {
      script =
          (n, connection, out) -> {
            if (n == 1) {
              write(out, OK + "Content-Length: 1\r\n\r\nx");
              return true;
            }
            connection.setSoLinger(reset, 0);
            return false;
          };
      Getter getter = getter(PATIENT, "127.0.0.1");

      for (int i = 0; i < 5; i++) {
        assertEquals("x", getter.load("Tom").value().toUtf8());
      }
    }
  }

  @Test
  void allKeptConnectionsMayBeClosedAtOnce() throws Exception {
    int loads = 8;
    CountDownLatch allAsked = new CountDownLatch(loads);
    script =
        (n, connection, out) -> {
          allAsked.countDown();
          allAsked.await();
          write(out, OK + "Content-Length: 1\r\n\r\nx");
          return false;
        };
    Getter getter = getter(PATIENT, "127.0.0.1");
    List<Thread> threads = new ArrayList<>();
    Queue<String> values = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < loads; i++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  values.add(getter.load("Tom").value().toUtf8());
                } catch (Exception e) {
                  values.add(e.toString());
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertEquals("x", getter.load("Tom").value().toUtf8());
    assertEquals(List.of("x", "x", "x", "x", "x", "x", "x", "x"), List.copyOf(values));
  }

  @Test
  void whatFollowsAnAnswerIsNeverTheNextOne() throws Exception {
    script =
        thenKeepOpen(
            OK + "Content-Length: 5\r\n\r\nfirst" + OK + "Content-Length: 6\r\n\r\nPOISON");
    Getter getter = getter(PATIENT, "127.0.0.1");

    assertEquals("first", getter.load("Tom").value().toUtf8());
    assertEquals("first", getter.load("Jack").value().toUtf8());
    assertEquals(2, connections.get());
  }

  @Test
  void theRequestAsksForTheBytesAsTheyAre() throws Exception {
    script = thenKeepOpen(OK + "Content-Length: 1\r\n\r\nx");

    getter(PATIENT, "127.0.0.1").load("Tom");

    String request = requests.take();
    assertTrue(request.contains("\nAccept-Encoding: identity\n"), request);
    assertTrue(request.contains("\nUser-Agent: dawncache\n"), request);
    assertTrue(request.contains("\nHost: 127.0.0.1:" + port + "\n"), request);
    assertFalse(request.contains("\nCookie"), request);
  }

  @Test
  void aHostMayHoldUnderscores() throws Exception {
    script = thenKeepOpen(OK + "Content-Length: 1\r\n\r\nx");

    assertEquals("x", getter(PATIENT, "my_origin", "127.0.0.1").load("Tom").value().toUtf8());
    String request = requests.take();
    assertTrue(request.contains("\nHost: my_origin:" + port + "\n"), request);
  }

  @Test
  void anAddressThatRefusesIsPassedOver() throws Exception {
    script = thenKeepOpen(OK + "Content-Length: 1\r\n\r\nx");

    assertEquals(
        "x", getter(PATIENT, "items", "127.0.0.9", "127.0.0.1").load("Tom").value().toUtf8());
  }

  @Test
  void anAddressThatDoesNotAnswerIsPassedOverWithinTheTimeOut() throws Exception {
    List<Closeable> deaf = deafListener("127.0.0.2");
    script = thenClose(OK + "Content-Length: 1\r\n\r\nx");
    Getter getter = getter(Duration.ofSeconds(6), "items", "127.0.0.2", "127.0.0.1");
    assertEquals("x", getter.load("Tom").value().toUtf8());

    for (Closeable socket : deaf) {
      socket.close();
    }
    listen("127.0.0.2", port);

    getter.load("Tom");
    getter.load("Tom");
    assertEquals(List.of("127.0.0.1", "127.0.0.1", "127.0.0.1"), List.copyOf(askedAddresses));
  }

  @Test
  void noAddressThatAnswersIsAFailureWithinTheTimeOut() throws Exception {
    deafListener("127.0.0.2");

    assertEquals(
        "origin: no connection in 1000 ms", failureOf(Duration.ofSeconds(2), "items", "127.0.0.2"));
  }

  @Test
  void anInterruptEndsAWaitForAConnectionOrForABody() throws Exception {
    deafListener("127.0.0.2");
    CountDownLatch inTheBody = new CountDownLatch(1);
    script =
        (n, connection, out) -> {
          write(out, OK + "Content-Length: 10\r\n\r\nhalf");
          inTheBody.countDown();
          return true;
        };
    for (String address : List.of("127.0.0.2", "127.0.0.1")) {
      Getter getter = getter(PATIENT, "items", address);
      AtomicReference<Throwable> end = new AtomicReference<>();
      Thread loader =
          new Thread(() -> end.set(assertThrows(Exception.class, () -> getter.load("Tom"))));
      loader.start();
      if (address.equals("127.0.0.1")) {
        inTheBody.await();
      }

      loader.interrupt();
      loader.join();

      assertInstanceOf(InterruptedException.class, end.get());
    }
  }

  @Test
  void aRefusedPortAndAnUnknownHostAreToldApart() {
    assertEquals("origin: connection refused", failureOf(PATIENT, "items", "127.0.0.9"));
    assertEquals("origin: unknown host", failureOf(PATIENT, "items"));
  }

  @Test
  void aNameIsLookedUpForEveryNewConnection() throws Exception {
    script = thenClose(OK + "Content-Length: 1\r\n\r\nx");
    AtomicInteger lookUps = new AtomicInteger();
    Getter getter =
        Opened.at(
            new HttpOrigin(
                PATIENT,
                MAX_BYTES,
                host -> {
                  lookUps.incrementAndGet();
                  return InetAddress.getAllByName("127.0.0.1");
                }),
            "http://items:" + port + "/items/{key}");

    getter.load("Tom");
    getter.load("Tom");

    assertEquals(2, lookUps.get());
  }

  @Test
  void anErrorInOneExchangeDoesNotEndTheOrigin() throws Exception {
    script = thenKeepOpen(OK + "Content-Length: 1\r\n\r\nx");
    OriginClient client =
        new OriginClient(PATIENT, MAX_BYTES, InetAddress::getAllByName, Map.of(), Redirects.REFUSE);
    HttpUrl url = new HttpUrl("http", "127.0.0.1", port, "/Tom");
    client.get(url, null, null);

    client.connections().close(CloseMode.IMMEDIATE); // as the library does after an Error

    assertEquals("x", client.get(url, null, null).body().toUtf8());
  }

  /** Listens at this address and takes no connection, so that one is neither made nor refused. */
  private List<Closeable> deafListener(String address) throws IOException {
    List<Closeable> sockets = new ArrayList<>();
    ServerSocketChannel deaf = ServerSocketChannel.open();
    sockets.add(deaf);
    deaf.bind(new InetSocketAddress(address, port), 1);
    for (int i = 0; i < 4; i++) {
      SocketChannel waiting = SocketChannel.open();
      sockets.add(waiting);
      waiting.configureBlocking(false);
      waiting.connect(new InetSocketAddress(address, port));
    }
    open.addAll(sockets);
    return sockets;
  }

  private Getter getter(Duration timeout, String host, String... addresses) {
    NameLookup names =
        name -> {
          List<InetAddress> found = new ArrayList<>();
          for (String address :
              addresses.length == 0 && host.equals("127.0.0.1") ? new String[] {host} : addresses) {
            found.add(InetAddress.getByName(address));
          }
          if (found.isEmpty()) {
            throw new UnknownHostException(name);
          }
          return found.toArray(InetAddress[]::new);
        };
    return Opened.at(
        new HttpOrigin(timeout, MAX_BYTES, names), "http://" + host + ":" + port + "/items/{key}");
  }

  private String failureOf(Duration timeout, String host, String... addresses) {
    return assertThrows(IOException.class, () -> getter(timeout, host, addresses).load("Tom"))
        .getMessage();
  }
}
