package io.dawncache.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.dawncache.core.Loaded;
import io.dawncache.server.RawClient.Answer;
import io.dawncache.server.wire.pb.Response;
import io.dawncache.server.wire.pb.SetRequest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What a Go node of mailgun's dialect and one of ours say to each other, byte for byte. */
@ParameterizedClass(name = "peerFrames: {0}")
@ValueSource(booleans = {true, false})
@Timeout(60)
class MailgunIT {
  private final boolean peerFrames;

  MailgunIT(boolean peerFrames) {
    this.peerFrames = peerFrames;
  }

  private ServerConfig.Builder config() {
    return ServerConfig.builder().peerFrames(peerFrames);
  }

  private static final Duration TTL = Duration.ofHours(1);

  /** What Go's client says after the path, of a request without a body. */
  private static final String GO_HEADERS =
      " HTTP/1.1\r\nHost: 10.0.0.2:8001\r\nUser-Agent: Go-http-client/1.1\r\n"
          .concat("Accept-Encoding: gzip\r\n\r\n");

  private final Map<String, String> origin = new ConcurrentHashMap<>(Map.of("Tom", "630"));
  private Fleet fleet;

  @BeforeEach
  void start() throws IOException {
    fleet =
        Fleet.of(
            2,
            config().dialect(Dialect.MAILGUN),
            i ->
                key -> {
                  Loaded loaded = Loaded.ofUtf8(origin.get(key));
                  return key.equals("Sam") ? loaded.withTtl(TTL) : loaded;
                });
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  private static String putRequest(String path, byte[] body) {
    return "PUT "
        + path
        + " HTTP/1.1\r\nHost: 10.0.0.2:8001\r\nUser-Agent: Go-http-client/1.1\r\n"
        + "Content-Length: "
        + body.length
        + "\r\nAccept-Encoding: gzip\r\n\r\n";
  }

  /** Returns the next bytes, with one date for whatever date stands there. */
  private static String head(RawClient go, int length) throws IOException {
    return new String(go.bytes(length), ISO_8859_1)
        .replaceFirst(
            "\r\ndate: [A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} 20[0-9]{2} [0-9:]{8} GMT\r\n",
            "\r\ndate: Thu, 26 Nov 2026 17:00:00 GMT\r\n");
  }

  private void exchange(String request, byte[] body, String head, String bodyHex)
      throws IOException {
    try (RawClient go = new RawClient(fleet.server(0).address())) {
      go.send(request).send(body);
      assertEquals(head, head(go, head.length()));
      int length = bodyHex.length() / 2;
      assertEquals(bodyHex, HexFormat.of().formatHex(go.bytes(length)));
    }
  }

  @Test
  void aGetOfAValueThatHoldsForEver() throws IOException {
    exchange(
        "GET /_groupcache/scores/Tom" + GO_HEADERS,
        new byte[0],
        """
        HTTP/1.1 200 OK\r
        date: Thu, 26 Nov 2026 17:00:00 GMT\r
        content-type: application/x-protobuf\r
        content-length: 5\r
        \r
        """,
        "0a03" + "363330");
  }

  @Test
  void aGetOfAValueWithATtlSaysWhenItEnds() throws IOException {
    origin.put("Sam", "567");
    Instant before = Instant.now();
    try (RawClient go = new RawClient(fleet.server(0).address())) {
      go.send("GET /_groupcache/scores/Sam" + GO_HEADERS);
      String head =
          """
          HTTP/1.1 200 OK\r
          date: Thu, 26 Nov 2026 17:00:00 GMT\r
          content-type: application/x-protobuf\r
          content-length: 15\r
          \r
          """;
      assertEquals(head, head(go, head.length()));
      byte[] body = go.bytes(15);
      assertEquals(
          "0a03" + "353637" + "18", HexFormat.of().formatHex(body).substring(0, 12)); // field 3
      Response said = Response.parseFrom(body);
      Instant end = Instant.ofEpochSecond(0, said.getExpire());
      assertTrue(end.isAfter(before) && end.isBefore(Instant.now().plus(TTL)), end::toString);
      assertEquals(
          Response.newBuilder().setValue(said.getValue()).setExpire(said.getExpire()).build(),
          said); // and nothing else
    }
  }

  @Test
  void aPutIsCoordinated() throws IOException {
    String key = fleet.keyOwnedBy(0);
    origin.put(key, "old");
    assertEquals("old", fleet.group(1).get(key).toUtf8());
    String hex = "0a0673636f726573" + field(2, key) + "1a03363330" + "2000";
    byte[] body = HexFormat.of().parseHex(hex); // mailgun always writes expire

    exchange(
        putRequest("/_groupcache/scores/" + key, body),
        body,
        """
        HTTP/1.1 200 OK\r
        content-length: 0\r
        Dawncache-Message: coordinate\r
        date: Thu, 26 Nov 2026 17:00:00 GMT\r
        \r
        """,
        "");

    assertEquals("630", fleet.group(0).get(key).toUtf8());
    assertEquals("630", fleet.group(1).get(key).toUtf8());
    assertNull(fleet.group(0).forServers().remainingTtl(fleet.group(0).peek(key)));
  }

  @Test
  void aClientsPutAtANodeThatIsNotTheOwnerReachesTheOwner() throws IOException {
    String key = fleet.keyOwnedBy(1);
    origin.put(key, "old");
    assertEquals("old", fleet.group(0).get(key).toUtf8());
    byte[] body =
        SetRequest.newBuilder()
            .setKey(key)
            .setValue(ByteString.copyFromUtf8("631"))
            .build()
            .toByteArray();

    Answer answer = put(key, body);

    assertEquals(200, answer.status());
    assertNull(answer.header("dawncache-unreached"));
    assertEquals("631", fleet.group(1).peek(key).value().toUtf8());
    assertEquals("631", fleet.group(0).get(key).toUtf8());
  }

  @Test
  void aPeersPutIsCoordinatedWhereItArrives() throws IOException {
    String key = fleet.keyOwnedBy(1);
    byte[] body = SetRequest.newBuilder().setKey(key).build().toByteArray();
    String request =
        putRequest("/_groupcache/scores/" + key, body)
            .replace("\r\n\r\n", "\r\nDawncache-Peer: 1\r\n\r\n");

    try (RawClient peer = new RawClient(fleet.server(0).address())) {
      assertEquals(200, peer.send(request).send(body).answer().status());
    }

    assertNull(fleet.group(1).peek(key)); // told to forget, and not to hold
  }

  @Test
  void aPutNamesTheMembersThatWereNotReached() throws IOException {
    String key = fleet.keyOwnedBy(0);
    String down = fleet.server(1).self();
    Fleet.kill(fleet.server(1));
    byte[] body = SetRequest.newBuilder().setKey(key).build().toByteArray();

    exchange(
        putRequest("/_groupcache/scores/" + key, body),
        body,
        """
        HTTP/1.1 200 OK\r
        content-length: 0\r
        Dawncache-Message: coordinate\r
        Dawncache-Unreached: %s\r
        date: Thu, 26 Nov 2026 17:00:00 GMT\r
        \r
        """
            .formatted(down),
        "");
  }

  @Test
  void aPutsTtlEndsByTheWallClock() throws IOException {
    String key = fleet.keyOwnedBy(0);
    Instant end = Instant.now().plus(TTL);
    long expire = end.getEpochSecond() * 1_000_000_000 + end.getNano();
    Duration left = ttlAfterPut(key, expire);

    assertTrue(left.compareTo(TTL) <= 0 && !left.isZero(), left::toString);
  }

  private Duration ttlAfterPut(String key, long expire) throws IOException {
    byte[] body = SetRequest.newBuilder().setKey(key).setExpire(expire).build().toByteArray();
    assertEquals(200, put(key, body).status());
    return fleet.group(0).forServers().remainingTtl(fleet.group(0).peek(key));
  }

  private Answer put(String pathKey, byte[] body) throws IOException {
    try (RawClient go = new RawClient(fleet.server(0).address())) {
      return go.send(putRequest("/_groupcache/scores/" + pathKey, body)).send(body).answer();
    }
  }

  @Test
  void aPutOfWhatHasExpiredRemoves() throws IOException {
    String key = fleet.keyOwnedBy(0);
    origin.put(key, "old");
    assertEquals("old", fleet.group(0).get(key).toUtf8());
    byte[] body = SetRequest.newBuilder().setKey(key).setExpire(1).build().toByteArray();

    assertEquals(200, put(key, body).status());

    assertNull(fleet.group(0).peek(key));
  }

  @Test
  void theGroupIsThePathsAndTheKeyTheBodys() throws IOException {
    String key = fleet.keyOwnedBy(0);
    byte[] body = SetRequest.newBuilder().setGroup("other").setKey(key).build().toByteArray();

    assertEquals(200, put("another-key", body).status());

    assertEquals("", fleet.group(0).peek(key).value().toUtf8());
    assertNull(fleet.group(0).peek("another-key"));
  }

  @Test
  void aDeleteForgetsHereAlone() throws IOException {
    String key = fleet.keyOwnedBy(1);
    origin.put(key, "old");
    fleet.group(1).get(key);
    String own = fleet.keyOwnedBy(0);
    origin.put(own, "old");
    fleet.group(0).get(own);

    for (String each : new String[] {key, own}) {
      exchange(
          "DELETE /_groupcache/scores/" + each + GO_HEADERS,
          new byte[0],
          """
          HTTP/1.1 200 OK\r
          content-length: 0\r
          Dawncache-Message: forget\r
          date: Thu, 26 Nov 2026 17:00:00 GMT\r
          \r
          """,
          "");
    }

    assertNull(fleet.group(0).peek(own));
    assertEquals("old", fleet.group(1).peek(key).value().toUtf8());
  }

  @Test
  void whatMakesNoSenseIsRefusedInAClearWord() throws IOException {
    assertRefused(400, "key: \"\" (expected: a key that is not empty)", put("Tom", new byte[0]));
    Answer garbled = put("Tom", new byte[] {1, 2, 3});
    assertEquals(400, garbled.status());
    assertTrue(garbled.text().startsWith("body: not the protobuf message, "), garbled.text());
    assertRefused(400, "bad request", ask("DELETE /_groupcache/scores"));
    assertRefused(404, "no such group: nobody", ask("DELETE /_groupcache/nobody/Tom"));
    assertRefused(503, "key is required", ask("DELETE /_groupcache/scores/"));
    assertRefused(
        405, "method PUT (expected: GET, HEAD, PUT or DELETE)", ask("PUT /elsewhere/scores/Tom"));
  }

  private Answer ask(String methodAndPath) throws IOException {
    return RawClient.ask(fleet.server(0), methodAndPath + GO_HEADERS);
  }

  private static void assertRefused(int status, String text, Answer answer) {
    assertEquals(text + "\n", answer.text());
    assertEquals(status, answer.status());
  }

  /** Returns a short text as a field of that number, in hex. */
  private static String field(int number, String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits((byte) (number << 3 | 2))
        + hex.toHexDigits((byte) bytes.length)
        + hex.formatHex(bytes);
  }
}
