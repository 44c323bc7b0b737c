package io.dawncache.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.dawncache.core.ByteAccount;
import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.Loaded;
import io.dawncache.core.Metadata;
import io.dawncache.operations.RawRequest.Response;
import io.dawncache.server.AccessTokens;
import io.dawncache.server.CacheServer;
import io.dawncache.server.RemoteChanges;
import io.dawncache.server.ServerConfig;
import io.dawncache.server.testing.LeakExtension;
import io.dawncache.server.testing.LogRecorder;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The listener over real sockets, in front of a node with one group. */
@Timeout(60)
@ExtendWith(LeakExtension.class)
class OperationsServerIT {
  private final AtomicInteger loads = new AtomicInteger();
  private final AtomicReference<@Nullable String> fault = new AtomicReference<>();
  private final Map<String, String> levels = new TreeMap<>(Map.of("", "INFO"));
  private final Map<String, Long> budgets = new TreeMap<>();
  private final AtomicReference<RemoteChanges> changes = new AtomicReference<>(RemoteChanges.ALL);
  private CacheNode node;
  private CacheServer server;
  private Group group;
  private OperationsServer operations;

  private Loaded load(String key) {
    if (key.equals("down")) {
      throw new IllegalStateException("the origin is down");
    }
    return key.equals("Jack") ? Loaded.notFound() : Loaded.ofUtf8(key + loads.incrementAndGet());
  }

  private final LogLevels logLevels =
      new LogLevels() {
        @Override
        public Map<String, String> levels() {
          return levels;
        }

        @Override
        public void set(String logger, String level) {
          if (!level.equals("DEBUG")) {
            throw new IllegalArgumentException("level: " + level + " (expected: DEBUG)");
          }
          levels.put(logger, level);
        }
      };

  @BeforeEach
  void start() throws IOException {
    node = CacheNode.create();
    group = node.addGroup("scores", this::load);
    server = CacheServer.start(node, ServerConfig.builder().build());
    operations =
        OperationsServer.start(
            server,
            OperationsConfig.builder()
                .readyCheck(new ReadyCheck("database", fault::get))
                .metrics(() -> "up 1\n")
                .configuration(() -> "listen: 127.0.0.1:8001\n")
                .logLevels(logLevels)
                .resize(budgets::put)
                .remoteChanges(name -> changes.get())
                .hostName("Node.example")
                .build());
  }

  @AfterEach
  void stop() {
    operations.close();
    server.close();
    node.close();
  }

  private Response get(String target) throws IOException {
    return RawRequest.get(operations.address(), target).send();
  }

  private RawRequest posting(String target, String json) {
    return RawRequest.post(operations.address(), target, json);
  }

  private Response post(String target, String json) throws IOException {
    return posting(target, json).send();
  }

  @Test
  void theIndexNamesEveryPath() throws IOException {
    JsonObject index = get("/").json();
    assertEquals(
        "[\"/\",\"/healthz\",\"/readyz\",\"/stats\",\"/explain\",\"/hot\",\"/metrics\",\"/config\",\"/log\"]",
        index.get("get").toString());
    assertEquals(
        "[\"/remove\",\"/clear\",\"/put\",\"/warm\",\"/refresh\",\"/drain\",\"/resize\",\"/log\"]",
        index.get("post").toString());
  }

  @Test
  void aProgramThatAddsNothingHasTheRestOnly() throws IOException {
    try (OperationsServer plain =
        OperationsServer.start(server, OperationsConfig.builder().build())) {
      JsonObject index = RawRequest.get(plain.address(), "/").send().json();
      assertEquals(
          "[\"/\",\"/healthz\",\"/readyz\",\"/stats\",\"/explain\",\"/hot\"]",
          index.get("get").toString());
      assertEquals(
          "[\"/remove\",\"/clear\",\"/put\",\"/warm\",\"/refresh\",\"/drain\"]",
          index.get("post").toString());
    }
  }

