package io.dawncache.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.Loaded;
import io.dawncache.server.RawClient.Answer;
import io.dawncache.server.wire.pb.CoordinateRequest;
import io.dawncache.server.wire.pb.ForgetRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What clients must not send, and some do: each gets a clear error or a closed connection, and the
 * next request on a fresh connection is served.
 */
class BadInputIT {
  private static final String GET_TOM = "GET /_dawncache/scores/Tom HTTP/1.1\r\nHost: t\r\n";

  private Fleet node;

  @BeforeEach
  void start() throws IOException {
    node = Fleet.of(1, i -> key -> Loaded.ofUtf8("value of " + key));
  }

  @AfterEach
  void theNextRequestIsServed() throws IOException {
    try {
      Answer answer = RawClient.get(node.server(0), "/_dawncache/scores/Tom");
      assertEquals("value of Tom", answer.value());
    } finally {
      node.close();
    }
  }

  /** A node that does not wait for the rest of a request: for tests that send none. */
  private static Fleet hasty() throws IOException {
    return Fleet.of(
        1,
        ServerConfig.builder().idleTimeout(Duration.ofMillis(500)),
        i -> key -> Loaded.ofUtf8("value of " + key));
  }

  private RawClient client() throws IOException {
    return new RawClient(node.server(0).address());
  }

  private void isRefused(int status, String text, String request) throws IOException {
    Answer answer = RawClient.ask(node.server(0), request);
    assertEquals(status, answer.status());
    assertEquals(text + "\n", answer.text());
  }

  @Test
  void halfARequestAndSilence() throws IOException {
    try (Fleet hasty = hasty();
        RawClient client = new RawClient(hasty.server(0).address());
        RawClient silent = new RawClient(hasty.server(0).address())) {
      client.send("GET /_dawncache/sco");
      assertTrue(client.isClosedByServer());
      assertTrue(silent.isClosedByServer());
    }
  }

  @Test
  void aRequestLineOfOneMegabyte() throws IOException {
    try (RawClient client = client()) {
      Answer answer = client.send("GET /_dawncache/scores/" + "x".repeat(1 << 20)).answer();
      assertEquals(414, answer.status(), answer.text());
      client.send(" HTTP/1.1\r\nHost: t\r\n\r\n");
      assertTrue(client.isClosedByServer());
    }
  }

  @Test
  void brokenEscapes() throws IOException {
    String expected = " (expected: % and two hex digits)";
    isRefused(
        400, "path: %zz" + expected, "GET /_dawncache/scores/%zz HTTP/1.1\r\nHost: t\r\n\r\n");
    isRefused(400, "path: %4" + expected, "GET /_dawncache/scores/%4 HTTP/1.1\r\nHost: t\r\n\r\n");
    isRefused(400, "path: %" + expected, "GET /_dawncache/%/a HTTP/1.1\r\nHost: t\r\n\r\n");
  }

  @Test
  void bytesThatAreNotUtf8() throws IOException {
    String expected = "path: not UTF-8 (expected: group and key in UTF-8)";
    isRefused(400, expected, "GET /_dawncache/scores/%ff%00 HTTP/1.1\r\nHost: t\r\n\r\n");
    isRefused(
        400, expected, "GET /_dawncache/scores/%ed%a0%80 HTTP/1.1\r\nHost: t\r\n\r\n"); // surrogate
    isRefused(
        400, expected, "GET /_dawncache/scores/\u00e9 HTTP/1.1\r\nHost: t\r\n\r\n"); // Latin-1
  }

  @Test
  void aKeyBeyondTheLimit() throws IOException {
    isRefused(
        400,
        "key: 16385 bytes of UTF-8 (expected: <= 16384)",
        "GET /_dawncache/scores/" + "x".repeat((16 << 10) + 1) + " HTTP/1.1\r\nHost: t\r\n\r\n");
  }

