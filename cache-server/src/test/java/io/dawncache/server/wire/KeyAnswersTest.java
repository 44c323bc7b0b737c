package io.dawncache.server.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.dawncache.core.ByteView;
import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.core.PeerResult.Status;
import io.dawncache.server.wire.pb.KeyAnswer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Results of many keys there and back, in pieces of any size. */
class KeyAnswersTest {
  private static final int MAX_BYTES = 100_000;

  private record Told(String key, PeerResult result) {}

  private final List<PeerRequest> requests =
      List.of(request("a"), request("b"), request("c"), request("d"), request("e"), request("f"));
  private final List<Told> told = new ArrayList<>();
  private final KeyAnswers answers =
      new KeyAnswers(
          requests, MAX_BYTES, (request, result) -> told.add(new Told(request.key(), result)));

  private static PeerRequest request(String key) {
    return new PeerRequest("scores", key, Duration.ofSeconds(1));
  }

  private static PeerResult value(String text) {
    return PeerResult.value(ByteView.ofUtf8(text), 1_500_000_000, true, 12.5);
  }

  private static ByteBuf encoded(int index, PeerResult result) {
    ByteBuf out = Unpooled.buffer();
    KeyAnswers.write(index, result, out);
    return out;
  }

  @Test
  void aResultStandsBehindItsLengthAsTheGeneratedClassWritesIt() throws IOException {
    ByteArrayOutputStream generated = new ByteArrayOutputStream();
    KeyAnswer.newBuilder()
        .setIndex(3)
        .setValue(ByteString.copyFromUtf8("630"))
        .setTtlNanos(1_500_000_000)
        .setStale(true)
        .setMinuteQps(12.5)
        .build()
        .writeDelimitedTo(generated);

    assertArrayEquals(generated.toByteArray(), ByteBufUtil.getBytes(encoded(3, value("630"))));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 100, 50_000, 1_000_000})
  void resultsComeBackInTheirOrderHoweverTheyAreCut(int pieceBytes) throws IOException {
    List<Told> expected =
        List.of(
            new Told("c", value("x".repeat(90_000))),
            new Told("a", PeerResult.value(ByteView.empty())),
            new Told("f", PeerResult.of(Status.NOT_FOUND, "not found")),
            new Told("b", PeerResult.of(Status.FAILED, "why", "java.lang.Error", "boom")),
            new Told(
                "e", PeerResult.of(Status.FAILED, "down").withRetryAfter(Duration.ofMillis(1500))),
            new Told("d", PeerResult.of(Status.OVERLOADED, "é")));
    ByteBuf all = Unpooled.buffer();
    for (Told one : expected) {
      KeyAnswers.write("abcdef".indexOf(one.key), one.result, all);
    }

    while (all.isReadable()) {
      answers.received(all.readSlice(Math.min(pieceBytes, all.readableBytes())));
    }

    assertEquals(expected, told);
    answers.end(value("the rest"));
    assertEquals(expected, told);
  }

  @Test
  void aLengthThatAnIntDoesNotHoldIsRefused() {
    ByteBuf lengthOf4GiB = Unpooled.wrappedBuffer(HexFormat.of().parseHex("8080808010"));

    assertThrows(IOException.class, () -> answers.received(lengthOf4GiB));
    assertEquals(List.of(), told);
  }

  @Test
  void aResultIsToldAsSoonAsItIsWhole() throws IOException {
    ByteBuf first = encoded(1, value("630"));
    ByteBuf second = encoded(0, value("589"));
    int cut = second.readableBytes() - 1;

    answers.received(Unpooled.wrappedBuffer(first, second.readSlice(cut)));
    assertEquals(List.of(new Told("b", value("630"))), told);
    answers.received(second);

    assertEquals(2, told.size());
  }

  @Test
  void theEndIsToldOfEachKeyThatHasNoResultEvenIfTellingThrows() throws IOException {
    OutOfMemoryError noHeap = new OutOfMemoryError("for the test");
    KeyAnswers throwing =
        new KeyAnswers(
            requests,
            1 << 20,
            (request, result) -> {
              told.add(new Told(request.key(), result));
              throw noHeap;
            });
    PeerResult rest = PeerResult.of(Status.FAILED, "the end");

    assertSame(
        noHeap, assertThrows(Error.class, () -> throwing.received(encoded(1, value("630")))));
    assertSame(noHeap, assertThrows(Error.class, () -> throwing.end(rest)));

    assertEquals(
        List.of(
            new Told("b", value("630")),
            new Told("a", rest),
            new Told("c", rest),
            new Told("d", rest),
            new Told("e", rest),
            new Told("f", rest)),
        told);
  }

  @Test
  void whatIsUnclearHereFailedForWhoAsks() throws IOException {
    answers.received(encoded(0, PeerResult.of(Status.UNCLEAR, "status 500")));
    answers.received(encoded(1, PeerResult.of(Status.NOT_ASKED, "stopped")));

    assertEquals(
        List.of(
            new Told("a", PeerResult.of(Status.FAILED, "status 500")),
            new Told("b", PeerResult.of(Status.NOT_ASKED, "stopped"))),
        told);
  }

  @Test
  void anEndThatWeDoNotKnowIsAFailure() throws IOException {
    KeyAnswer tomorrows = KeyAnswer.newBuilder().setStatusValue(99).setDetail("why").build();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    tomorrows.writeDelimitedTo(out);

    answers.received(Unpooled.wrappedBuffer(out.toByteArray()));

    assertEquals(List.of(new Told("a", PeerResult.of(Status.FAILED, "why"))), told);
  }

  @Test
  void aValueDoesNotChangeWithTheBytesThatComeAfterIt() throws IOException {
    answers.received(encoded(0, value("630")));
    for (int i = 1; i < 6; i++) {
      answers.received(encoded(i, value("###")));
    }

    assertEquals(new Told("a", value("630")), told.get(0));
  }

  @Test
  void aResultTwiceOrOfNoKeyIsRefused() throws IOException {
    answers.received(encoded(0, value("630")));

    assertThrows(IOException.class, () -> answers.received(encoded(0, value("630"))));
    assertThrows(IOException.class, () -> answers.received(encoded(6, value("630"))));
    assertThrows(IOException.class, () -> answers.received(encoded(-1, value("630"))));
    assertEquals(1, told.size());
  }

  @Test
  void aResultBeyondTheLimitIsRefusedByItsLengthAlone() {
    ByteBuf tooLong = encoded(0, value("x".repeat(MAX_BYTES)));

    assertThrows(IOException.class, () -> answers.received(tooLong.readSlice(3)));
    assertEquals(List.of(), told);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ffffffff0f", // a length below 0
        "ffffffffff01", // a length of six bytes
        "8080808080", // a length that does not end
        "050a616263", // less than it says inside
        "0100", // field 0
      })
  void whatAreNoResultsIsRefused(String hex) {
    ByteBuf bytes = Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex + "00".repeat(10)));

    assertThrows(IOException.class, () -> answers.received(bytes));
  }
}
