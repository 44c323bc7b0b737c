package io.dawncache.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.Loaded;
import io.dawncache.server.RawClient.Answer;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What one node answers to HTTP clients, in each dialect. */
class InboundIT {
  private static Loaded load(String key) throws IOException {
    return switch (key) {
      case "missing" -> Loaded.notFound();
      case "broken" -> throw new IOException("the origin is on fire");
      case "empty" -> Loaded.ofUtf8("");
      default -> Loaded.ofUtf8("value of " + key);
    };
  }

  private static Fleet node(Dialect dialect) throws IOException {
    return Fleet.of(1, ServerConfig.builder().dialect(dialect), i -> InboundIT::load);
  }

  private static Answer get(Fleet node, Dialect dialect, String rest) throws IOException {
    return RawClient.get(node.server(0), dialect.basePath() + rest);
  }

  @ParameterizedTest
  @EnumSource
  void aValueComesAsTheProtobufResponse(Dialect dialect) throws IOException {
    try (Fleet node = node(dialect)) {
      Answer answer = get(node, dialect, "scores/Tom");
      assertEquals(200, answer.status());
      assertEquals(dialect.contentType(), answer.header("content-type"));
      assertEquals("value of Tom", answer.value());
      @Nullable String ours =
          dialect == Dialect.DAWNCACHE ? "value" : null; // what tells it from a stranger's
      assertEquals(ours, answer.header("dawncache-status"));
      assertEquals(0, get(node, dialect, "scores/empty").body().length());
    }
  }

  @ParameterizedTest
  @EnumSource
  void endsWithoutAValueHaveTheDialectsStatusAndOurHeader(Dialect dialect) throws IOException {
    int failed = dialect == Dialect.MAILGUN ? 503 : 500;
    try (Fleet node = node(dialect)) {
      Answer notFound = get(node, dialect, "scores/missing");
      assertEquals(404, notFound.status());
      assertEquals("not-found", notFound.header("dawncache-status"));

      Answer broken = get(node, dialect, "scores/broken");
      assertEquals(failed, broken.status());
      assertEquals("failed", broken.header("dawncache-status"));
      assertEquals("load scores/broken: the origin failed\n", broken.text());
      assertEquals("text/plain; charset=utf-8", broken.header("content-type"));

      Answer noKey = get(node, dialect, "scores/");
      assertEquals(failed, noKey.status());
      assertEquals("key is required\n", noKey.text());
    }
  }

