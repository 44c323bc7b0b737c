package io.dawncache.server.frame;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames cut out of what comes, however it is cut itself. A leak would fail the build. */
class FrameReaderTest {
  private static final ByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

  private static final int MAX_BYTES = Frames.MAX_PAYLOAD_BYTES;

  private record Seen(FrameKind kind, int id, boolean more, String payload) {}

  private final FrameReader reader = new FrameReader();
  private final List<Seen> seen = new ArrayList<>();
  private final List<ByteBuf> retained = new ArrayList<>();

  @AfterEach
  void close() {
    reader.close();
    retained.forEach(ByteBuf::release);
  }

  private void frame(FrameKind kind, int id, boolean more, ByteBuf payload) {
    seen.add(new Seen(kind, id, more, payload.toString(US_ASCII)));
  }

  private void read(ByteBuf bytes) throws BrokenFrameException {
    reader.read(bytes, ALLOCATOR, this::frame);
  }

  private static void write(Seen frame, ByteBuf out) {
    Frames.writeHead(frame.payload.length(), frame.id, frame.kind, frame.more, out);
    out.writeBytes(frame.payload.getBytes(US_ASCII));
  }

  private static ByteBuf head(int length, int id, int kind) {
    return ALLOCATOR.buffer().writeInt(length).writeInt(id).writeByte(kind);
  }

  @Test
  void theNumbersOfTheKindsAreThoseOfTheProtocolFile() {
    assertEquals(
        Arrays.stream(io.dawncache.server.wire.pb.FrameKind.values())
            .filter(
                kind ->
                    kind != io.dawncache.server.wire.pb.FrameKind.UNRECOGNIZED
                        && kind != io.dawncache.server.wire.pb.FrameKind.FRAME_KIND_NONE)
            .collect(Collectors.toMap(Enum::name, kind -> kind.getNumber())),
        Arrays.stream(FrameKind.values()).collect(Collectors.toMap(Enum::name, FrameKind::number)));
  }

  @Test
  void aFrameIsNineBytesAndItsPayload() {
    ByteBuf out = Unpooled.buffer();

    write(new Seen(FrameKind.RESULTS, 4096, true, "ab"), out);

    assertEquals(
        Unpooled.wrappedBuffer(new byte[] {0, 0, 0, 2, 0, 0, 0x10, 0, (byte) 0x84, 'a', 'b'}), out);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 9, 10, 100, 65_536, 1_000_000})
  void framesAreTheSameInPiecesOfAnySize(int size) throws BrokenFrameException {
    List<Seen> frames =
        List.of(
            new Seen(FrameKind.FETCH, 1, false, "first"),
            new Seen(FrameKind.PING, 0, false, ""),
            new Seen(FrameKind.FETCHED, 4096, true, "x".repeat(size < 10 ? 300 : MAX_BYTES)),
            new Seen(FrameKind.CANCEL, 7, false, ""),
            new Seen(FrameKind.FETCHED, 4096, false, "y".repeat(1000)));
    ByteBuf all = Unpooled.buffer();
    frames.forEach(frame -> write(frame, all));

    while (all.isReadable()) {
      read(ALLOCATOR.buffer().writeBytes(all, Math.min(size, all.readableBytes())));
    }

    assertEquals(frames, seen);
  }

  @Test
  void aPayloadThatIsKeptOutlivesWhatComesBehindIt() throws BrokenFrameException {
    ByteBuf all = Unpooled.buffer();
    write(new Seen(FrameKind.FETCHED, 1, true, "kept"), all);
    write(new Seen(FrameKind.FETCHED, 1, false, "half of it is late"), all);
    FrameReader.Sink keeping =
        (kind, id, more, payload) ->
            retained.add(payload.readRetainedSlice(payload.readableBytes()));

    reader.read(ALLOCATOR.buffer(1000).writeBytes(all, 30), ALLOCATOR, keeping);
    reader.read(ALLOCATOR.buffer().writeBytes(all), ALLOCATOR, keeping);

    assertEquals(
        List.of("kept", "half of it is late"),
        retained.stream().map(payload -> payload.toString(US_ASCII)).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "65537, 1, 1, 'frame: 65537 bytes (expected: <= 65536)'",
    "-1, 1, 1, 'frame: 4294967295 bytes (expected: <= 65536)'",
    "0, 1, 0, 'frame of kind 0 (expected: 1 to 16)'",
    "0, 1, 17, 'frame of kind 17 (expected: 1 to 16)'",
    "0, 1, 255, 'frame of kind 127 (expected: 1 to 16)'",
    "0, 0, 1, 'FETCH of id 0 (expected: 1 to 4096)'",
    "0, 4097, 2, 'FETCHED of id 4097 (expected: 1 to 4096)'",
    "0, -1, 8, 'CANCEL of id 4294967295 (expected: 1 to 4096)'",
    "0, 1, 9, 'PING of id 1 (expected: 0)'",
    "0, 0, 139, 'CREDIT in pieces (expected: one frame)'",
    "0, 1, 130, 'FETCHED in pieces: 0 bytes (expected: > 0)'",
    "0, 1, 136, 'CANCEL in pieces (expected: one frame)'",
  })
  void whatIsNoFrameIsKnownByItsHead(int length, int id, int kind, String why) {
    BrokenFrameException broken =
        assertThrows(BrokenFrameException.class, () -> read(head(length, id, kind)));

    assertEquals(why, broken.getMessage());
    assertEquals(List.of(), seen);
  }

  @Test
  void afterItsEndNothingIsTakenAndNothingHeld() throws BrokenFrameException {
    ByteBuf half = head(5, 1, 1);
    read(half);
    reader.close();
    ByteBuf late = head(0, 1, 1);
    read(late);

    assertEquals(0, late.refCnt());
    assertEquals(0, half.refCnt());
    assertEquals(List.of(), seen);
  }

  @Test
  void aSinkMayEndItInTheMiddle() throws BrokenFrameException {
    ByteBuf two = head(0, 1, 1).writeInt(0).writeInt(2).writeByte(1);
    reader.read(
        two,
        ALLOCATOR,
        (kind, id, more, payload) -> {
          frame(kind, id, more, payload);
          reader.close();
        });

    assertEquals(1, seen.size());
    assertEquals(0, two.refCnt());
  }

  // What frames say of their connection.

  @Test
  void creditIsReadAgain() throws BrokenFrameException {
    ByteBuf out = Unpooled.buffer();
    Frames.writeCredit(524_288, out);

    assertEquals(524_288, Frames.credit(out.skipBytes(Frames.HEAD_BYTES)));
  }

  @Test
  void noCreditIsNone() {
    assertThrows(BrokenFrameException.class, () -> Frames.credit(Unpooled.EMPTY_BUFFER));
    assertThrows(
        BrokenFrameException.class,
        () ->
            Frames.credit(
                Unpooled.wrappedBuffer(new byte[] {8, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1})));
    assertThrows(
        BrokenFrameException.class, () -> Frames.credit(Unpooled.wrappedBuffer(new byte[] {0})));
  }

  @Test
  void whyNoMoreIsTakenIsReadAgain() throws BrokenFrameException {
    ByteBuf out = Unpooled.buffer();
    Frames.writeGoAway(false, "the node is stopping", out);
    assertEquals("", Frames.whatIsBroken(out.skipBytes(Frames.HEAD_BYTES)));

    out = Unpooled.buffer();
    Frames.writeGoAway(true, "frame of kind 0", out);
    assertTrue(Frames.whatIsBroken(out.skipBytes(Frames.HEAD_BYTES)).contains("frame of kind 0"));
  }
}
