package io.dawncache.server.inbound;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteView;
import io.dawncache.core.Metadata;
import io.dawncache.server.Dialect;
import io.dawncache.server.wire.Freshness;
import io.dawncache.server.wire.GroupcacheCodec;
import io.dawncache.server.wire.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers written by hand, against the same written by Netty. */
class ValuesTest {
  private static final Instant NOW = Instant.parse("2026-11-26T17:00:00Z");
  private static final Freshness ALL_IT_CAN_SAY =
      new Freshness(12.5, 0, 1_234_567_890L, true, new Metadata("t".repeat(128), "e".repeat(128)));

  private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
  private final ChannelHandlerContext ctx = channel.pipeline().firstContext();
  private Instant now = NOW;
  private final Outbox out = new Outbox(ctx, new AnswerDates(() -> now));

  @AfterEach
  void close() {
    out.clear();
    assertFalse(channel.finishAndReleaseAll(), "something was written and not looked at");
  }

  static Stream<Arguments> answers() {
    return Stream.of(0, 1, 9, 99, 127, 128, 1_023, 1_024, 9_990, 65_536)
        .flatMap(
            length ->
                Stream.of(Dialect.values())
                    .flatMap(
                        dialect ->
                            Stream.of(Freshness.NONE, ALL_IT_CAN_SAY)
                                .flatMap(
                                    freshness ->
                                        Stream.of(Persistence.values())
                                            .map(
                                                persistence ->
                                                    Arguments.of(
                                                        length,
                                                        dialect,
                                                        freshness,
                                                        persistence)))));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void anAnswerIsByteForByteWhatNettyWouldWrite(
      int length, Dialect dialect, Freshness freshness, Persistence persistence) {
    ByteView value = random(length);

    Values.write(value, freshness, freshness.stale(), dialect, persistence, out);
    out.flush();

    assertEquals(nettys(value, dialect, freshness, persistence), hex(sent()));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100, 1_000_000})
  void aHeadIsTheSameWithoutTheBody(int length) {
    ByteView value = random(length);

    ByteBuf room = out.room(Values.AROUND_VALUE_BYTES);
    Values.writeHead(
        value, ALL_IT_CAN_SAY, true, Dialect.DAWNCACHE, Persistence.DEFAULT, out.date(), room);
    out.flush();

    String whole = nettys(value, Dialect.DAWNCACHE, ALL_IT_CAN_SAY, Persistence.DEFAULT);
    int bodyBytes = GroupcacheCodec.responseBytes(value, ALL_IT_CAN_SAY);
    assertEquals(whole.substring(0, whole.length() - 2 * bodyBytes), hex(sent()));
  }

  @Test
  void manySmallAnswersLeaveAsOneWrite() {
    ByteView value = random(100);
    for (int i = 0; i < 16; i++) {
      Values.write(value, Freshness.NONE, false, Dialect.DAWNCACHE, Persistence.DEFAULT, out);
    }
    assertTrue(channel.outboundMessages().isEmpty());

    out.flush();

    assertEquals(1, channel.outboundMessages().size());
    String one = nettys(value, Dialect.DAWNCACHE, Freshness.NONE, Persistence.DEFAULT);
    assertEquals(one.repeat(16), hex(sent()));
  }

  @Test
  void anAnswerInRoomThatHasLainEmptyHasTheDateAtWhichItIsWritten() {
    out.room(10); // and nothing is written there
    out.flush();
    now = NOW.plusSeconds(1);

    Values.write(random(1), Freshness.NONE, false, Dialect.DAWNCACHE, Persistence.DEFAULT, out);
    out.flush();

    ByteBuf sent = sent();
    assertTrue(sent.toString(US_ASCII).contains("\r\ndate: Thu, 26 Nov 2026 17:00:01 GMT\r\n"));
    sent.release();
  }

  @Test
  void anOutboxHandsOverWhatFillsABufferAndKeepsTheOrder() {
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      ByteView value = random(30_000 + i);
      Values.write(value, Freshness.NONE, false, Dialect.DAWNCACHE, Persistence.DEFAULT, out);
      expected.append(nettys(value, Dialect.DAWNCACHE, Freshness.NONE, Persistence.DEFAULT));
    }
    channel.flush();
    assertFalse(channel.outboundMessages().isEmpty(), "300 kB and nothing handed over");
    out.flush();

    assertEquals(expected.toString(), hex(sent()));
  }

  private ByteBuf sent() {
    CompositeByteBuf all = Unpooled.compositeBuffer();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      all.addComponent(true, next);
    }
    return all;
  }

  private static ByteView random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return ByteView.copyOf(bytes);
  }

  /** What Netty's encoder makes of the same answer. */
  private static String nettys(
      ByteView value, Dialect dialect, Freshness freshness, Persistence persistence) {
    ByteBuf body =
        GroupcacheCodec.encodeResponse(value, freshness, UnpooledByteBufAllocator.DEFAULT);
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
    response.headers().set(HttpHeaderNames.DATE, DateFormatter.format(Date.from(NOW)));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, dialect.contentType());
    if (dialect == Dialect.DAWNCACHE) {
      response.headers().set(Headers.STATUS, "value");
    }
    response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
    if (freshness.stale()) {
      response.headers().set(Headers.STALE, "true");
    }
    switch (persistence) {
      case DEFAULT -> {}
      case KEEP_ALIVE -> response.headers().set("connection", "keep-alive");
      case CLOSE -> response.headers().set("connection", "close");
    }
    EmbeddedChannel encoder = new EmbeddedChannel(new HttpResponseEncoder());
    encoder.writeOutbound(response);
    StringBuilder written = new StringBuilder();
    for (ByteBuf next = encoder.readOutbound(); next != null; next = encoder.readOutbound()) {
      written.append(hex(next));
    }
    encoder.finishAndReleaseAll();
    return written.toString();
  }

  private static String hex(ByteBuf bytes) {
    try {
      return HexFormat.of().formatHex(ByteBufUtil.getBytes(bytes));
    } finally {
      bytes.release();
    }
  }
}
