package io.dawncache.server.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.dawncache.core.ByteView;
import io.dawncache.core.Metadata;
import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.core.PeerResult.Status;
import io.dawncache.core.TraceContext;
import io.dawncache.server.wire.Freshness;
import io.dawncache.server.wire.pb.FetchRequest;
import io.dawncache.server.wire.pb.KeyAnswer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The messages of a fetch, by hand and by the generated classes. */
class FetchFramesTest {
  private static final long TIMEOUT_MILLIS = 11_000;
  private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  private final FetchFrames frames = new FetchFrames();

  private static PeerRequest request(String group, String key, long copyGets) {
    return new PeerRequest(group, key, Duration.ofMillis(TIMEOUT_MILLIS), copyGets);
  }

  private static PeerRequest traced(@Nullable String tracestate) {
    TraceContext trace = new TraceContext(PARENT, tracestate);
    return new PeerRequest("scores", "Tom", Duration.ofMillis(TIMEOUT_MILLIS), 3, trace);
  }

  private static ByteBuf written(PeerRequest request) {
    ByteBuf out = Unpooled.buffer();
    FetchFrames.writeRequest(request, TIMEOUT_MILLIS, out);
    assertEquals(FetchFrames.requestBytes(request, TIMEOUT_MILLIS), out.readableBytes());
    return out;
  }

  private static byte[] generated(PeerRequest request) {
    return FetchRequest.newBuilder()
        .setGroup(request.group())
        .setKey(request.key())
        .setTimeoutMillis(TIMEOUT_MILLIS)
        .setCopyGets(request.copyGets())
        .setTraceparent(request.trace() == null ? "" : request.trace().traceparent())
        .setTracestate(
            request.trace() == null
                ? ""
                : Objects.requireNonNullElse(request.trace().tracestate(), ""))
        .build()
        .toByteArray();
  }