  @Test
  void reportsAreAnsweredWithTheirContentTypes() throws IOException {
    group.get("Tom");
    assertEquals("ok\n", get("/healthz").body());
    Response stats = get("/stats");
    assertEquals("application/json", stats.headers().get("content-type"));
    assertEquals("no-store", stats.headers().get("cache-control"));
    JsonObject scores = stats.json().getAsJsonObject("groups").getAsJsonObject("scores");
    assertEquals(1, scores.get("gets").getAsInt());
    Response metrics = get("/metrics");
    assertEquals("up 1\n", metrics.body());
    assertEquals("text/plain; version=0.0.4; charset=utf-8", metrics.headers().get("content-type"));
    assertEquals("listen: 127.0.0.1:8001\n", get("/config").body());
    assertEquals("{\"levels\":{\"\":\"INFO\"}}", get("/log").json().toString());
  }

  @Test
  void headNamesTheLengthAndHasNoBody() throws IOException {
    Response head = RawRequest.of(operations.address(), "HEAD", "/healthz").send();
    assertEquals(200, head.status());
    assertEquals("3", head.headers().get("content-length"));
    assertEquals("", head.body());
  }

  @Test
  void readinessNamesEachCheckAndItsFault() throws IOException {
    Response ready = get("/readyz");
    assertEquals(200, ready.status());
    assertTrue(ready.json().get("ready").getAsBoolean());
    assertEquals(5, ready.json().getAsJsonArray("checks").size());

    fault.set("no connection");
    Response down = get("/readyz");
    assertEquals(503, down.status());
    assertEquals(List.of("database: no connection"), faults(down));
  }

  private static List<String> faults(Response readiness) {
    List<String> faults = new ArrayList<>();
    readiness
        .json()
        .getAsJsonArray("checks")
        .forEach(
            check -> {
              JsonObject shown = check.getAsJsonObject();
              if (!shown.get("ok").getAsBoolean()) {
                faults.add(
                    shown.get("name").getAsString() + ": " + shown.get("fault").getAsString());
              }
            });
    return faults;
  }

  @Test
  void anOriginThatHasNeverAnsweredIsNotReadyAndOneThatFailsLaterIs() throws IOException {
    assertThrows(RuntimeException.class, () -> group.get("down"));
    assertEquals(
        List.of("origin of scores: the origin has answered none of 1 loads"),
        faults(get("/readyz")));
    group.get("Tom");
    assertThrows(RuntimeException.class, () -> group.get("down"));
    assertEquals(200, get("/readyz").status());
  }

  @Test
  void aNodeWithoutRoomForBytesInFlightIsNotReadyAndStillAnswersHere() throws IOException {
    ByteAccount account = node.bytesInFlight();
    try (ByteAccount.Holder all = account.open()) {
      assertTrue(all.add(account.maxBytes()));
      assertEquals(
          List.of(
              "memory: bytes in flight: %d of %d"
                  .formatted(account.maxBytes(), account.maxBytes())),
          faults(get("/readyz")));
      assertEquals(200, post("/remove", "{\"group\":\"scores\",\"key\":\"Tom\"}").status());
    }
    assertEquals(200, get("/readyz").status());
  }

  @Test
  void aKeyIsExplained() throws IOException {
    assertEquals("load", get("/explain?group=scores&key=Tom").json().get("onGet").getAsString());
    group.get("Tom");
    assertThrows(RuntimeException.class, () -> group.get("down"));

    JsonObject held = get("/explain?group=scores&key=Tom").json();
    assertEquals("own", held.get("held").getAsString());
    assertEquals("answer", held.get("onGet").getAsString());
    assertEquals(4, held.get("bytes").getAsInt());
    assertFalse(held.has("contentType") || held.has("etag"), held::toString);
    Metadata metadata = new Metadata("text/plain", "\"v1\"");
    ByteView jack = ByteView.ofUtf8("589").withMetadata(metadata);
    assertTrue(group.put("Jack", jack).isEverywhere());
    JsonObject described = get("/explain?group=scores&key=Jack").json();
    assertEquals("text/plain", described.get("contentType").getAsString());
    assertEquals("\"v1\"", described.get("etag").getAsString());
    assertEquals("value", held.getAsJsonObject("lastLoad").get("outcome").getAsString());
    JsonObject down = get("/explain?group=scores&key=down").json();
    assertEquals(
        "load scores/down: the origin is down",
        down.getAsJsonObject("lastLoad").get("error").getAsString());
    assertEquals("key: missing (expected: ?key=...)", get("/explain?group=scores").detail());
  }

