package io.dawncache.node.origin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The http origin in front of two servers that redirect. */
@Timeout(60)
class RedirectsIT {
  private final ExecutorService handlers = Executors.newCachedThreadPool();
  private final CountDownLatch over = new CountDownLatch(1);
  private final Map<String, HttpHandler> pages = new HashMap<>();

  /** The path of each request and the token that came with it, if one did. */
  private final Queue<String> requests = new ConcurrentLinkedQueue<>();

  private final List<HttpServer> servers = new ArrayList<>();
  private String here;
  private String there;

  @BeforeEach
  void start() throws IOException {
    here = "http://127.0.0.1:" + serve();
    there = "http://127.0.0.1:" + serve();
  }

  private int serve() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(handlers);
    server.createContext(
        "/",
        exchange -> {
          String token = exchange.getRequestHeaders().getFirst("Authorization");
          requests.add(exchange.getRequestURI() + (token == null ? "" : " " + token));
          pages.get(exchange.getRequestURI().getPath()).handle(exchange);
        });
    server.start();
    servers.add(server);
    return server.getAddress().getPort();
  }

  @AfterEach
  void stop() {
    over.countDown();
    servers.forEach(server -> server.stop(0));
    handlers.shutdownNow();
  }

  private void redirect(String path, int status, String location) {
    pages.put(
        path,
        exchange -> {
          exchange.getResponseHeaders().set("Location", location);
          answer(exchange, status, "moved");
        });
  }

  private void value(String path, String value) {
    pages.put(path, exchange -> answer(exchange, 200, value));
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    exchange.sendResponseHeaders(status, body.length());
    exchange.getResponseBody().write(body.getBytes(UTF_8));
    exchange.close();
  }

  private Getter getter(Map<String, ?> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put("url", here + "/{key}");
    settings.put("headers", Map.of("Authorization", "t0ken"));
    HttpOrigin origin = new HttpOrigin(null, 1000, InetAddress::getAllByName);
    return Origins.of(List.of(origin)).open("items", "http", settings).getter();
  }

  private String load(String redirects) throws Exception {
    return getter(Map.of("redirects", redirects)).load("Tom").value().toUtf8();
  }

  private IOException failure(String redirects) {
    return assertThrows(IOException.class, () -> load(redirects));
  }

  @Test
  void aRedirectAtTheSameServerIsFollowedWithTheHeaders() throws Exception {
    for (int status : List.of(301, 302, 303, 307, 308)) {
      redirect("/Tom", status, "people/Tom?v=2");
      value("/people/Tom", "630");

      assertEquals("630", getter(Map.of()).load("Tom").value().toUtf8());
      assertEquals(List.of("/Tom t0ken", "/people/Tom?v=2 t0ken"), List.copyOf(requests));
      requests.clear();
    }
  }

  @Test
  void whatTheLastOneAnswersIsTheAnswer() throws Exception {
    redirect("/Tom", 302, "/gone");
    pages.put("/gone", exchange -> answer(exchange, 404, "no"));

    assertNull(getter(Map.of()).load("Tom").value());

    pages.put("/gone", exchange -> answer(exchange, 403, "no"));

    assertEquals("status 403", getter(Map.of()).load("Tom").rejection());
  }

  @Test
  void anotherServerIsAskedOnlyIfTheConfigurationSaysSo() throws Exception {
    redirect("/Tom", 302, there + "/else?token=s3cr3t");
    value("/else", "630");

    IOException failure = failure("same-origin");

    assertEquals("origin: status 302, a redirect to another server", failure.getMessage());
    Throwable refused = failure.getCause().getCause();
    assertEquals(there, refused.getCause().getMessage(), "the log names it without the token");
    assertEquals("630", load("follow"));
  }

  @Test
  void theHeadersOfTheConfigurationAreNotSentToAnotherServerNorAfterIt() throws Exception {
    redirect("/Tom", 302, there + "/else");
    redirect("/else", 302, here + "/back");
    value("/back", "630");

    assertEquals("630", load("follow"));
    assertEquals(List.of("/Tom t0ken", "/else", "/back"), List.copyOf(requests));
  }

  @Test
  void redirectsCanBeRefused() {
    redirect("/Tom", 302, "/else");

    assertEquals("origin: status 302", failure("refuse").getMessage());
    assertEquals(List.of("/Tom t0ken"), List.copyOf(requests));
  }

  @Test
  void fiveRedirectsAreFollowedAndNoMore() throws Exception {
    redirect("/Tom", 302, "/1");
    for (int i = 1; i < 5; i++) {
      redirect("/" + i, 302, "/" + (i + 1));
    }
    value("/5", "630");

    assertEquals("630", load("same-origin"));

    redirect("/5", 302, "/6");

    assertEquals(
        "origin: status 302, a redirect after 5 others", failure("same-origin").getMessage());
    assertFalse(requests.contains("/6 t0ken"));
  }

  @Test
  void aCircleIsAFailureAtOnce() {
    redirect("/Tom", 301, "/Jack");
    redirect("/Jack", 308, "/Tom");

    assertEquals("origin: status 308, a redirect in a circle", failure("same-origin").getMessage());
    assertEquals(2, requests.size());
  }

  @Test
  void allOfThemTogetherHaveTheTimeOfOneLoad() throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    redirect("/Tom", 302, "/slow");
    pages.put(
        "/slow",
        exchange -> {
          reached.countDown();
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    int millis = 250;
    IOException failure;
    do { // a busy machine gets more time until the second server is reached
      millis *= 2;
      Getter getter = getter(Map.of("timeout", millis + "ms"));
      failure = assertThrows(IOException.class, () -> getter.load("Tom"));
    } while (reached.getCount() > 0 && millis < 30_000);

    assertEquals("origin: no answer in " + millis + " ms", failure.getMessage());
  }

  @Test
  void aRedirectThatHoldsShorterThanItsAnswerEndsTheValue() throws Exception {
    pages.put(
        "/Tom",
        exchange -> {
          exchange.getResponseHeaders().set("Location", "/else");
          exchange.getResponseHeaders().set("Cache-Control", "max-age=5");
          answer(exchange, 307, "");
        });
    pages.put(
        "/else",
        exchange -> {
          exchange.getResponseHeaders().set("Cache-Control", "max-age=60");
          answer(exchange, 200, "630");
        });

    Loaded loaded = getter(Map.of()).load("Tom");

    assertEquals(Duration.ofSeconds(5), loaded.ttl());
  }

  @Test
  void aServerThatIsAwayBehindARedirectIsAFailure() throws Exception {
    servers.get(1).stop(0);
    redirect("/Tom", 302, there + "/else");

    String message = failure("follow").getMessage();

    assertTrue(message.matches("origin: connection (refused|lost)"), message);
  }
}
