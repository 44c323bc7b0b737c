package io.dawncache.server.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteView;
import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.core.PeerResult.Status;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a fetch says, and what each answer of a peer means. */
class PeerExchangeTest {
  private static final NodeUrl PEER = NodeUrl.parse("http://10.0.0.2:8001");
  private static final String SELF = "http://10.0.0.1:8001";

  @ParameterizedTest
  @CsvSource({
    "DAWNCACHE,  /_dawncache/a%2Fb/x%20y%2B",
    "GROUPCACHE, /_groupcache/a%2Fb/x%20y%2B",
    "MAILGUN,    /_groupcache/a%2Fb/x%20y%2B",
  })
  void aFetchIsAGetThatNamesItsSender(Dialect dialect, String path) {
    FullHttpRequest request =
        PeerExchange.request(
            dialect, PEER, SELF, new PeerRequest("a/b", "x y+", Duration.ofSeconds(1)));

    assertEquals(HttpMethod.GET, request.method());
    assertEquals(path, request.uri());
    assertEquals("10.0.0.2:8001", request.headers().get("Host"));
    assertEquals(SELF, request.headers().get("Dawncache-Peer"));
    assertEquals(0, request.content().readableBytes());
  }

  @ParameterizedTest
  @EnumSource
  void aProbeNamesItsSenderAndNoKey(Dialect dialect) {
    FullHttpRequest probe = PeerExchange.probe(dialect, PEER, SELF);

    assertEquals(KeyPath.probePath(dialect), probe.uri());
    assertEquals(SELF, probe.headers().get("Dawncache-Peer"));
  }

  @ParameterizedTest
  @EnumSource
  void a200HoldsTheValue(Dialect dialect) {
    var body = Messages.encodeResponse(ByteView.ofUtf8("630"), UnpooledByteBufAllocator.DEFAULT);
    FullHttpResponse answer =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
    try {
      assertEquals(PeerResult.value(ByteView.ofUtf8("630")), PeerExchange.result(dialect, answer));
      assertEquals(1, answer.refCnt());
    } finally {
      answer.release();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a200WithoutABodyHoldsAnEmptyValue(Dialect dialect) {
    assertEquals(PeerResult.value(ByteView.empty()), result(dialect, 200, null, ""));
  }

  @ParameterizedTest
  @EnumSource
  void a200WhoseBodyIsNoResponseFailed(Dialect dialect) {
    PeerResult result = result(dialect, 200, null, "<html>");

    assertEquals(Status.FAILED, result.status());
    assertTrue(result.detail().startsWith("not a protobuf Response, "), result.detail());
  }

  /* Our own nodes say which kind it is, and are taken at their word whatever the status. */
  @ParameterizedTest
  @CsvSource({
    "DAWNCACHE,  404, not-there,     NOT_THERE",
    "DAWNCACHE,  500, failed,        FAILED",
    "DAWNCACHE,  503, overloaded,    OVERLOADED",
    "DAWNCACHE,  400, no-such-group, NOT_ASKED",
    "GROUPCACHE, 404, not-there,     NOT_THERE",
    "GROUPCACHE, 500, failed,        FAILED",
    "GROUPCACHE, 503, overloaded,    OVERLOADED",
    "GROUPCACHE, 404, no-such-group, NOT_ASKED",
    "MAILGUN,    404, not-there,     NOT_THERE",
    "MAILGUN,    503, failed,        FAILED",
    "MAILGUN,    503, overloaded,    OVERLOADED",
    "MAILGUN,    404, no-such-group, NOT_ASKED",
    "DAWNCACHE,  500, not-there,     NOT_THERE",
    "GROUPCACHE, 400, overloaded,    OVERLOADED",
    "MAILGUN,    500, failed,        FAILED",
  })
  void aMarkedAnswerMeansWhatItsMarkSays(Dialect dialect, int code, String mark, Status expected) {
    assertEquals(PeerResult.of(expected, "why"), result(dialect, code, mark, "why\n"));
  }

  @ParameterizedTest
  @EnumSource
  void whatOurNodesRefuseIsUnderstoodByOurNodes(Dialect dialect) {
    Refusal failed = Refusal.failed(dialect, "why");
    Refusal noSuchGroup = Refusal.noSuchGroup(dialect, "g");

    assertEquals(Status.FAILED, result(dialect, failed).status());
    assertEquals(Status.NOT_ASKED, result(dialect, noSuchGroup).status());
    assertEquals(Status.UNCLEAR, result(dialect, Refusal.badRequest("why")).status());
  }

  /* An answer without a mark, or with one we do not know, is taken for a Go node's. */
  @ParameterizedTest
  @CsvSource({
    "DAWNCACHE,  400, 'no such group:g',      NOT_ASKED",
    "DAWNCACHE,  400, 'bad request',          UNCLEAR",
    "DAWNCACHE,  404, 'not found',            UNCLEAR",
    "DAWNCACHE,  500, 'boom',                 UNCLEAR",
    "DAWNCACHE,  503, 'boom',                 UNCLEAR",
    "GROUPCACHE, 400, 'bad request',          UNCLEAR",
    "GROUPCACHE, 404, 'no such group: g',     NOT_ASKED",
    "GROUPCACHE, 404, 'not found',            UNCLEAR",
    "GROUPCACHE, 500, 'boom',                 UNCLEAR",
    "GROUPCACHE, 503, 'boom',                 UNCLEAR",
    "MAILGUN,    400, 'bad request',          UNCLEAR",
    "MAILGUN,    404, 'no such group: g',     NOT_ASKED",
    "MAILGUN,    404, 'not found',            NOT_THERE",
    "MAILGUN,    404, '',                     NOT_THERE",
    "MAILGUN,    500, 'boom',                 UNCLEAR",
    "MAILGUN,    503, 'boom',                 FAILED",
    "MAILGUN,    502, 'bad gateway',          UNCLEAR",
    "DAWNCACHE,  204, '',                     UNCLEAR",
    "GROUPCACHE, 206, '',                     UNCLEAR",
    "MAILGUN,    301, '',                     UNCLEAR",
  })
  void anUnmarkedAnswerMeansWhatItsDialectSays(
      Dialect dialect, int code, String body, Status expected) {
    assertEquals(expected, result(dialect, code, null, body).status());
    assertEquals(expected, result(dialect, code, "a-kind-of-tomorrow", body).status());
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNoHttpFailed(Dialect dialect) {
    FullHttpResponse answer =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(999));
    answer.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("gibberish")));

    assertEquals(
        PeerResult.of(Status.FAILED, "not an HTTP answer, gibberish"),
        PeerExchange.result(dialect, answer));
  }

  @Test
  void aLongErrorTextIsCutForTheMessage() {
    PeerResult result = result(Dialect.DAWNCACHE, 500, "failed", "x".repeat(100_000));

    assertEquals("x".repeat(512), result.detail());
  }

  private static PeerResult result(Dialect dialect, Refusal refusal) {
    String mark = refusal.kind() == null ? null : refusal.kind().label();
    return result(dialect, refusal.code(), mark, refusal.text() + "\n");
  }

  private static PeerResult result(Dialect dialect, int code, String mark, String body) {
    FullHttpResponse answer =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(code),
            Unpooled.wrappedBuffer(body.getBytes(UTF_8)));
    if (mark != null) {
      answer.headers().set("Dawncache-Status", mark);
    }
    return PeerExchange.result(dialect, answer);
  }
}
