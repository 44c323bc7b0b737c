package io.dawncache.server.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteView;
import io.dawncache.core.MemberList;
import io.dawncache.core.OperationResult;
import io.dawncache.core.PeerResult;
import io.dawncache.core.PeerResult.Status;
import io.dawncache.server.Dialect;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each answer of a peer means. */
class PeerAnswersTest {
  private static final long NOW_SECONDS = 1_800_000_000;
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.ofEpochSecond(NOW_SECONDS));

  @ParameterizedTest
  @EnumSource
  void a200HoldsTheValue(Dialect dialect) {
    var body =
        GroupcacheCodec.encodeResponse(ByteView.ofUtf8("630"), UnpooledByteBufAllocator.DEFAULT);
    FullHttpResponse answer =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
    markAsValue(dialect, answer);
    try {
      assertEquals(
          PeerResult.value(ByteView.ofUtf8("630")),
          new PeerAnswers(dialect, CLOCK).ofFetch(answer));
      assertEquals(1, answer.refCnt());
    } finally {
      answer.release();
    }
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "failed,     2,                             2",
        "failed,     -,                             -",
        "failed,     0,                             -",
        "failed,     99999999999999999999,          -",
        "failed,     'Sat, 28 Nov 2026 08:00:00 GMT', -",
        "failed,     999999999999999999,            3600",
        "overloaded, 1,                             -",
      })
  void aFailureMaySayWhenTheOriginIsAskedAgain(
      String kind, @Nullable String header, @Nullable Long seconds) {
    FullHttpResponse answer =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.SERVICE_UNAVAILABLE, Unpooled.EMPTY_BUFFER);
    answer.headers().set(Headers.STATUS, kind);
    if (header != null) {
      answer.headers().set(HttpHeaderNames.RETRY_AFTER, header);
    }

    PeerResult result = new PeerAnswers(Dialect.DAWNCACHE, CLOCK).ofFetch(answer);

    assertEquals(kind.equals("failed") ? Status.FAILED : Status.OVERLOADED, result.status());
    assertEquals(seconds == null ? null : Duration.ofSeconds(seconds), result.retryAfter());
  }

  @ParameterizedTest
  @EnumSource
  void oneOfOurNodesSaysTheRemainingTtl(Dialect dialect) {
    ByteView value = ByteView.ofUtf8("630");

    assertEquals(
        PeerResult.value(value, 1_500_000_000, false, 12.5),
        result(dialect, new Freshness(12.5, 0, 1_500_000_000, false)));
    assertEquals(
        PeerResult.value(value, 0, true, 0), result(dialect, new Freshness(0, 0, 0, true)));
  }

  @ParameterizedTest
  @EnumSource
  void aGoNodeSaysWhenTheTtlEndsByTheWallClock(Dialect dialect) {
    long expire = NOW_SECONDS * 1_000_000_000 + 1;

    assertEquals(1, result(dialect, expiring(expire)).ttlNanos());
    assertEquals(0, result(dialect, expiring(expire - 1)).ttlNanos());
    assertTrue(result(dialect, expiring(expire - 2)).ttlNanos() <= 0);
    assertTrue(result(dialect, expiring(-1)).ttlNanos() <= 0);
    assertTrue(result(dialect, expiring(Long.MIN_VALUE)).ttlNanos() <= 0);
    assertEquals(Long.MAX_VALUE, result(dialect, expiring(0)).ttlNanos());
  }

  private static Freshness expiring(long unixNanos) {
    return new Freshness(0, unixNanos, Long.MAX_VALUE, false);
  }

  @ParameterizedTest
  @EnumSource
  void a200WithoutABodyHoldsAnEmptyValue(Dialect dialect) {
    assertEquals(PeerResult.value(ByteView.empty()), value(dialect, ""));
  }

  @ParameterizedTest
  @CsvSource({"DAWNCACHE, FAILED", "GROUPCACHE, NOT_ASKED", "MAILGUN, NOT_ASKED"})
  void a200WhoseBodyIsNoResponseFailedIfItIsANodesForSure(Dialect dialect, Status expected) {
    PeerResult result = value(dialect, "<html>");

    assertEquals(expected, result.status());
    assertTrue(result.detail().startsWith("not a protobuf Response, "), result.detail());
  }

  @ParameterizedTest
  @EnumSource
  void a200OfAnotherProgramIsNoAnswerOfTheMembers(Dialect dialect) {
    for (String body : List.of("", "<html>")) {
      for (String type : List.of("", "text/html", "application/json; charset=utf-8")) {
        FullHttpResponse answer = answer(200, null, body);
        answer.headers().set("Content-Type", type);
        assertEquals(Status.NOT_ASKED, new PeerAnswers(dialect, CLOCK).ofFetch(answer).status());
      }
      assertEquals(Status.NOT_ASKED, result(dialect, 200, null, body).status());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/x-protobuf",
        "Application/X-Protobuf; charset=utf-8",
        "application/octet-stream"
      })
  void inAGoDialectTheContentTypeTellsAValueAndInOurOwnItDoesNot(String type) {
    FullHttpResponse answer = answer(200, null, "");
    answer.headers().set("Content-Type", type);

    assertEquals(Status.VALUE, new PeerAnswers(Dialect.GROUPCACHE, CLOCK).ofFetch(answer).status());
    assertEquals(Status.VALUE, new PeerAnswers(Dialect.MAILGUN, CLOCK).ofFetch(answer).status());
    assertEquals(
        Status.NOT_ASKED, new PeerAnswers(Dialect.DAWNCACHE, CLOCK).ofFetch(answer).status());
  }

  /* Our own nodes say which kind it is, and are taken at their word whatever the status. */
  @ParameterizedTest
  @CsvSource({
    "DAWNCACHE,  404, not-found,     NOT_FOUND",
    "DAWNCACHE,  502, rejected,      REJECTED",
    "GROUPCACHE, 500, rejected,      REJECTED",
    "MAILGUN,    500, rejected,      REJECTED",
    "DAWNCACHE,  500, failed,        FAILED",
    "DAWNCACHE,  503, overloaded,    OVERLOADED",
    "DAWNCACHE,  504, timed-out,     TIMED_OUT",
    "DAWNCACHE,  400, no-such-group, NOT_ASKED",
    "GROUPCACHE, 404, not-found,     NOT_FOUND",
    "GROUPCACHE, 500, failed,        FAILED",
    "GROUPCACHE, 503, overloaded,    OVERLOADED",
    "GROUPCACHE, 404, no-such-group, NOT_ASKED",
    "MAILGUN,    404, not-found,     NOT_FOUND",
    "MAILGUN,    503, failed,        FAILED",
    "MAILGUN,    503, overloaded,    OVERLOADED",
    "MAILGUN,    404, no-such-group, NOT_ASKED",
    "DAWNCACHE,  500, not-found,     NOT_FOUND",
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
    assertEquals(Status.NOT_ASKED, result(dialect, Refusal.badRequest("why")).status());
  }

  /* Without a mark, or with one we do not know: a Go node's, and in our dialect nobody's. */
  @ParameterizedTest
  @CsvSource({
    "DAWNCACHE,  400, 'no such group:g',      NOT_ASKED",
    "DAWNCACHE,  400, 'bad request',          NOT_ASKED",
    "DAWNCACHE,  404, 'not found',            NOT_ASKED",
    "DAWNCACHE,  500, 'boom',                 NOT_ASKED",
    "DAWNCACHE,  503, 'boom',                 NOT_ASKED",
    "GROUPCACHE, 400, 'bad request',          UNCLEAR",
    "GROUPCACHE, 404, 'no such group: g',     NOT_ASKED",
    "GROUPCACHE, 404, 'not found',            UNCLEAR",
    "GROUPCACHE, 500, 'boom',                 UNCLEAR",
    "GROUPCACHE, 503, 'boom',                 UNCLEAR",
    "MAILGUN,    400, 'bad request',          UNCLEAR",
    "MAILGUN,    404, 'no such group: g',     NOT_ASKED",
    "MAILGUN,    404, 'not found',            NOT_FOUND",
    "MAILGUN,    404, '',                     NOT_FOUND",
    "MAILGUN,    500, 'boom',                 UNCLEAR",
    "MAILGUN,    503, 'boom',                 FAILED",
    "MAILGUN,    502, 'bad gateway',          UNCLEAR",
    "DAWNCACHE,  204, '',                     NOT_ASKED",
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
  void whatIsNoHttpIsNoAnswer(Dialect dialect) {
    FullHttpResponse answer =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(999));
    answer.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("gibberish")));

    assertEquals(
        PeerResult.of(Status.NOT_ASKED, "not an HTTP answer, gibberish"),
        new PeerAnswers(dialect, CLOCK).ofFetch(answer));
  }

  // Operations.

  @ParameterizedTest
  @EnumSource
  void oneOfOurNodesTellsHowAMessageEnded(Dialect dialect) {
    for (OperationResult said :
        List.of(
            OperationResult.done(List.of()),
            OperationResult.done(List.of("http://10.0.0.3:8001", "http://10.0.0.4:8001")),
            OperationResult.of(OperationResult.Status.DONE_ALONE, "why"),
            OperationResult.of(OperationResult.Status.NOT_ASKED, "why"),
            OperationResult.of(OperationResult.Status.UNKNOWN, "why"))) {
      assertEquals(said, operation(dialect, said, PeerAnswers::ofMessage));
      assertEquals(said, operation(dialect, said, PeerAnswers::ofPut));
      assertEquals(said, operation(dialect, said, PeerAnswers::ofDelete));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aGroupThatOneOfOurNodesDoesNotHaveIsNotChangedThereAndNeedNotBeForgotten(Dialect dialect) {
    Refusal noSuchGroup = Refusal.noSuchGroup(dialect, "g");

    assertEquals(
        OperationResult.Status.NOT_ASKED,
        operation(dialect, noSuchGroup, PeerAnswers::ofMessage).status());
    assertEquals(
        OperationResult.Status.NOT_ASKED,
        operation(dialect, noSuchGroup, PeerAnswers::ofPut).status());
    assertEquals(
        OperationResult.Status.DONE,
        operation(dialect, noSuchGroup, PeerAnswers::ofDelete).status());
  }

  @ParameterizedTest
  @CsvSource({
    "200, '',                 NOT_UNDERSTOOD, DONE_ALONE, DONE_ALONE",
    "400, 'bad request',      NOT_UNDERSTOOD, NOT_ASKED,  NOT_ASKED",
    "404, 'no such group: g', NOT_UNDERSTOOD, NOT_ASKED,  DONE",
    "405, 'method PUT',       NOT_UNDERSTOOD, NOT_ASKED,  NOT_ASKED",
    "200, '<html>',           NOT_UNDERSTOOD, UNKNOWN,    UNKNOWN",
    "500, 'boom',             NOT_ASKED, UNKNOWN,    UNKNOWN",
    "503, 'boom',             NOT_ASKED, UNKNOWN,    UNKNOWN",
  })
  void aStrangerTakesNoMessageOfOursAndPutsAndDeletesForItselfAlone(
      int code,
      String body,
      OperationResult.Status ofMessage,
      OperationResult.Status ofPut,
      OperationResult.Status ofDelete) {
    FullHttpResponse answer = answer(code, null, body);
    PeerAnswers answers = new PeerAnswers(Dialect.MAILGUN, CLOCK);

    assertEquals(ofMessage, answers.ofMessage(answer).status());
    assertEquals(ofPut, answers.ofPut(answer).status());
    assertEquals(ofDelete, answers.ofDelete(answer).status());
    assertEquals(code < 500, PeerAnswers.isFromGoNode(answer));
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 401, 403, 407, 408, 411, 413, 414, 429, 431, 502})
  void whatOnlyAProxySaysSaysNothingOfThePeer(int code) {
    FullHttpResponse answer = answer(code, null, "<html>");
    PeerAnswers answers = new PeerAnswers(Dialect.DAWNCACHE, CLOCK);

    assertEquals(OperationResult.Status.NOT_ASKED, answers.ofMessage(answer).status());
    assertFalse(PeerAnswers.isFromGoNode(answer));
  }

  @ParameterizedTest
  @EnumSource
  void whateverOneOfOurNodesRefusesItIsNoStrangerAndHasDoneNothing(Dialect dialect) {
    for (Refusal refusal :
        List.of(
            Refusal.badRequest("why"),
            Refusal.unexpectedPath(Dialect.DAWNCACHE, "/x"),
            Refusal.malformed(new IllegalArgumentException("why")),
            Refusal.tooLong("body", 10),
            Refusal.methodNotAllowed(dialect, "POST"))) {
      FullHttpResponse answer = answer(refusal.code(), refusal.kind().label(), refusal.text());

      assertFalse(PeerAnswers.isFromGoNode(answer));
      assertTrue(PeerAnswers.isRefused(answer));
      assertEquals(
          OperationResult.Status.NOT_ASKED,
          operation(dialect, refusal, PeerAnswers::ofMessage).status());
      assertEquals(
          OperationResult.Status.NOT_ASKED,
          operation(dialect, refusal, PeerAnswers::ofPut).status());
    }
  }

  @Test
  void whatOneOfOurNodesFailedToDoOrSaidUnintelligiblyMayHaveBeenDone() {
    PeerAnswers answers = new PeerAnswers(Dialect.MAILGUN, CLOCK);
    FullHttpResponse failed = answer(503, "failed", "why");
    FullHttpResponse garbled = answer(200, null, "<html>");
    garbled.headers().set("Dawncache-Message", "forget");
    FullHttpResponse noHttp = answer(999, null, "");
    noHttp.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("gibberish")));

    for (FullHttpResponse answer : List.of(failed, garbled, noHttp)) {
      assertEquals(OperationResult.Status.UNKNOWN, answers.ofMessage(answer).status());
      assertEquals(OperationResult.Status.UNKNOWN, answers.ofPut(answer).status());
      assertEquals(OperationResult.Status.UNKNOWN, answers.ofDelete(answer).status());
    }
  }

  @Test
  void resultsOfManyKeysAreToBeReadAsTheyCome() {
    FullHttpResponse results = answer(200, null, "");
    results.headers().set("Dawncache-Message", "get-all");
    FullHttpResponse refused = answer(404, "no-such-group", "no such group: g");
    FullHttpResponse forgotten = answer(200, null, "");
    forgotten.headers().set("Dawncache-Message", "forget");

    assertTrue(PeerAnswers.isInPieces(results));
    assertFalse(PeerAnswers.isInPieces(refused));
    assertFalse(PeerAnswers.isInPieces(forgotten));
    assertFalse(PeerAnswers.isInPieces(answer(200, null, "")));
    assertFalse(PeerAnswers.isFromGoNode(refused));
  }

  private static OperationResult operation(
      Dialect dialect,
      OperationResult said,
      BiFunction<PeerAnswers, FullHttpResponse, OperationResult> reading) {
    FullHttpResponse answer =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.OK,
            PeerCodec.encode(said, MemberList.of("http://a:1", 7, List.of()), null));
    answer.headers().set("Dawncache-Message", "forget");
    return reading.apply(new PeerAnswers(dialect, CLOCK), answer);
  }

  private static OperationResult operation(
      Dialect dialect,
      Refusal refusal,
      BiFunction<PeerAnswers, FullHttpResponse, OperationResult> reading) {
    String mark = refusal.kind().label();
    return reading.apply(
        new PeerAnswers(dialect, CLOCK), answer(refusal.code(), mark, refusal.text() + "\n"));
  }

  @Test
  void aLongErrorTextIsCutForTheMessage() {
    PeerResult result = result(Dialect.DAWNCACHE, 500, "failed", "x".repeat(100_000));

    assertEquals("x".repeat(2048), result.detail());
  }

  private static void markAsValue(Dialect dialect, FullHttpResponse answer) {
    answer.headers().set("Content-Type", dialect.contentType());
    if (dialect == Dialect.DAWNCACHE) {
      answer.headers().set("Dawncache-Status", "value");
    }
  }

  private static PeerResult value(Dialect dialect, String body) {
    FullHttpResponse answer = answer(200, null, body);
    markAsValue(dialect, answer);
    return new PeerAnswers(dialect, CLOCK).ofFetch(answer);
  }

  private static PeerResult result(Dialect dialect, Freshness freshness) {
    ByteBuf body =
        GroupcacheCodec.encodeResponse(
            ByteView.ofUtf8("630"), freshness, UnpooledByteBufAllocator.DEFAULT);
    FullHttpResponse answer =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
    markAsValue(dialect, answer);
    try {
      return new PeerAnswers(dialect, CLOCK).ofFetch(answer);
    } finally {
      answer.release();
    }
  }

  private static PeerResult result(Dialect dialect, Refusal refusal) {
    String mark = refusal.kind().label();
    return result(dialect, refusal.code(), mark, refusal.text() + "\n");
  }

  private static PeerResult result(Dialect dialect, int code, String mark, String body) {
    return new PeerAnswers(dialect, CLOCK).ofFetch(answer(code, mark, body));
  }

  private static FullHttpResponse answer(int code, String mark, String body) {
    FullHttpResponse answer =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(code),
            Unpooled.wrappedBuffer(body.getBytes(UTF_8)));
    if (mark != null) {
      answer.headers().set("Dawncache-Status", mark);
    }
    return answer;
  }
}