  private static ByteBuf hex(String hex) {
    return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex));
  }

  // Requests.

  static Stream<PeerRequest> requests() {
    return Stream.of(
        request("scores", "Tom", 0),
        request("scores", "Tom", 1),
        request("g", "k".repeat(127), 300),
        request("g", "k".repeat(128), Long.MAX_VALUE),
        request("g".repeat(1024), "k".repeat(1024), 0),
        request("g", "k".repeat(100_000), 0),
        request(
            "g", "\u0012\u0005hello".repeat(200), 0), // the fields of a request, to a bad reader
        request("\u0012\u0005hello".repeat(200), "k", 0),
        traced(null),
        traced("a=1, b=2"),
        traced("a=" + "x".repeat(256) + ",b=" + "y".repeat(251)),
        request("gruppe-ä", "日本-\uD83D\uDE00", 7),
        request("g\0", "\u007f", 0));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void aRequestIsWrittenAsTheGeneratedClassWritesItAndReadAgain(PeerRequest request)
      throws BrokenFrameException {
    ByteBuf written = written(request);

    assertArrayEquals(generated(request), ByteBufUtil.getBytes(written));
    assertEquals(request, frames.readRequest(written));
  }

  @Test
  void aGroupThatIsNamedAgainIsTheSameText() throws BrokenFrameException {
    PeerRequest first = frames.readRequest(written(request("scores", "Tom", 0)));
    PeerRequest again = frames.readRequest(written(request("scores", "Jack", 0)));
    PeerRequest other = frames.readRequest(written(request("stores", "Jack", 0)));

    assertSame(first.group(), again.group());
    assertEquals("stores", other.group());
  }

  @Test
  void fieldsThatAreNotKnownAndFieldsInAnyOrderAreRead() throws BrokenFrameException {
    byte[] unknown = HexFormat.of().parseHex("7a03616263" + "800101");
    byte[] known = generated(request("scores", "Tom", 0));

    assertEquals(
        request("scores", "Tom", 0), frames.readRequest(Unpooled.wrappedBuffer(unknown, known)));
    assertEquals(
        new PeerRequest("g", "k", Duration.ofMillis(5), 2),
        frames.readRequest(hex("2002" + "1805" + "12016b" + "0a0167")));
  }

  @Test
  void ofAFieldThatStandsTwiceTheLastCounts() throws BrokenFrameException {
    assertEquals(
        new PeerRequest("h", "k", Duration.ofMillis(5), 0),
        frames.readRequest(hex("0a0167" + "0a0168" + "12016b" + "1805")));
  }

  @Test
  void aTraceThatIsNoneIsReadAsLeftOut() throws BrokenFrameException {
    FetchRequest.Builder request =
        FetchRequest.newBuilder().setGroup("g").setKey("k").setTimeoutMillis(5);
    PeerRequest without = new PeerRequest("g", "k", Duration.ofMillis(5));
    TraceContext parentAlone = new TraceContext(PARENT, null);
    PeerRequest withParent = new PeerRequest("g", "k", Duration.ofMillis(5), 0, parentAlone);

    assertEquals(without, read(request.setTracestate("a=1")));
    assertEquals(without, read(request.setTraceparent(PARENT + "\r\nX: y")));
    assertEquals(without, read(request.setTraceparent("ü")));
    assertEquals(withParent, read(request.setTraceparent(PARENT).setTracestate("a=1\r\nX: y")));
    assertEquals(withParent, read(request.setTracestate("a=" + "x".repeat(600))));
  }

  private PeerRequest read(FetchRequest.Builder request) throws BrokenFrameException {
    return frames.readRequest(Unpooled.wrappedBuffer(request.build().toByteArray()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // nothing
        "0a0167" + "12016b", // no time-out
        "0a0167" + "12016b" + "1800", // none left
        "0a0167" + "12016b" + "18ffffffffffffffffff01", // a negative one
        "0a0167" + "12016b" + "1805" + "20ffffffffffffffffff01", // negative gets
        "0a00" + "12016b" + "1805", // no group
        "0a0167" + "1200" + "1805", // no key
        "0a0167" + "1201ff" + "1805", // not UTF-8
        "0a0167" + "12056b" + "1805", // a length beyond the end
        "0a0167" + "12ffffffff0f6b" + "1805", // a length of 4 GB
        "0a0167" + "12016b" + "18ffffffffffffffffffff01", // a number of 11 bytes
        "0a0167" + "12016b" + "18", // no number
        "0a0167" + "12056b1805" + "12016b" + "1805", // a bad length, and a good key behind it
        "0a0167" + "1201ff" + "12016b" + "1805", // not UTF-8, and a good key behind it
        "0a0167" + "12016b" + "18ffffffffffffffffffff01" + "1805", // and a good number behind it
        "0a", // no length
        "0b", // a group that never ends
        "00", // field 0
      })
  void whatIsNoRequestIsRefused(String message) {
    assertThrows(BrokenFrameException.class, () -> frames.readRequest(hex(message)));
  }

  // Answers.

  record Answer(String value, Freshness freshness) {}

  static Stream<Answer> answers() {
    return Stream.of(
        new Answer("630", Freshness.NONE),
        new Answer("", Freshness.NONE),
        new Answer("630", new Freshness(12.5, 0, Long.MAX_VALUE, false)),
        new Answer("630", new Freshness(12.5, 0, 1_500_000_000L, true)),
        new Answer("630", new Freshness(0, 0, 0, false)),
        new Answer("630", new Freshness(-0.0, 0, -1, false)),
        new Answer("", new Freshness(0, 0, 1, true)),
        new Answer("630", Freshness.NONE.with(new Metadata("text/plain", null))),
        new Answer("630", Freshness.NONE.with(new Metadata(null, "\"v1\""))),
        new Answer("", new Freshness(-0.0, 0, 1, true, new Metadata("text/plain", "\"v1\""))),
        new Answer("630", new Freshness(1, 0, 9, true, new Metadata("t", "e".repeat(255)))),
        new Answer(
            "x".repeat(70_000),
            new Freshness(0, 0, Long.MAX_VALUE, false, new Metadata("t".repeat(128), "e"))),
        new Answer("x".repeat(127), new Freshness(1, 0, 300, false)),
        new Answer("x".repeat(70_000), new Freshness(1, 0, Long.MAX_VALUE - 1, false)));
  }

  private static KeyAnswer generated(Answer answer) {
    KeyAnswer.Builder message =
        KeyAnswer.newBuilder()
            .setValue(ByteString.copyFromUtf8(answer.value))
            .setStale(answer.freshness.stale())
            .setMinuteQps(answer.freshness.minuteQps());
    if (answer.freshness.ttlNanos() != Long.MAX_VALUE) {
      message.setTtlNanos(answer.freshness.ttlNanos());
    }
    Metadata metadata = answer.freshness.metadata();
    if (metadata != null) {
      message.setContentType(Objects.requireNonNullElse(metadata.contentType(), ""));
      message.setEtag(Objects.requireNonNullElse(metadata.etag(), ""));
    }
    return message.build();
  }

  private static PeerResult meant(Answer answer) {
    return PeerResult.value(
        ByteView.ofUtf8(answer.value),
        answer.freshness.ttlNanos(),
        answer.freshness.stale(),
        answer.freshness.minuteQps());
  }

  @ParameterizedTest
  @MethodSource("answers")
  void anAnswerIsWrittenAsTheGeneratedClassWritesItAndReadAgain(Answer answer) {
    ByteView value = ByteView.ofUtf8(answer.value);
    ByteBuf out = Unpooled.buffer();

    FetchFrames.writeAnswer(value, answer.freshness, out);

    assertArrayEquals(generated(answer).toByteArray(), ByteBufUtil.getBytes(out));
    assertEquals(FetchFrames.answerBytes(value, answer.freshness), out.readableBytes());
    PeerResult read = FetchFrames.readAnswer(out);
    assertEquals(meant(answer), read);
    assertEquals(answer.freshness.metadata(), read.value().metadata());
  }

  @Test
  void anAnswerWithoutMetadataIsTheSameBytesAsEver() {
    ByteBuf out = Unpooled.buffer();

    FetchFrames.writeAnswer(ByteView.ofUtf8("630"), new Freshness(1, 0, 5, true).with(null), out);

    assertEquals("1a0336333020052801" + "31000000000000f03f", ByteBufUtil.hexDump(out));
  }

  /** An answer of any other fields would be a value. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "5203610d0a", // a line end
        "5202c3a9", // é
        "520161" + "52022061", // a second content type, which begins with a space
        "5a022062", // an ETag that begins with a space
        "5202ff61", // not UTF-8
      })
  void aContentTypeOrETagThatIsNoneSpoilsTheAnswer(String metadata) {
    PeerResult read = FetchFrames.readAnswer(hex("1a03363330" + metadata));

    assertEquals(Status.FAILED, read.status());
  }

  @Test
  void moreThan256BytesOfMetadataSpoilTheAnswer() {
    for (int tooMany = 0; tooMany < 2; tooMany++) {
      KeyAnswer message =
          KeyAnswer.newBuilder()
              .setValue(ByteString.copyFromUtf8("630"))
              .setContentType("t".repeat(100))
              .setEtag("e".repeat(156 + tooMany))
              .build();

      PeerResult read = FetchFrames.readAnswer(Unpooled.wrappedBuffer(message.toByteArray()));

      assertEquals(tooMany == 0 ? Status.VALUE : Status.FAILED, read.status());
    }
  }

  @ParameterizedTest
  @MethodSource("answers")
  void aLongAnswerIsTheSameInPiecesOfAnySize(Answer answer) {
    byte[] whole = generated(answer).toByteArray();
    for (int size : new int[] {1, 2, 3, 7, 64 << 10}) {
      boolean[] closed = new boolean[1];
      LargeAnswer message =
          new LargeAnswer(
              1, ByteView.ofUtf8(answer.value), answer.freshness, () -> closed[0] = true);
      ByteBuf out = Unpooled.buffer();
      while (message.readyBytes() > 0) {
        message.write(Math.min(size, message.readyBytes()), out);
      }
      message.close();

      assertArrayEquals(whole, ByteBufUtil.getBytes(out));
      assertEquals(true, closed[0]);
    }
  }

  @ParameterizedTest
  @MethodSource("answers")
  void anAnswerThatLiesInSeveralBuffersIsRead(Answer answer) {
    byte[] whole = generated(answer).toByteArray();
    int half = whole.length / 2;
    ByteBuf both =
        Unpooled.wrappedBuffer(
            Unpooled.copiedBuffer(whole, 0, half),
            Unpooled.copiedBuffer(whole, half, whole.length - half));

    PeerResult read = FetchFrames.readAnswer(both);
    assertEquals(meant(answer), read);
    assertEquals(answer.freshness.metadata(), read.value().metadata());
    both.release();
  }

  @Test
  void fieldsOfAnAnswerThatAreNotKnownAreSkipped() {
    ByteBuf message = hex("7a03616263" + "0800" + "1a03363330" + "31000000000000f03f");

    assertEquals(
        PeerResult.value(ByteView.ofUtf8("630"), Long.MAX_VALUE, false, 1),
        FetchFrames.readAnswer(message));
  }

  @ParameterizedTest
  @EnumSource(
      names = {"VALUE", "UNCLEAR"},
      mode = EnumSource.Mode.EXCLUDE)
  void anEndWithoutAValueIsReadAgain(Status status) throws BrokenFrameException {
    PeerResult end = PeerResult.of(status, "why");
    ByteBuf out = Unpooled.buffer();

    FetchFrames.writeEnd(end, 7, out);

    out.skipBytes(Frames.HEAD_BYTES);
    assertEquals(end, FetchFrames.readAnswer(out));
  }

  /** Found by the fuzzer. */
  @Test
  void aNumberOfMoreThanTenBytesInAnUnknownFieldIsNoAnswer() {
    ByteBuf message = hex("08ffffff80808001" + "30abababababababababab" + "ad00" + "0065ab10");

    assertEquals(Status.FAILED, FetchFrames.readAnswer(message).status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1a05363330", "1affffffff0f", "31000000", "20", "0b", "00"})
  void whatIsNoAnswerFailed(String message) {
    assertEquals(Status.FAILED, FetchFrames.readAnswer(hex(message)).status());
  }
}
