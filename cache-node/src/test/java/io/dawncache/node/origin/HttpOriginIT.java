package io.dawncache.node.origin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.dawncache.core.ByteView;
import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The http origin in front of a real server. */
class HttpOriginIT {
  private static final int MAX_BYTES = 1000;
  private static final Duration PATIENT = Duration.ofSeconds(30);

  private final ExecutorService handlers = Executors.newCachedThreadPool();
  private final CountDownLatch over = new CountDownLatch(1);
  private final LinkedBlockingQueue<String> targets = new LinkedBlockingQueue<>();
  private HttpServer server;
  private String authority;

  @BeforeEach
  void startServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(handlers);
    server.start();
    authority = "127.0.0.1:" + server.getAddress().getPort();
  }

  @AfterEach
  void stopServer() {
    over.countDown();
    server.stop(0);
    handlers.shutdownNow();
  }

  private void serve(HttpHandler handler) {
    server.createContext(
        "/",
        exchange -> {
          targets.add(exchange.getRequestURI().toString());
          handler.handle(exchange);
        });
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private Getter getter(Duration timeout) {
    return Opened.at(
        new HttpOrigin(timeout, MAX_BYTES, InetAddress::getAllByName),
        "http://" + authority + "/items/{key}");
  }

  private ByteView load(String key) throws Exception {
    return getter(PATIENT).load(key).value();
  }

  @Test
  void theValueIsTheBodyOfTheAnswer() throws Exception {
    serve(exchange -> answer(exchange, 200, "630".getBytes(UTF_8)));

    assertEquals("630", load("Tom").toUtf8());
    assertEquals("/items/Tom", targets.take());
  }

  @Test
  void keysOfAnyCharactersArriveEscaped() throws Exception {
    serve(exchange -> answer(exchange, 200, new byte[0]));

    for (List<String> pair :
        List.of(
            List.of("a b", "a%20b"),
            List.of("a+b", "a%2Bb"),
            List.of("a//b/../c", "a%2F%2Fb%2F..%2Fc"),
            List.of("%2F", "%252F"),
            List.of("?#&", "%3F%23%26"),
            List.of("é🎉", "%C3%A9%F0%9F%8E%89"))) {
      load(pair.get(0));
      assertEquals("/items/" + pair.get(1), targets.take());
    }
  }

  @Test
  void aKeyThatIsAStepInAPathIsRejectedAndNotAskedFor() throws Exception {
    serve(exchange -> answer(exchange, 200, "secret".getBytes(UTF_8)));

    for (String key : List.of("..", ".")) {
      assertEquals(
          "key "
              + key
              + ": would be a step in the URL's path (expected: no segment . or .. in its path)",
          getter(PATIENT).load(key).rejection());
    }
    assertTrue(targets.isEmpty());
  }

  @Test
  void aTemplateMayKeepTheSlashesOfKeys() throws Exception {
    serve(exchange -> answer(exchange, 200, new byte[0]));
    Getter getter =
        Opened.at(
            new HttpOrigin(PATIENT, MAX_BYTES, InetAddress::getAllByName),
            "http://" + authority + "/items/{+key}?from={key}");

    getter.load("a b/c?d#e");

    assertEquals("/items/a%20b/c%3Fd%23e?from=a%20b%2Fc%3Fd%23e", targets.take());
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 410})
  void thatTheOriginHoldsNothingIsNotFound(int status) throws Exception {
    serve(exchange -> answer(exchange, status, "no such item".getBytes(UTF_8)));

    Loaded loaded = getter(PATIENT).load("Tom");

    assertNull(loaded.value());
    assertNull(loaded.rejection());
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 405, 422, 451, 499})
  void theOriginsWordAgainstTheRequestIsARejection(int status) throws Exception {
    serve(exchange -> answer(exchange, status, "no".getBytes(UTF_8)));

    assertEquals(
        "status " + status,
        getter(PATIENT).load("Tom").rejection(),
        "and no URL, which may hold a secret");
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 205, 206, 300, 304, 408, 425, 429, 500, 502, 503, 504, 599})
  void anyOtherStatusIsAFailureThatNamesIt(int status) {
    serve(exchange -> answer(exchange, status, new byte[0]));

    IOException failure = assertThrows(IOException.class, () -> load("Tom"));

    assertEquals("origin: status " + status, failure.getMessage());
    assertEquals(
        "GET http://" + authority + "/items/Tom: status " + status,
        failure.getCause().getMessage());
  }

  @Test
  void aBodyOfTheLargestLengthIsAValue() throws Exception {
    serve(exchange -> answer(exchange, 200, new byte[MAX_BYTES]));

    assertEquals(MAX_BYTES, load("Tom").length());
  }

  @Test
  void aLongKeyIsCutInMessages() {
    serve(exchange -> answer(exchange, 500, new byte[0]));

    IOException failure = assertThrows(IOException.class, () -> load("k".repeat(5000)));

    String detail = failure.getCause().getMessage();
    assertTrue(detail.length() < 300, detail);
  }

  @Test
  void anInterruptEndsTheLoad() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    serve(
        exchange -> {
          asked.countDown();
          awaitTheEnd();
        });
    AtomicReference<Throwable> end = new AtomicReference<>();
    Thread loader = new Thread(() -> end.set(assertThrows(Exception.class, () -> load("Tom"))));
    loader.start();
    asked.await();

    loader.interrupt();
    loader.join();

    assertInstanceOf(InterruptedException.class, end.get());
  }

  private void awaitTheEnd() {
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