  @ParameterizedTest
  @EnumSource
  void anUnknownGroupIsNamedInTheDialectsWords(Dialect dialect) throws IOException {
    try (Fleet node = node(dialect)) {
      Answer answer = get(node, dialect, "nobody/Tom");
      boolean ours = dialect == Dialect.DAWNCACHE;
      assertEquals(ours ? 400 : 404, answer.status());
      assertEquals(ours ? "no such group:nobody\n" : "no such group: nobody\n", answer.text());
      assertEquals("no-such-group", answer.header("dawncache-status"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPathWithoutAKeyPartIsABadRequest(Dialect dialect) throws IOException {
    try (Fleet node = node(dialect)) {
      Answer answer = get(node, dialect, "scores");
      assertEquals(400, answer.status());
      assertEquals("bad request\n", answer.text());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPathElsewhereIsRefusedInTheDialectsWords(Dialect dialect) throws IOException {
    try (Fleet node = node(dialect);
        RawClient client = new RawClient(node.server(0).address())) {
      Answer answer = client.send("GET /elsewhere HTTP/1.1\r\nHost: test\r\n\r\n").answer();
      if (dialect == Dialect.DAWNCACHE) {
        assertEquals(404, answer.status());
        assertEquals("path: not known here (expected: /_dawncache/GROUP/KEY)\n", answer.text());
        assertEquals(404, client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n").answer().status());
      } else {
        assertEquals(400, answer.status());
        assertEquals("HTTPPool serving unexpected path: /elsewhere\n", answer.text());
        assertEquals("close", answer.header("connection"));
        assertTrue(client.isClosedByServer());
      }
    }
  }

  @Test
  void headAnswersAsGetWithoutABody() throws IOException {
    try (Fleet node = node(Dialect.DAWNCACHE);
        RawClient client = new RawClient(node.server(0).address())) {
      String path = "/_dawncache/scores/Tom";
      Answer get = RawClient.get(node.server(0), path);
      Answer head = RawClient.ask(node.server(0), "HEAD " + path + " HTTP/1.1\r\nHost: t\r\n\r\n");
      assertEquals(get.status(), head.status());
      assertEquals(withoutDate(get), withoutDate(head));
      assertEquals(0, head.body().length());

      // No byte of a body is in the way of the next answer.
      client.send("HEAD " + path + " HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
      assertTrue(client.isClosedByServer());
    }
  }

  private static Map<String, String> withoutDate(Answer answer) {
    Map<String, String> headers = new HashMap<>(answer.headers());
    headers.remove("date"); // the second may have changed between two answers
    return headers;
  }

  @Test
  void otherMethodsAreRefusedByName() throws IOException {
    for (Dialect dialect : new Dialect[] {Dialect.DAWNCACHE, Dialect.GROUPCACHE}) {
      try (Fleet node = node(dialect)) {
        for (String method : new String[] {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"}) {
          String path = dialect.basePath() + "scores/Tom";
          Answer answer =
              RawClient.ask(node.server(0), method + " " + path + " HTTP/1.1\r\nHost: t\r\n\r\n");
          assertEquals(405, answer.status(), method);
          assertEquals("GET, HEAD", answer.header("allow"));
        }
        assertEquals(0, node.stats(0).gets());
      }
    }
  }

  @Test
  void mailgunsNodesAreToldOfPutAndDeleteToo() throws IOException {
    try (Fleet node = node(Dialect.MAILGUN)) {
      Answer answer =
          RawClient.ask(node.server(0), "POST /_groupcache/scores/Tom HTTP/1.1\r\nHost: t\r\n\r\n");
      assertEquals(405, answer.status());
      assertEquals("GET, HEAD, PUT, DELETE", answer.header("allow"));
      assertEquals("method POST (expected: GET, HEAD, PUT or DELETE)\n", answer.text());
    }
  }

  @Test
  void aBodyThatIsRefusedIsReadPastAndTheConnectionGoesOn() throws IOException {
    try (Fleet node = node(Dialect.DAWNCACHE);
        RawClient client = new RawClient(node.server(0).address())) {
      client.send(
          "POST /_dawncache/scores/Tom HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\n12345");
      client.send("GET /_dawncache/scores/Tom HTTP/1.1\r\nHost: t\r\n\r\n");
      assertEquals(405, client.answer().status());
      assertEquals("value of Tom", client.answer().value());
    }
  }

  @Test
  void pagesStandBesideTheGroups() throws IOException {
    ServerConfig.Builder config =
        ServerConfig.builder()
            .page("/healthz", new Page("text/plain", () -> "ok\n".getBytes(UTF_8)));
    try (Fleet node = Fleet.of(1, config, i -> InboundIT::load)) {
      Answer answer = RawClient.get(node.server(0), "/healthz?verbose");
      assertEquals(200, answer.status());
      assertEquals("ok\n", answer.text());
      assertEquals("text/plain", answer.header("content-type"));
    }
  }

  @Test
  void connectionsStayOpenUnlessTheClientSaysOtherwise() throws IOException {
    try (Fleet node = node(Dialect.DAWNCACHE)) {
      String path = "/_dawncache/scores/Tom";
      assertFalse(RawClient.get(node.server(0), path).headers().containsKey("connection"));
      assertEquals(
          "close",
          RawClient.get(node.server(0), path, "Connection: close\r\n").header("connection"));
      try (RawClient old = new RawClient(node.server(0).address())) {
        old.send("GET " + path + " HTTP/1.0\r\n\r\n");
        assertEquals("value of Tom", old.answer().value());
        assertTrue(old.isClosedByServer());
      }
    }
  }

  @Test
  void aValueBeyondTheLimitIsAClearFailure() throws IOException {
    ServerConfig.Builder config = ServerConfig.builder().maxValueBytes(10);
    try (Fleet node = Fleet.of(1, config, i -> InboundIT::load)) {
      Answer answer = RawClient.get(node.server(0), "/_dawncache/scores/Tom");
      assertEquals(500, answer.status());
      assertEquals("value: 12 bytes (expected: <= 10)\n", answer.text());
    }
  }
}