  @Test
  void aBodyOnGet() throws IOException {
    String text = "a body (expected: none with GET and HEAD)";
    isRefused(400, text, GET_TOM + "Content-Length: 5\r\n\r\nhello");
    isRefused(400, text, GET_TOM + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    assertEquals(0, node.stats(0).gets());
  }

  private static String message(String kind, String body) {
    return "POST /_dawncache/ HTTP/1.1\r\nHost: t\r\nDawncache-Peer: http://10.0.0.2:8001\r\n"
        + "Dawncache-Message: "
        + kind
        + "\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  @Test
  void aMessageOfNoKindThatWeKnow() throws IOException {
    String expected = " (expected: forget, coordinate, get-all or members)";
    isRefused(400, "Dawncache-Message: sing" + expected, message("sing", ""));
    isRefused(
        400,
        "Dawncache-Message: none" + expected,
        message("", "").replaceAll("Dawncache-Message.*\r\n", ""));
  }

  @Test
  void aMessageWhoseBodyIsNone() throws IOException {
    for (String kind : List.of("forget", "coordinate", "get-all")) {
      Answer answer = RawClient.ask(node.server(0), message(kind, "<html>"));
      assertEquals(400, answer.status());
      assertTrue(answer.text().startsWith("body: not the protobuf message, "), answer.text());
      assertEquals(400, RawClient.ask(node.server(0), message(kind, "")).status());
      assertEquals(400, RawClient.ask(node.server(0), message(kind, "\n\2\377\0")).status());
    }
    assertEquals(0, node.stats(0).gets());
  }

  @Test
  void aMessageWithAKeyBeyondTheLimit() throws IOException {
    String key = "x".repeat((16 << 10) + 1);
    byte[] change =
        CoordinateRequest.newBuilder().setGroup("scores").setKey(key).build().toByteArray();
    isRefused(
        400,
        "key: 16385 bytes of UTF-8 (expected: <= 16384)",
        message("coordinate", new String(change, ISO_8859_1)));
    byte[] forget =
        ForgetRequest.newBuilder().setGroup("scores").addKeys(key).build().toByteArray();
    Answer done = RawClient.ask(node.server(0), message("forget", new String(forget, ISO_8859_1)));
    assertEquals(200, done.status()); // there is nothing under such a key
  }

  @Test
  void aMessageFromNobodyOrToAnotherPath() throws IOException {
    String forget = message("forget", "\n\6scores");
    String method = "method POST (expected: GET or HEAD)";
    isRefused(405, method, forget.replaceAll("Dawncache-Peer.*\r\n", ""));
    isRefused(405, method, forget.replace("/_dawncache/", "/_dawncache/scores/Tom"));
    String unknown = "path: not known here (expected: /_dawncache/GROUP/KEY)";
    isRefused(404, unknown, forget.replace("/_dawncache/", "/_dawncache"));
    isRefused(404, unknown, forget.replace("/_dawncache/", "/"));
    isRefused(405, "method PUT (expected: GET or HEAD)", forget.replace("POST", "PUT"));
    assertEquals(0, node.stats(0).events().removed());
  }

  @Test
  void aMessageForAGroupThatIsNotThere() throws IOException {
    assertEquals(200, RawClient.ask(node.server(0), message("forget", "\n\1g")).status());
    isRefused(400, "no such group:g", message("coordinate", "\n\1g\22\1k"));
    isRefused(400, "no such group:g", message("get-all", "\n\1g\22\3\n\1k\30\1"));
  }

  @Test
  void aMessageBeyondTheLimit() throws IOException {
    int max = (16 << 20) + (64 << 10);
    String head = message("forget", "").replace("Length: 0", "Length: " + (max + 1));
    try (RawClient client = client()) {
      Answer answer = client.send(head).answer();
      assertEquals(413, answer.status());
      assertEquals("body: too long (expected: <= " + max + " bytes)\n", answer.text());
      assertTrue(client.isClosedByServer());
    }
  }

  @Test
  void halfAMessageAndSilence() throws IOException {
    try (Fleet hasty = hasty();
        RawClient client = new RawClient(hasty.server(0).address())) {
      String forget = message("forget", "\n\6scores");
      client.send(forget.substring(0, forget.length() - 1));
      assertTrue(client.isClosedByServer());
      assertEquals(0, hasty.stats(0).events().removed());
    }
  }

  @Test
  void aBodyBeyondTheLimitClosesTheConnection() throws IOException {
    try (Fleet small =
            Fleet.of(
                1,
                ServerConfig.builder().maxValueBytes(0),
                i -> key -> Loaded.ofUtf8("never asked"));
        RawClient client = new RawClient(small.server(0).address())) {
      client.send(
          "POST /_dawncache/scores/Tom HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000\r\n\r\n");
      assertEquals(405, client.answer().status());
      try {
        client.send("x".repeat(1_000_000));
      } catch (IOException e) {
        // The server may have closed already: what this test wants.
      }
      assertTrue(client.isClosedByServer());
    }
  }

  @Test
  void tenThousandPipelinedRequests() throws Exception {
    int requests = 10_000;
    try (RawClient client = client()) {
      Thread writer =
          new Thread(
              () -> {
                try {
                  for (int i = 0; i < requests; i++) {
                    client.send("GET /_dawncache/scores/" + i + " HTTP/1.1\r\nHost: t\r\n\r\n");
                  }
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      writer.start();
      for (int i = 0; i < requests; i++) {
        Answer answer = client.answer();
        assertEquals(200, answer.status());
        assertEquals("value of " + i, answer.value());
      }
      writer.join();
    }
    assertEquals(requests, node.stats(0).gets());
  }

  @Test
  void tenThousandPipelinedRequestsInOneWriteWhoseAnswersNobodyReadsYet() throws Exception {
    String request = "GET /_dawncache/scores/Tom HTTP/1.1\r\nHost: t\r\n\r\n";
    int requests = 10_000;
    try (RawClient client = client()) {
      client.send(request.repeat(requests));
      for (int i = 0; i < requests; i++) {
        assertEquals(200, client.answer().status());
      }
    }
  }
}