  @Test
  void theOwnersOfAKeyAreNamedWithTheirStates() throws IOException {
    server.setMembers(List.of(server.self(), "http://127.0.0.1:1"));
    String owners = get("/explain?group=scores&key=Tom").json().get("owners").toString();
    assertTrue(
        owners.contains("{\"url\":\"%s\",\"state\":\"self\"}".formatted(server.self())), owners);
    assertTrue(owners.contains("{\"url\":\"http://127.0.0.1:1\",\"state\":\"up\"}"), owners);
    server.setMembers(List.of());
  }

  @Test
  void hotKeysAreListed() throws IOException {
    for (int i = 0; i < 10_000; i++) {
      group.get("Tom");
    }
    JsonObject hot =
        get("/hot?group=scores").json().getAsJsonArray("hotKeys").get(0).getAsJsonObject();
    assertEquals("Tom", hot.get("key").getAsString());
    assertEquals(1, hot.get("share").getAsInt());
    assertTrue(hot.get("minuteGets").getAsDouble() > 0);
  }

  @Test
  void aRequestMayArriveByteByByte() throws IOException {
    for (int i = 0; i < 3; i++) {
      assertEquals(200, posting("/clear", "{\"group\":\"scores\"}").sendBytewise().status());
    }
  }

  @Test
  void aKeyIsRemovedRefreshedAndAGroupCleared() throws IOException {
    assertEquals("Tom1", group.get("Tom").toUtf8());

    Response refreshed = post("/refresh", "{\"group\":\"scores\",\"key\":\"Tom\"}");
    assertEquals("{\"bytes\":4}", refreshed.json().toString());
    assertEquals("Tom2", group.get("Tom").toUtf8());

    Response removed = post("/remove", "{\"group\":\"scores\",\"key\":\"Tom\"}");
    assertEquals("{\"unreached\":[],\"otherLists\":[]}", removed.json().toString());
    assertEquals("Tom3", group.get("Tom").toUtf8());

    assertEquals(200, post("/clear", "{\"group\":\"scores\"}").status());
    assertEquals("Tom4", group.get("Tom").toUtf8());
  }

  @Test
  void aValueIsPutAsTextOrBase64WithItsTtl() throws IOException {
    String key = "{\"group\":\"scores\",\"key\":\"Tom\",";
    Response put = post("/put", key + "\"value\":\"630 \\u00fc\",\"ttlSeconds\":0.5e3}");
    assertEquals("{\"unreached\":[],\"otherLists\":[]}", put.json().toString());
    assertEquals("630 ü", group.get("Tom").toUtf8());
    double ttl =
        get("/explain?group=scores&key=Tom").json().get("remainingTtlSeconds").getAsDouble();
    assertTrue(ttl > 0 && ttl <= 500, "TTL: " + ttl);

    assertEquals(200, post("/put", key + "\"base64\":\"AP8=\"}").status());
    assertEquals(ByteView.copyOf(new byte[] {0, (byte) 0xff}), group.get("Tom"));
    assertEquals(200, post("/put", key + "\"value\":\"\"}").status());
    assertEquals(0, group.get("Tom").length());
    assertEquals(0, loads.get(), "nothing was loaded");
  }

