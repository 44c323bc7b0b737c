package io.dawncache.bench.siege;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.dawncache.core.ByteView;
import io.dawncache.server.wire.GroupcacheCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What gets come to, at a server that behaves as the test says. */
@Timeout(120)
final class OpenGetsIT {
  private static final int VALUE_BYTES = 100;
  private static final double RATE = 500;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;

  private interface Answering {
    void answer(HttpExchange exchange, String key) throws Exception;
  }

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  private OpenGets gets(int connections, Answering answering) {
    String path = SiegeNode.path("group");
    server.createContext(
        path,
        exchange -> {
          try {
            answering.answer(exchange, exchange.getRequestURI().getPath().substring(path.length()));
          } catch (IOException | RuntimeException e) {
            throw e;
          } catch (Exception e) {
            throw new IOException(e);
          }
        });
    return new OpenGets(server.getAddress(), "group", VALUE_BYTES, connections, PATIENCE);
  }

  private static void value(HttpExchange exchange, String key) throws IOException {
    ByteView value = ByteView.copyOf(TimedOrigin.value(key, VALUE_BYTES));
    ByteBuf body = GroupcacheCodec.encodeResponse(value, UnpooledByteBufAllocator.DEFAULT);
    byte[] bytes = ByteBufUtil.getBytes(body);
    body.release();
    send(exchange, 200, bytes);
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  @Test
  void everyKeyIsAskedForOnceAndItsBytesAreChecked() throws Exception {
    try (OpenGets gets = gets(4, OpenGetsIT::value)) {
      Outcome outcome = gets.sweep(RATE, List.of("a", "b", "c", "d", "e", "f", "g", "h"));

      assertEquals(8, outcome.due());
      assertEquals(0, outcome.failures(), outcome::reasons);
      assertEquals(0, gets.sweep(RATE, List.of("a")).failures(), "kept connections serve on");
    }
  }

  @Test
  void aRefusalCountsAsOneOnlyIfItSaysWhenToComeBack() throws Exception {
    Answering refusing =
        (exchange, key) -> {
          if (key.equals("said")) {
            exchange.getResponseHeaders().set("Retry-After", "1");
          }
          send(exchange, 503, new byte[1]);
        };
    try (OpenGets gets = gets(4, refusing)) {
      Outcome outcome = gets.sweep(RATE, List.of("said", "unsaid", "said"));

      assertEquals(2, outcome.refusals());
      assertEquals("1 x status 503 without Retry-After", outcome.reasons());
    }
  }

  @Test
  void otherAnswersAreFailures() throws Exception {
    Answering wrong =
        (exchange, key) -> {
          switch (key) {
            case "status" -> send(exchange, 500, new byte[1]);
            case "other" -> value(exchange, "another");
            default -> send(exchange, 200, new byte[] {'\n', 0x7f});
          }
        };
    try (OpenGets gets = gets(4, wrong)) {
      Outcome outcome = gets.sweep(RATE, List.of("status", "other", "nothing"));

      assertEquals("2 x another value, 1 x status 500", outcome.reasons());
    }
  }

  @Test
  void aGetWaitsForAFreeConnectionAndIsNotCountedAsSentAtOnce() throws Exception {
    CountDownLatch allDue = new CountDownLatch(1);
    Answering slow =
        (exchange, key) -> {
          allDue.await();
          value(exchange, key);
        };
    try (OpenGets gets = gets(1, slow)) {
      Outcome outcome = gets.send(RATE, () -> "a");
      while (outcome.due() < 10) {
        Thread.onSpinWait();
      }
      gets.pause();
      allDue.countDown();
      gets.await(outcome);

      assertEquals(0, outcome.failures(), outcome::reasons);
      assertTrue(outcome.sentAtOnce() < 1.5 / outcome.due(), "only the first was sent at once");
    }
  }

  @Test
  void withoutAConnectionGetsFail() throws Exception {
    InetSocketAddress nobody;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), closed.getLocalPort());
    }
    try (OpenGets gets = new OpenGets(nobody, "group", VALUE_BYTES, 2, PATIENCE)) {
      Outcome outcome = gets.sweep(RATE, Collections.nCopies(5, "a"));

      assertEquals("5 x no connection", outcome.reasons());
      assertThrows(IOException.class, gets::connectAll);
    }
  }

  @Test
  void allConnectionsCanBeOpenBeforeTheFirstGet() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        OpenGets gets =
            new OpenGets(
                (InetSocketAddress) silent.getLocalSocketAddress(),
                "group",
                VALUE_BYTES,
                5,
                PATIENCE)) {
      gets.connectAll();
      gets.connectAll(); // has nothing left to open

      for (int i = 0; i < 5; i++) {
        silent.accept().close();
      }
      silent.setSoTimeout(1);
      assertThrows(SocketTimeoutException.class, silent::accept, "a sixth connection");
    }
  }

  @Test
  void aConnectionThatIsClosedAndAnAnswerThatDoesNotComeAreFailures() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      InetSocketAddress address = (InetSocketAddress) silent.getLocalSocketAddress();
      try (OpenGets gets = new OpenGets(address, "group", VALUE_BYTES, 2, 1)) {
        assertEquals("1 x no answer in 0 s", gets.sweep(RATE, List.of("a")).reasons());
      }
      threads.execute(
          () -> {
            try {
              silent.accept().close(); // of the first
              silent.accept().close();
            } catch (IOException e) {
              // The test has ended.
            }
          });
      try (OpenGets gets = new OpenGets(address, "group", VALUE_BYTES, 2, PATIENCE)) {
        Outcome outcome = gets.sweep(RATE, List.of("a"));
        assertEquals(1, outcome.unexpected());
      }
    }
  }
}
