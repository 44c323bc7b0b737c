package io.dawncache.server.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import io.dawncache.core.ByteView;
import io.dawncache.core.Metadata;
import io.dawncache.core.PeerResult;
import io.dawncache.server.wire.pb.Response;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our protobuf against the generated classes'. */
class GroupcacheCodecTest {
  private static final InstantSource NOW =
      InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000));

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 16_383, 16_384, 3 << 20})
  void anAnswerIsByteForByteWhatTheGeneratedClassWrites(int length) {
    byte[] bytes = randomBytes(length);
    byte[] generated = response(bytes).build().toByteArray();

    assertArrayEquals(generated, encoded(ByteView.copyOf(bytes)));
    assertEquals(generated.length, GroupcacheCodec.responseBytes(ByteView.copyOf(bytes)));
  }

  @ParameterizedTest
  @CsvSource({
    "0,       0,                   9223372036854775807, false",
    "12.5,    0,                   9223372036854775807, false",
    "1e300,   0,                   1,                   true",
    "0,       1,                   0,                   false",
    "0,       1800000000000000000, 9223372036854775807, false",
    "0.25,    -1,                  -1,                  true",
    "1,       9223372036854775807, 9223372036854775806, true",
    "0,       0,                   127,                 false",
    "0,       0,                   128,                 false",
    "0,       0,                   3600000000000,       true",
  })
  void whatAnAnswerSaysBesideItsValueIsWhatTheGeneratedClassWrites(
      double minuteQps, long expireUnixNanos, long ttlNanos, boolean stale) {
    Freshness freshness = new Freshness(minuteQps, expireUnixNanos, ttlNanos, stale);
    for (int length : new int[] {0, 1, 200}) {
      byte[] bytes = randomBytes(length);
      Response.Builder generated =
          response(bytes).setMinuteQps(minuteQps).setExpire(expireUnixNanos).setStale(stale);
      if (ttlNanos != Long.MAX_VALUE) {
        generated.setTtlNanos(ttlNanos);
      }
      ByteView value = ByteView.copyOf(bytes);

      assertArrayEquals(generated.build().toByteArray(), encoded(value, freshness));
      assertEquals(
          encoded(value, freshness).length, GroupcacheCodec.responseBytes(value, freshness));
    }
  }

  @Test
  void whatOneOfOurNodesSaysBesideTheValueIsRead() throws IOException {
    ByteView value = ByteView.ofUtf8("630");
    for (Freshness said :
        new Freshness[] {
          Freshness.NONE,
          Freshness.toOurs(Duration.ofMillis(1_500), false, 12.5),
          Freshness.toOurs(Duration.ZERO, true, 0),
          Freshness.toOurs(null, false, 1e9)
        }) {
      assertEquals(
          PeerResult.value(value, said.ttlNanos(), said.stale(), said.minuteQps()),
          GroupcacheCodec.decodeResult(ByteBuffer.wrap(encoded(value, said)), NOW));
    }
  }

  @Test
  void metadataIsWrittenAsTheGeneratedClassWritesItAndRead() throws IOException {
    byte[] value = {6, 3, 0};
    for (Metadata metadata :
        new Metadata[] {
          new Metadata("text/plain", null),
          new Metadata(null, "\"v1\""),
          new Metadata("t".repeat(127), "e".repeat(129)),
        }) {
      Freshness freshness = Freshness.toOurs(Duration.ofNanos(9), true, 2).with(metadata);
      byte[] generated =
          response(value)
              .setMinuteQps(2)
              .setTtlNanos(9)
              .setStale(true)
              .setContentType(Objects.requireNonNullElse(metadata.contentType(), ""))
              .setEtag(Objects.requireNonNullElse(metadata.etag(), ""))
              .build()
              .toByteArray();
      ByteView view = ByteView.copyOf(value);

      assertArrayEquals(generated, encoded(view, freshness));
      assertEquals(generated.length, GroupcacheCodec.responseBytes(view, freshness));
      ByteView read = GroupcacheCodec.decodeResult(ByteBuffer.wrap(generated), NOW).value();
      assertEquals(view, read);
      assertEquals(metadata, read.metadata());
    }
  }

  @Test
  void othersReceiveNoMetadata() {
    assertNull(Freshness.toOthers(Duration.ofSeconds(1), NOW).metadata());
    assertNull(Freshness.NONE.metadata());
    Freshness without = Freshness.toOurs(null, false, 1);
    assertSame(without, without.with(null));
  }

  @Test
  void aContentTypeOrETagThatIsNoneSpoilsTheAnswer() {
    for (Response.Builder spoilt :
        List.of(
            response(new byte[] {1}).setContentType("a\r\nb: c"),
            response(new byte[] {1}).setEtag(" "),
            response(new byte[] {1}).setContentType("t".repeat(200)).setEtag("e".repeat(57)))) {
      byte[] message = spoilt.build().toByteArray();

      assertThrows(
          IOException.class, () -> GroupcacheCodec.decodeResult(ByteBuffer.wrap(message), NOW));
    }
  }

  @Test
  void theRemainingTtlCountsBeforeTheMomentOfTheWallClock() throws IOException {
    Freshness both = new Freshness(0, 1, 7, false);

    assertEquals(
        7,
        GroupcacheCodec.decodeResult(ByteBuffer.wrap(encoded(ByteView.empty(), both)), NOW)
            .ttlNanos());
  }

  @Test
  void aTtlBeyondTheYear2262IsAsGoodAsForEver() {
    Freshness told = Freshness.toOthers(Duration.ofDays(36_500 * 4), NOW);

    assertEquals(Long.MAX_VALUE, told.expireUnixNanos());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 16_383, 16_384, 3 << 20})
  void anAnswerIsReadFromAHeapBufferAndFromADirectOne(int length) throws IOException {
    byte[] bytes = randomBytes(length);
    byte[] message = response(bytes).build().toByteArray();

    assertEquals(ByteView.copyOf(bytes), GroupcacheCodec.decodeResponse(ByteBuffer.wrap(message)));
    assertEquals(ByteView.copyOf(bytes), GroupcacheCodec.decodeResponse(direct(message)));
    assertEquals(
        ByteView.copyOf(bytes),
        GroupcacheCodec.decodeResponse(ByteBuffer.wrap(message).asReadOnlyBuffer()));
  }

  @Test
  void aPartOfABufferIsReadAndNoMore() throws IOException {
    byte[] message = response(new byte[] {1, 2, 3}).build().toByteArray();
    ByteBuffer larger = ByteBuffer.allocate(message.length + 8).position(4);
    larger.put(message).flip().position(4);

    assertEquals(ByteView.copyOf(new byte[] {1, 2, 3}), GroupcacheCodec.decodeResponse(larger));
  }

  @Test
  void aSliceOfAViewIsWrittenAlone() {
    ByteView slice = ByteView.ofUtf8("abcdef").slice(2, 4);

    assertArrayEquals(response(new byte[] {'c', 'd'}).build().toByteArray(), encoded(slice));
  }

  @Test
  void fieldsThatWeDoNotReadAreSkipped() throws IOException {
    UnknownFieldSet unknown =
        UnknownFieldSet.newBuilder()
            .addField(4, Field.newBuilder().addVarint(7).build())
            .addField(5, Field.newBuilder().addFixed32(7).build())
            .addField(6, Field.newBuilder().addFixed64(7).build())
            .addField(
                1000, Field.newBuilder().addLengthDelimited(ByteString.copyFromUtf8("x")).build())
            .build();
    byte[] message =
        response(new byte[] {1, 2, 3})
            .setMinuteQps(12.5)
            .setExpire(1_700_000_000_000_000_000L)
            .setUnknownFields(unknown)
            .build()
            .toByteArray();

    assertEquals(
        ByteView.copyOf(new byte[] {1, 2, 3}),
        GroupcacheCodec.decodeResponse(ByteBuffer.wrap(message)));
  }

  @Test
  void anEmptyValueIsReadAsGolangWritesItAndAsDawncacheDoes() throws IOException {
    assertEquals(ByteView.empty(), decoded("0a00"));
    assertEquals(ByteView.empty(), decoded(""));
    assertEquals(ByteView.empty(), decoded("110000000000002940")); // minute_qps alone
  }

  @Test
  void theLastOfTwoValuesCounts() throws IOException {
    assertEquals(ByteView.ofUtf8("b"), decoded("0a01610a0162"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0a", // a field without its length
        "0a05616263", // three bytes of five
        "0affffffff0f", // a negative length
        "0affffffff07", // a length of 2 GiB
        "0a80", // half a length
        "0affffffffffffffffffff01", // a length of eleven bytes
        "00", // field 0
        "0f", // a wire type that does not exist
        "0c", // the end of a group that did not begin
        "1100", // half a double
        "3c68746d6c3e", // <html>
      })
  void whatIsNoResponseIsRefused(String hex) {
    assertThrows(IOException.class, () -> decoded(hex));
    assertThrows(
        IOException.class,
        () -> GroupcacheCodec.decodeResponse(direct(HexFormat.of().parseHex(hex))));
  }

  @Test
  void aMessageCutAnywhereInItsValueIsRefused() {
    byte[] message = response(randomBytes(200)).build().toByteArray();

    for (int length = 1; length < message.length; length++) {
      ByteBuffer cut = ByteBuffer.wrap(message, 0, length);
      assertThrows(IOException.class, () -> GroupcacheCodec.decodeResponse(cut), () -> "of " + cut);
    }
  }

  @Test
  void aValueDoesNotChangeWithTheBufferItWasReadFrom() throws IOException {
    byte[] message = response(new byte[] {1, 2, 3}).build().toByteArray();
    ByteBuffer heap = ByteBuffer.wrap(message.clone());
    ByteBuffer direct = direct(message);
    ByteView fromHeap = GroupcacheCodec.decodeResponse(heap);
    ByteView fromDirect = GroupcacheCodec.decodeResponse(direct);

    for (int i = 0; i < message.length; i++) {
      heap.put(i, (byte) 0xff);
      direct.put(i, (byte) 0xff);
    }

    assertEquals(ByteView.copyOf(new byte[] {1, 2, 3}), fromHeap);
    assertEquals(ByteView.copyOf(new byte[] {1, 2, 3}), fromDirect);
  }

  private static Response.Builder response(byte[] value) {
    return Response.newBuilder().setValue(ByteString.copyFrom(value));
  }

  private static ByteView decoded(String hex) throws IOException {
    return GroupcacheCodec.decodeResponse(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
  }

  private static byte[] encoded(ByteView value) {
    return encoded(value, Freshness.NONE);
  }

  private static byte[] encoded(ByteView value, Freshness freshness) {
    ByteBuf encoded =
        GroupcacheCodec.encodeResponse(value, freshness, UnpooledByteBufAllocator.DEFAULT);
    try {
      return ByteBufUtil.getBytes(encoded);
    } finally {
      encoded.release();
    }
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  private static byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