  @Test
  void aPutThatIsNotWellFormedChangesNothing() throws IOException {
    String key = "{\"group\":\"scores\",\"key\":\"Tom\"";
    assertEquals(
        "value, base64: missing (expected: one of them)", post("/put", key + "}").detail());
    assertEquals(
        "value, base64: both (expected: one of them)",
        post("/put", key + ",\"value\":\"a\",\"base64\":\"\"}").detail());
    assertTrue(post("/put", key + ",\"base64\":\"*\"}").detail().endsWith("(expected: Base64)"));
    assertEquals("value: 1 (expected: a text)", post("/put", key + ",\"value\":1}").detail());
    assertEquals(
        "ttlSeconds: 0 (expected: a number > 0)",
        post("/put", key + ",\"value\":\"a\",\"ttlSeconds\":0}").detail());
    assertEquals(0, group.stats().mainCache().items());
  }

  @Test
  void whatAGroupDoesNotAllowToChangeIsRefused() throws IOException {
    String remove = "{\"group\":\"scores\",\"key\":\"Tom\"}";
    String put = "{\"group\":\"scores\",\"key\":\"Tom\",\"value\":\"1\"}";
    group.get("Tom");
    changes.set(RemoteChanges.NONE);
    for (Response refused :
        List.of(post("/remove", remove), post("/clear", "{\"group\":\"scores\"}"))) {
      assertEquals(403, refused.status());
      assertEquals(
          "remote-changes of group scores: none (expected: remove or all)", refused.detail());
    }
    assertEquals(403, post("/put", put).status());
    assertEquals(404, post("/clear", "{\"group\":\"runs\"}").status());

    changes.set(RemoteChanges.REMOVE);
    Response refused = post("/put", put);
    assertEquals(403, refused.status());
    assertEquals("remote-changes of group scores: remove (expected: all)", refused.detail());
    assertEquals("Tom1", group.get("Tom").toUtf8(), "nothing has changed");
    assertEquals(200, post("/remove", remove).status());
    assertEquals("Tom2", group.get("Tom").toUtf8());
  }

  @Test
  void aRefreshThatFindsNothingOrFailsSaysSo() throws IOException {
    assertEquals(404, post("/refresh", "{\"group\":\"scores\",\"key\":\"Jack\"}").status());
    Response failed = post("/refresh", "{\"group\":\"scores\",\"key\":\"down\"}");
    assertEquals(502, failed.status());
    assertEquals("load scores/down: the origin is down", failed.detail());
  }

  @Test
  void aRefreshAtAnotherNodeThanTheOwnerNamesTheOwner() throws IOException {
    server.setMembers(List.of("http://127.0.0.1:1"));
    Response refused = post("/refresh", "{\"group\":\"scores\",\"key\":\"Tom\"}");
    assertEquals(409, refused.status());
    assertEquals("key: Tom (expected: asked of its owner, http://127.0.0.1:1)", refused.detail());
    server.setMembers(List.of());
  }

  @Test
  void keysAreWarmed() throws IOException {
    Response warmed =
        post(
            "/warm",
            "{\"group\":\"scores\",\"keys\":[\"a\",\"b\",\"a\",\"Jack\",\"down\"],"
                + "\"keysPerSecond\":100000}");
    assertEquals("{\"keys\":4,\"found\":2,\"notFound\":1,\"failed\":1}", warmed.json().toString());
  }

  @Test
  void aGroupIsResizedAndALogLevelSet() throws IOException {
    assertEquals(200, post("/resize", "{\"group\":\"scores\",\"maxBytes\":1000000}").status());
    assertEquals(Map.of("scores", 1_000_000L), budgets);

    Response set = post("/log", "{\"logger\":\"io.dawncache\",\"level\":\"DEBUG\"}");
    assertEquals("{\"levels\":{\"\":\"INFO\",\"io.dawncache\":\"DEBUG\"}}", set.json().toString());
    Response refused = post("/log", "{\"logger\":\"io.dawncache\",\"level\":\"LOUD\"}");
    assertEquals("level: LOUD (expected: DEBUG)", refused.detail());
  }

  @Test
  void aDrainedNodeIsNotReadyAndAnswersStill() throws IOException {
    assertEquals("{\"draining\":true}", post("/drain", "{}").json().toString());
    assertEquals(
        List.of("draining: the node leaves, or has left, its fleet"), faults(get("/readyz")));
    assertEquals("Tom1", group.get("Tom").toUtf8());
  }

