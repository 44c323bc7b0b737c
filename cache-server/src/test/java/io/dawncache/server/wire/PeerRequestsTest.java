package io.dawncache.server.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteView;
import io.dawncache.core.Forget;
import io.dawncache.core.Operation;
import io.dawncache.core.PeerRequest;
import io.dawncache.core.TraceContext;
import io.dawncache.server.Dialect;
import io.dawncache.server.testing.TestFleet;
import io.dawncache.server.wire.pb.SetRequest;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What this node asks others. */
class PeerRequestsTest {
  private static final NodeUrl PEER = NodeUrl.parse("http://10.0.0.2:8001");
  private static final String SELF = "http://10.0.0.1:8001";
  private static final int MAX_BYTES = 1 << 20;
  private static final Duration NEVER = Duration.ofHours(1);
  private static final long NOW_SECONDS = 1_800_000_000;

  private static PeerRequests requests(Dialect dialect) {
    InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(NOW_SECONDS));
    return new PeerRequests(dialect, PEER, TestFleet.of(SELF), clock);
  }

  @ParameterizedTest
  @CsvSource({
    "DAWNCACHE,  /_dawncache/a%2Fb/x%20y%2B",
    "GROUPCACHE, /_groupcache/a%2Fb/x%20y%2B",
    "MAILGUN,    /_groupcache/a%2Fb/x%20y%2B",
  })
  void aFetchIsAGetThatNamesItsSender(Dialect dialect, String path) {
    FullHttpRequest request =
        requests(dialect).fetch(new PeerRequest("a/b", "x y+", NEVER), Duration.ofNanos(1));

    assertEquals(HttpMethod.GET, request.method());
    assertEquals(path, request.uri());
    assertEquals("10.0.0.2:8001", request.headers().get("Host"));
    assertEquals(SELF, request.headers().get("Dawncache-Peer"));
    assertEquals("1", request.headers().get("Dawncache-Timeout"));
    assertFalse(request.headers().contains("Dawncache-Copy-Gets"));
    assertEquals(0, request.content().readableBytes());
  }

  @Test
  void aFetchReportsTheGetsThatCopiesHaveAnswered() {
    FullHttpRequest request =
        requests(Dialect.DAWNCACHE).fetch(new PeerRequest("g", "k", NEVER, 17), NEVER);

    assertEquals("17", request.headers().get("Dawncache-Copy-Gets"));
    assertEquals("3600000", request.headers().get("Dawncache-Timeout"));
  }

  @Test
  void aFetchHasTheTraceOfItsGet() {
    String parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    PeerRequests requests = requests(Dialect.GROUPCACHE);
    TraceContext bare = new TraceContext(parent, null);
    TraceContext whole = new TraceContext(parent, "rojo=1,congo=2");

    var none = requests.fetch(new PeerRequest("g", "k", NEVER), NEVER).headers();
    var one = requests.fetch(new PeerRequest("g", "k", NEVER, 0, bare), NEVER).headers();
    var both = requests.fetch(new PeerRequest("g", "k", NEVER, 0, whole), NEVER).headers();

    assertFalse(none.contains("traceparent") || none.contains("tracestate"));
    assertEquals(parent, one.get("traceparent"));
    assertFalse(one.contains("tracestate"));
    assertEquals(parent, both.get("traceparent"));
    assertEquals("rojo=1,congo=2", both.get("tracestate"));
  }

  @ParameterizedTest
  @EnumSource
  void aProbeNamesItsSenderAndNoKey(Dialect dialect) {
    FullHttpRequest probe = requests(dialect).probe();

    assertEquals(KeyPath.probePath(dialect), probe.uri());
    assertEquals(SELF, probe.headers().get("Dawncache-Peer"));
  }

  @ParameterizedTest
  @CsvSource({
    "DAWNCACHE,  /_dawncache/",
    "GROUPCACHE, /_groupcache/",
    "MAILGUN,    /_groupcache/",
  })
  void aMessageIsAPostToTheBasePathThatNamesItsKindAndItsSender(Dialect dialect, String path) {
    PeerRequests requests = requests(dialect);

    isMessage("forget", path, requests.forget(Forget.all("g")));
    isMessage("coordinate", path, requests.coordinate(Operation.remove("g", "k")));
    isMessage("get-all", path, requests.fetchAll(List.of(new PeerRequest("g", "k", NEVER)), NEVER));
  }

  private static void isMessage(String kind, String path, FullHttpRequest request) {
    assertEquals(HttpMethod.POST, request.method());
    assertEquals(path, request.uri());
    assertEquals("10.0.0.2:8001", request.headers().get("Host"));
    assertEquals(SELF, request.headers().get("Dawncache-Peer"));
    assertEquals(kind, request.headers().get("Dawncache-Message"));
    assertEquals(
        request.content().readableBytes(), request.headers().getInt("Content-Length").intValue());
  }

  @Test
  void aPutSaysItsTtlInMailgunsWordsAndInOurs() throws IOException {
    Operation put = Operation.put("g/1", "a b", ByteView.ofUtf8("630"), 1_500_000_000);

    FullHttpRequest request = requests(Dialect.MAILGUN).put(put);

    assertEquals(HttpMethod.PUT, request.method());
    assertEquals("/_groupcache/g%2F1/a%20b", request.uri());
    assertEquals(SELF, request.headers().get("Dawncache-Peer"));
    SetRequest said = SetRequest.parseFrom(ByteBufUtil.getBytes(request.content()));
    assertEquals("g/1", said.getGroup());
    assertEquals("a b", said.getKey());
    assertEquals("630", said.getValue().toStringUtf8());
    assertEquals(NOW_SECONDS * 1_000_000_000 + 1_500_000_000, said.getExpire());
    assertEquals(1_500_000_000, said.getTtlNanos());
  }

  @Test
  void aPutOfAValueThatHoldsForEverSaysNoTtl() throws IOException {
    Operation put = Operation.put("g", "k", ByteView.empty(), Long.MAX_VALUE);

    SetRequest said =
        SetRequest.parseFrom(ByteBufUtil.getBytes(requests(Dialect.MAILGUN).put(put).content()));

    assertEquals(SetRequest.newBuilder().setGroup("g").setKey("k").build(), said);
  }

  @Test
  void aDeleteIsAPathAndNothingMore() {
    FullHttpRequest request = requests(Dialect.MAILGUN).delete("g", "a/b");

    assertEquals(HttpMethod.DELETE, request.method());
    assertEquals("/_groupcache/g/a%2Fb", request.uri());
    assertEquals(0, request.content().readableBytes());
    assertFalse(request.headers().contains("Content-Length"));
  }

  @Test
  void whatFitsFitsByItsLongestEncoding() {
    String key = "\u65e5".repeat(100); // three bytes each
    int encoded =
        requests(Dialect.DAWNCACHE).forget(Forget.key("g", key)).content().readableBytes();

    assertFalse(PeerRequests.fits(Forget.key("g", key), encoded - 5));
    assertTrue(PeerRequests.fits(Forget.key("g", key), 400));
    assertTrue(PeerRequests.fits(List.of(new PeerRequest("g", key, NEVER)), 400));
    assertFalse(PeerRequests.fits(List.of(new PeerRequest("g", key, NEVER)), 299));
  }

  @Test
  void asManyKeysFitAsTheOtherSideTakes() throws BadRequestException {
    for (int most : new int[] {4096, 10_000}) {
      List<PeerRequest> gets = Collections.nCopies(most, new PeerRequest("g", "k", NEVER));
      Forget forget = new Forget("g", Collections.nCopies(most, "k"));
      assertEquals(most <= 4096, PeerRequests.fits(gets, MAX_BYTES));
      assertTrue(PeerRequests.fits(forget, MAX_BYTES));
      assertEquals(forget, PeerCodec.decodeForget(PeerCodec.encode(forget).nioBuffer()));
    }
    List<PeerRequest> gets = Collections.nCopies(4096, new PeerRequest("g", "k", NEVER));
    assertEquals(gets, PeerCodec.decodeGetAll(PeerCodec.encode(gets, NEVER).nioBuffer()));
    assertFalse(PeerRequests.fits(new Forget("g", Collections.nCopies(10_001, "k")), MAX_BYTES));
  }
}
