package io.dawncache.node.origin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import io.dawncache.core.Entry;
import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import io.dawncache.core.Metadata;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The http origin in front of a server that says which version of a value it has. */
@Timeout(60)
class RevalidationIT {
  private static final String TIME = "Sun, 06 Nov 1994 08:49:37 GMT";

  private final ExecutorService handlers = Executors.newCachedThreadPool();

  /** The path of each request, with its conditions. */
  private final Queue<String> requests = new ConcurrentLinkedQueue<>();

  private HttpServer server;

  /** What the server sends with every answer. */
  private volatile Map<String, String> headers = Map.of();

  /** Which of two values the server has, or null if it has not changed. */
  private volatile String value = "630";

  private volatile int status = 200;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(handlers);
    server.createContext(
        "/",
        exchange -> {
          Headers asked = exchange.getRequestHeaders();
          requests.add(
              exchange.getRequestURI()
                  + condition(asked, "If-None-Match")
                  + condition(asked, "If-Modified-Since"));
          headers.forEach(exchange.getResponseHeaders()::set);
          boolean hasBody = status == 200;
          exchange.sendResponseHeaders(status, hasBody ? value.length() : -1);
          if (hasBody) {
            exchange.getResponseBody().write(value.getBytes(UTF_8));
          }
          exchange.close();
        });
    server.start();
  }

  private static String condition(Headers asked, String name) {
    return asked.containsKey(name) ? " " + name + ": " + asked.getFirst(name) : "";
  }

  @AfterEach
  void stop() {
    server.stop(0);
    handlers.shutdownNow();
  }

  private Getter getter() {
    return Opened.at(
        new HttpOrigin(null, 1000, InetAddress::getAllByName),
        "http://127.0.0.1:" + server.getAddress().getPort() + "/{key}");
  }

  /** Loads the value, and again while it is held and the server answers with {@code then}. */
  private Loaded reload(int then) throws Exception {
    Getter getter = getter();
    Entry held = Held.of(getter.load("Tom"));
    status = then;
    return getter.reload("Tom", held);
  }

  @Test
  void contentTypeAndEtagAreKeptWithTheValue() throws Exception {
    headers = Map.of("Content-Type", "text/html; charset=utf-8", "ETag", "\"v17\"");

    Loaded loaded = getter().load("Tom");

    assertEquals(new Metadata("text/html; charset=utf-8", "\"v17\""), loaded.value().metadata());
  }

  @Test
  void aValueWithoutThemHasNoMetadata() throws Exception {
    assertNull(getter().load("Tom").value().metadata());
  }

  @Test
  void aValueWithAnEtagIsAskedForByIt() throws Exception {
    headers = Map.of("ETag", "W/\"v17\"");

    Loaded reloaded = reload(304);

    assertTrue(reloaded.isUnchanged());
    assertEquals(List.of("/Tom", "/Tom If-None-Match: W/\"v17\""), List.copyOf(requests));
  }

  @Test
  void aValueWithATimeIsAskedForByIt() throws Exception {
    headers = Map.of("Last-Modified", TIME);

    Loaded reloaded = reload(304);

    assertTrue(reloaded.isUnchanged());
    assertEquals(List.of("/Tom", "/Tom If-Modified-Since: " + TIME), List.copyOf(requests));
  }

  @Test
  void aValueWithNeitherIsAskedForAsAtFirst() throws Exception {
    Loaded reloaded = reload(200);

    assertEquals("630", reloaded.value().toUtf8());
    assertEquals(List.of("/Tom", "/Tom"), List.copyOf(requests));
  }

  @Test
  void anotherVersionReplacesTheHeldOne() throws Exception {
    headers = Map.of("ETag", "\"v17\"");
    Getter getter = getter();
    Entry held = Held.of(getter.load("Tom"));
    headers = Map.of("ETag", "\"v18\"");
    value = "631";

    Loaded reloaded = getter.reload("Tom", held);

    assertEquals("631", reloaded.value().toUtf8());
    assertEquals("\"v18\"", reloaded.value().metadata().etag());
  }

  @Test
  void aValueThatIsGoneIsNotFound() throws Exception {
    headers = Map.of("ETag", "\"v17\"");

    Loaded reloaded = reload(404);

    assertNull(reloaded.value());
    assertTrue(!reloaded.isUnchanged());
  }

  @Test
  void theUnchangedValueHoldsAsLongAsTheLastAnswerSays() throws Exception {
    headers = Map.of("ETag", "\"v17\"", "Cache-Control", "max-age=60");
    Getter getter = getter();
    Entry held = Held.of(getter.load("Tom"));
    headers = Map.of("ETag", "\"v17\"", "Cache-Control", "max-age=60", "Age", "20");
    status = 304;

    assertEquals(Duration.ofSeconds(40), getter.reload("Tom", held).ttl());
  }

  @Test
  void unchangedWithoutAConditionIsAFailure() {
    status = 304;

    assertEquals(
        "origin: status 304",
        assertThrows(OriginException.class, () -> getter().load("Tom")).getMessage());
    assertEquals(1, requests.size());
  }

  @Test
  void unchangedForAnotherVersionIsAskedForOnceMoreAndIsThenAFailure() throws Exception {
    headers = Map.of("ETag", "\"v17\"");
    Getter getter = getter();
    Entry held = Held.of(getter.load("Tom"));
    headers = Map.of("ETag", "\"v18\"");
    status = 304;

    assertEquals(
        "origin: status 304",
        assertThrows(OriginException.class, () -> getter.reload("Tom", held)).getMessage());
    assertEquals(List.of("/Tom", "/Tom If-None-Match: \"v17\"", "/Tom"), List.copyOf(requests));
  }

  @Test
  void theVersionOfAnotherUrlIsNotKept() throws Exception {
    server.createContext(
        "/Jack",
        exchange -> {
          exchange.getResponseHeaders().set("Location", "/Tom");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    headers = Map.of("Content-Type", "text/plain", "ETag", "\"v17\"");

    Loaded loaded = getter().load("Jack");

    assertEquals(new Metadata("text/plain", null), loaded.value().metadata());
  }

  @Test
  void aConditionIsNotSentOn() throws Exception {
    headers = Map.of("ETag", "\"v17\"");
    Getter getter = getter();
    Entry held = Held.of(getter.load("Tom"));
    requests.clear();
    headers = Map.of("Location", "/moved");
    status = 302;
    server.createContext(
        "/moved",
        exchange -> {
          Headers asked = exchange.getRequestHeaders();
          requests.add("/moved" + condition(asked, "If-None-Match"));
          exchange.sendResponseHeaders(304, -1);
          exchange.close();
        });

    assertEquals(
        "origin: status 304",
        assertThrows(OriginException.class, () -> getter.reload("Tom", held)).getMessage());
    assertEquals(
        List.of("/Tom If-None-Match: \"v17\"", "/moved", "/Tom", "/moved"), List.copyOf(requests));
  }

  @Test
  void whatIsTooLongForMetadataIsLeftOutAndLoggedOnce() throws Exception {
    Queue<String> log = new ConcurrentLinkedQueue<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            log.add(line.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger(HttpMetadata.class.getName());
    logger.addHandler(handler);
    try {
      Getter getter = getter();
      headers = Map.of("Content-Type", "text/plain", "ETag", '"' + "v".repeat(5000) + '"');
      assertEquals(new Metadata("text/plain", null), getter.load("Tom").value().metadata());
      headers = Map.of("Content-Type", "text/" + "x".repeat(300), "ETag", "\"v17\"");
      assertEquals(new Metadata(null, "\"v17\""), getter.load("Tom").value().metadata());
    } finally {
      logger.removeHandler(handler);
    }

    assertEquals(
        List.of(
            "group group: the origin's ETag is left out: 5002 bytes (expected: <= 256 with the"
                + " other)"),
        List.copyOf(log));
  }
}