  @Test
  void whatActsIsRefusedToAPageOfABrowser() throws IOException {
    String json = "{\"group\":\"scores\",\"key\":\"Tom\"}";
    int port = operations.address().getPort();
    group.get("Tom");

    Response form = posting("/remove", json).with("Content-Type", "text/plain").send();
    assertEquals(415, form.status());
    assertEquals("Content-Type: text/plain (expected: application/json)", form.detail());
    assertEquals(415, posting("/remove", json).without("Content-Type").send().status());

    for (String host :
        List.of("evil.example:" + port, "127.0.0.1:1", "127.0.0.1", "127.0.0.2:" + port)) {
      Response foreign = posting("/remove", json).with("Host", host).send();
      assertEquals(421, foreign.status(), host);
      assertEquals("Host: %s (expected: 127.0.0.1:%d)".formatted(host, port), foreign.detail());
    }
    assertEquals(421, posting("/remove", json).without("Host").send().status());

    Response other = posting("/remove", json).with("Origin", "http://evil.example").send();
    assertEquals(403, other.status());
    assertEquals("Origin: http://evil.example (expected: none)", other.detail());
    assertEquals(403, posting("/remove", json).with("Origin", "null").send().status());

    assertEquals("Tom1", group.get("Tom").toUtf8(), "nothing was removed");
  }

  @Test
  void whatActsIsLetInUnderEachNameOfTheListener() throws IOException {
    String json = "{\"group\":\"scores\",\"key\":\"Tom\"}";
    int port = operations.address().getPort();
    for (String host : List.of("127.0.0.1:", "localhost:", "LocalHost:", "node.example:")) {
      assertEquals(200, posting("/remove", json).with("Host", host + port).send().status(), host);
    }
    Response own =
        posting("/remove", json)
            .with("Origin", "http://127.0.0.1:" + port)
            .with("Content-Type", "application/json; charset=utf-8")
            .send();
    assertEquals(200, own.status());
  }

  @Test
  void whatCannotBeDoneIsAProblemThatSaysWhatIsExpected() throws IOException {
    assertEquals(
        "group: runs (expected: one of scores)", post("/clear", "{\"group\":\"runs\"}").detail());
    assertEquals(404, post("/clear", "{\"group\":\"runs\"}").status());
    Map<String, String> wrong = new TreeMap<>();
    wrong.put("", "body: none (expected: a JSON object)");
    wrong.put("[]", "body: [] (expected: a JSON object)");
    wrong.put("{\"group\":\"scores\"}{}", "body: no JSON (expected: an object)");
    wrong.put("{group:\"scores\"}", "body: no JSON (expected: an object)");
    wrong.put("{}", "group: missing (expected: a text)");
    wrong.put("{\"group\":1}", "group: 1 (expected: a text)");
    wrong.put("{\"group\":\"scores\",\"key\":\"Tom\"}", "key: unknown (expected: group)");
    for (var each : wrong.entrySet()) {
      Response refused = post("/clear", each.getKey());
      assertEquals(400, refused.status(), each.getKey());
      assertTrue(refused.detail().startsWith(each.getValue()), refused.detail());
    }
    assertEquals(
        "keys: 7 (expected: a list of texts)",
        post("/warm", "{\"group\":\"scores\",\"keys\":[7]}").detail());
    assertEquals(
        "keysPerSecond: 0 (expected: a number > 0)",
        post("/warm", "{\"group\":\"scores\",\"keys\":[],\"keysPerSecond\":0}").detail());
    assertEquals(
        "key is required", post("/remove", "{\"group\":\"scores\",\"key\":\"\"}").detail());
    assertEquals(404, get("/nothing").status());

    Response put = RawRequest.of(operations.address(), "PUT", "/remove").send();
    assertEquals(405, put.status());
    assertEquals("POST", put.headers().get("allow"));
    assertEquals("method (expected: POST for /remove)", put.detail());
    assertEquals(
        "GET, HEAD, POST",
        RawRequest.of(operations.address(), "PUT", "/log").send().headers().get("allow"));
    assertEquals(405, get("/drain").status(), "GET never acts");
    assertEquals(405, post("/stats", "{}").status());
  }

  @Test
  void whatIsNoRequestIsRefusedAndItsConnectionClosed() throws IOException {
    Response refused = RawRequest.send(operations.address(), "nonsense\r\n\r\n");
    assertEquals(400, refused.status());
    assertTrue(refused.detail().startsWith("no request of HTTP/1.1"), refused.detail());
  }

  @Test
  void aBodyThatIsTooLongIsRefused() throws IOException {
    String head = posting("/warm", "").with("Content-Length", Integer.toString(5 << 20)).text();
    Response refused = RawRequest.send(operations.address(), head);
    assertEquals(413, refused.status());
    assertEquals("body (expected: <= 4194304 bytes)", refused.detail());
  }

  @Test
  void requestsOnOneConnectionAreAnsweredInTurn() throws IOException {
    String first = RawRequest.get(operations.address(), "/healthz").without("Connection").text();
    String last = RawRequest.get(operations.address(), "/config").text();
    try (Socket socket = connect()) {
      socket.getOutputStream().write((first + first + last).getBytes(UTF_8));
      String all = new String(socket.getInputStream().readAllBytes(), UTF_8);
      assertEquals(3, all.split("HTTP/1.1 200 OK", -1).length - 1, all);
      assertTrue(all.endsWith("listen: 127.0.0.1:8001\n"), all);
    }
  }

  private Socket connect() throws IOException {
    InetSocketAddress address = operations.address();
    return new Socket(address.getAddress(), address.getPort());
  }

  @Test
  void oneConnectionTooManyIsRefusedAndOneLessIsServedAgain() throws IOException {
    List<Socket> open = new ArrayList<>();
    try {
      for (int i = 0; i < OperationsPipeline.MOST_CONNECTIONS; i++) {
        Socket socket = connect();
        open.add(socket);
        socket
            .getOutputStream()
            .write(
                RawRequest.get(operations.address(), "/healthz")
                    .without("Connection")
                    .text()
                    .getBytes(UTF_8));
        assertEquals('H', socket.getInputStream().read(), "it is served");
      }
      try (Socket refused = connect()) {
        Response answer = Response.of(new String(refused.getInputStream().readAllBytes(), UTF_8));
        assertEquals(503, answer.status());
        assertEquals("connections (expected: <= 64)", answer.detail());
      }
      open.remove(0).close();
      int status;
      do { // the listener sees the close a moment later
        status = get("/healthz").status();
      } while (status == 503);
      assertEquals(200, status);
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  @Test
  void aListenerThatOthersReachWithoutTokensSaysSo() throws IOException {
    String warning = "WARNING operations: listening on ";
    for (String host : List.of("127.0.0.1", "0.0.0.0")) {
      for (boolean hasTokens : List.of(false, true)) {
        OperationsConfig.Builder config = OperationsConfig.builder().host(host);
        if (hasTokens) {
          config.tokens(() -> AccessTokens.NONE);
        }
        try (LogRecorder log = LogRecorder.of(OperationsServer.class);
            OperationsServer open = OperationsServer.start(server, config.build())) {
          boolean warns = !hasTokens && !open.address().getAddress().isLoopbackAddress();
          long warnings = log.lines().stream().filter(line -> line.startsWith(warning)).count();
          assertEquals(warns ? 1 : 0, warnings, log::toString);
        }
      }
    }
  }

  @Test
  void aPortThatIsTakenIsNamed() {
    int port = operations.address().getPort();
    BindException failure =
        assertThrows(
            BindException.class,
            () -> OperationsServer.start(server, OperationsConfig.builder().port(port).build()));
    assertTrue(
        failure.getMessage().startsWith("operations: listen on 127.0.0.1:" + port + ": "),
        failure.getMessage());
    assertFalse(failure.getCause() == null);
  }
}
