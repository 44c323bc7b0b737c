package io.dawncache.server.inbound;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import io.dawncache.server.Dialect;
import io.dawncache.server.Limits;
import io.dawncache.server.frame.FrameKind;
import io.dawncache.server.frame.FrameReader;
import io.dawncache.server.frame.Frames;
import io.dawncache.server.testing.Books;
import io.dawncache.server.wire.pb.CoordinateRequest;
import io.dawncache.server.wire.pb.Credit;
import io.dawncache.server.wire.pb.FetchRequest;
import io.dawncache.server.wire.pb.ForgetRequest;
import io.dawncache.server.wire.pb.GetAllRequest;
import io.dawncache.server.wire.pb.GoAway;
import io.dawncache.server.wire.pb.KeyAnswer;
import io.dawncache.server.wire.pb.OperationAnswer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One of our nodes' connection of frames, without a socket and by an origin that a test holds. */
@Timeout(60)
class FrameServiceTest {
  private static final int MAX_VALUE_BYTES = 3 << 20;

  private static final Duration IDLE = Duration.ofMinutes(1);
  private static final Duration REQUEST = Duration.ofSeconds(30);

  private static final String UPGRADE =
      """
      GET /_dawncache/probe HTTP/1.1\r
      Host: 10.0.0.1:8001\r
      Dawncache-Peer: http://10.0.0.2:8001\r
      Connection: Upgrade\r
      Upgrade: dawncache-frames/1\r
      \r
      """;

  private static final String GRANT =
      """
      HTTP/1.1 101 Switching Protocols\r
      Connection: Upgrade\r
      Upgrade: dawncache-frames/1\r
      Dawncache-Peer: http://10.0.0.1:8001\r
      Dawncache-Instance: 0000000000000007\r
      Dawncache-Members: 9cdd2bce6a986d4d\r
      \r
      """;

  private record Frame(FrameKind kind, int id, boolean more, ByteString payload) {}

  private final HeldOrigin origin = new HeldOrigin();
  private final CacheNode node = CacheNode.create();
  private final byte[] large = new byte[2 << 20];
  private final FrameReader reader = new FrameReader();
  private final List<Frame> frames = new ArrayList<>();
  private final EmbeddedChannel channel = channel(true);

  @BeforeEach
  void begin() throws Exception {
    GroupConfig roomy = GroupConfig.builder().maxLoads(5_000).build();
    node.addAsyncGroup("held", roomy, origin);
    new Random(42).nextBytes(large);
    Group here =
        node.addGroup(
            "here",
            key ->
                key.startsWith("large")
                    ? Loaded.of(ByteView.copyOf(large))
                    : Loaded.ofUtf8("value of " + key));
    for (String key : List.of("k0", "k1", "k2", "large", "large2")) {
      assertNotNull(here.get(key)); // so that it is a hit from now on
    }
    send(Unpooled.copiedBuffer(UPGRADE, US_ASCII));
    ByteBuf granted = channel.readOutbound();
    assertEquals(GRANT, granted.readSlice(GRANT.length()).toString(US_ASCII));
    take(granted);
    assertEquals(FrameKind.PONG, frames.remove(0).kind);
  }

  @AfterEach
  void closeAndCheckTheBooks() {
    reader.close();
    channel.finishAndReleaseAll();
    node.close();
    Books.check(node);
  }

  // The world of these tests.

  private EmbeddedChannel channel(boolean granting) {
    Limits limits = new Limits(4096, 4096, MAX_VALUE_BYTES, IDLE, REQUEST);
    Inbound inbound =
        TestInbound.of(
            node, Dialect.DAWNCACHE, limits, Map.of(), InstantSource.system(), () -> {}, granting);
    return new EmbeddedChannel(
        new InboundPipeline(inbound, new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE)));
  }

  private void send(ByteBuf... bytes) {
    channel.writeInbound((Object[]) bytes);
  }

  private static ByteBuf frame(FrameKind kind, int id, byte[] payload) {
    return frame(kind, id, false, payload);
  }

  private static ByteBuf frame(FrameKind kind, int id, boolean more, byte[] payload) {
    ByteBuf out = PooledByteBufAllocator.DEFAULT.buffer();
    Frames.writeHead(payload.length, id, kind, more, out);
    return out.writeBytes(payload);
  }

  private static ByteBuf frame(FrameKind kind, int id, MessageLite message) {
    return frame(kind, id, message.toByteArray());
  }

  private static ByteBuf fetch(int id, String group, String key) {
    return frame(
        FrameKind.FETCH,
        id,
        FetchRequest.newBuilder()
            .setGroup(group)
            .setKey(key)
            .setTimeoutMillis(3_600_000)
            .setCopyGets(1)
            .build());
  }

  private static ByteBuf credit(long bytes) {
    return frame(FrameKind.CREDIT, 0, Credit.newBuilder().setBytes(bytes).build());
  }

  private static ByteBuf ping() {
    return frame(FrameKind.PING, 0, new byte[0]);
  }

  private static ByteBuf cancel(int id) {
    return frame(FrameKind.CANCEL, id, new byte[0]);
  }

  private void take(ByteBuf bytes) throws Exception {
    reader.read(
        bytes,
        PooledByteBufAllocator.DEFAULT,
        (kind, id, more, payload) -> {
          byte[] copy = new byte[payload.readableBytes()];
          payload.readBytes(copy);
          frames.add(new Frame(kind, id, more, ByteString.copyFrom(copy)));
        });
  }

  /** Returns what has been written since the last time. */
  private List<Frame> written() throws Exception {
    channel.runPendingTasks();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      take(next);
    }
    List<Frame> taken = List.copyOf(frames);
    frames.clear();
    return taken;
  }

  private Frame only() throws Exception {
    List<Frame> written = written();
    assertEquals(1, written.size(), written::toString);
    return written.get(0);
  }

  private static KeyAnswer answer(Frame frame) throws IOException {
    assertEquals(FrameKind.FETCHED, frame.kind);
    return KeyAnswer.parseFrom(frame.payload);
  }

  private static String value(Frame frame) throws IOException {
    KeyAnswer answer = answer(frame);
    assertEquals(KeyAnswer.Status.VALUE, answer.getStatus(), answer::toString);
    return answer.getValue().toStringUtf8();
  }

  private void assertBroken(String why) throws Exception {
    Frame last = only();
    assertEquals(FrameKind.GO_AWAY, last.kind);
    GoAway said = GoAway.parseFrom(last.payload);
    assertEquals(GoAway.Reason.BROKEN, said.getReason());
    assertTrue(said.getDetail().contains(why), said::getDetail);
    assertFalse(channel.isActive());
  }

  // The upgrade.

  @Test
  void aNodeWithoutFramesAnswersTheWishAsAProbe() {
    EmbeddedChannel without = channel(false);

    without.writeInbound(Unpooled.copiedBuffer(UPGRADE, US_ASCII));

    ByteBuf answer = without.readOutbound();
    assertTrue(answer.toString(US_ASCII).startsWith("HTTP/1.1 400 "), answer.toString(US_ASCII));
    answer.release();
    without.finishAndReleaseAll();
  }

  @Test
  void whatWasPipelinedBeforeTheWishIsAnsweredBeforeIt() {
    String hit = "GET /_dawncache/here/k0 HTTP/1.1\r\nHost: x\r\n\r\n";

    String answers = answersTo(hit + hit + UPGRADE);

    assertEquals(3, answers.split("HTTP/1.1 200 OK\r\n", -1).length, answers);
    assertTrue(answers.indexOf(GRANT) > answers.lastIndexOf("value of k0"), answers);
  }

  @Test
  void theWishBehindAnAnswerThatIsStillToComeIsAnsweredAsAProbe() throws Exception {
    EmbeddedChannel other = channel(true);
    String miss = "GET /_dawncache/held/a HTTP/1.1\r\nHost: x\r\n\r\n";
    other.writeInbound(Unpooled.copiedBuffer(miss + UPGRADE, US_ASCII));
    assertNull(other.readOutbound());

    origin.answer("a", "1");
    other.runPendingTasks();

    String answers = outbound(other);
    assertTrue(answers.startsWith("HTTP/1.1 200 OK\r\n"), answers);
    assertTrue(answers.contains("HTTP/1.1 400 Bad Request\r\n"), answers);
    other.finishAndReleaseAll();
  }

  private String answersTo(String requests) {
    EmbeddedChannel other = channel(true);
    other.writeInbound(Unpooled.copiedBuffer(requests, US_ASCII));
    other.runPendingTasks();
    String answers = outbound(other);
    other.finishAndReleaseAll();
    return answers;
  }

  private static String outbound(EmbeddedChannel channel) {
    StringBuilder all = new StringBuilder();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      all.append(next.toString(ISO_8859_1));
      next.release();
    }
    return all.toString();
  }

  @Test
  void framesThatComeWithTheWishAreServed() throws Exception {
    EmbeddedChannel other = channel(true);
    other.writeInbound(
        Unpooled.wrappedBuffer(Unpooled.copiedBuffer(UPGRADE, US_ASCII), fetch(1, "here", "k0")));

    ByteBuf granted = other.readOutbound();
    take(granted.skipBytes(GRANT.length()));
    other.runPendingTasks();
    for (ByteBuf next = other.readOutbound(); next != null; next = other.readOutbound()) {
      take(next);
    }

    assertEquals("value of k0", value(frames.get(1)));
    other.finishAndReleaseAll();
  }

  // Fetches.

  @Test
  void aHitSaysTheValueAndItsRate() throws Exception {
    send(fetch(7, "here", "k0"));

    Frame answer = only();
    assertEquals(7, answer.id);
    assertFalse(answer.more);
    assertEquals("value of k0", value(answer));
    assertTrue(answer(answer).getMinuteQps() > 0);
  }

  @Test
  void answersLeaveAsTheyComeAndNotAsTheirRequestsDid() throws Exception {
    send(fetch(1, "held", "a"), fetch(2, "held", "b"), fetch(3, "here", "k0"));
    assertEquals(3, only().id);

    origin.answer("b", "2");
    Frame second = only();
    origin.answer("a", "1");
    Frame first = only();

    assertEquals(List.of(2, 1), List.of(second.id, first.id));
    assertEquals(List.of("2", "1"), List.of(value(second), value(first)));
  }

  @Test
  void whatOneReadBringsIsAnsweredByOneWrite() throws Exception {
    send(Unpooled.wrappedBuffer(fetch(1, "here", "k0"), fetch(2, "here", "k1")), ping());

    channel.runPendingTasks();
    take(channel.readOutbound());

    assertEquals(List.of(1, 2, 0), frames.stream().map(Frame::id).toList());
    assertNull(channel.<ByteBuf>readOutbound());
  }

  @Test
  void aGroupThatIsNotHereCouldNotBeAsked() throws Exception {
    send(fetch(1, "nowhere", "a"));

    assertEquals(KeyAnswer.Status.NOT_ASKED, answer(only()).getStatus());
  }

  @Test
  void aLoadThatFailsSaysWhy() throws Exception {
    send(fetch(1, "held", "a"));
    origin.fail("a", "boom");

    KeyAnswer answer = answer(only());
    assertEquals(KeyAnswer.Status.FAILED, answer.getStatus());
    assertEquals("load held/a: the origin failed", answer.getDetail());
    assertEquals("boom", answer.getCauseMessage());
  }

  @Test
  void aKeyThatTheCoreRefusesCouldNotBeAsked() throws Exception {
    send(fetch(1, "here", "k".repeat(20_000)));

    assertEquals(KeyAnswer.Status.NOT_ASKED, answer(only()).getStatus());
    assertTrue(channel.isActive());
  }

  @Test
  void anIdIsFreeAgainWhenItIsAnswered() throws Exception {
    for (int i = 0; i < 3; i++) {
      send(fetch(4096, "here", "k" + i));
      assertEquals("value of k" + i, value(only()));
    }
  }

  @Test
  void asManyAreInFlightAsThereAreIds() throws Exception {
    ByteBuf[] all = new ByteBuf[Frames.MAX_ID];
    for (int i = 0; i < all.length; i++) {
      all[i] = fetch(i + 1, "held", "a");
    }
    send(all);
    assertEquals(List.of(), written());

    origin.answer("a", "1");

    Set<Integer> ids = new HashSet<>();
    written().forEach(frame -> ids.add(frame.id));
    assertEquals(Frames.MAX_ID, ids.size());
  }

  // Long messages.

  /** Returns the ids of all pieces in their order, having put the payloads together. */
  private static List<Integer> join(List<Frame> pieces, Map<Integer, ByteArrayOutputStream> whole) {
    pieces.forEach(piece -> whole.get(piece.id).writeBytes(piece.payload.toByteArray()));
    return pieces.stream().map(Frame::id).toList();
  }

  @Test
  void longAnswersTakeTurnsAndWaitForCredit() throws Exception {
    send(fetch(1, "here", "large"), fetch(2, "here", "large2"));
    List<Frame> first = written();
    assertEquals(Frames.FIRST_CREDIT_BYTES, first.stream().mapToInt(f -> f.payload.size()).sum());
    assertTrue(first.stream().allMatch(Frame::more));

    send(fetch(3, "here", "k0")); // one frame needs no credit
    assertEquals("value of k0", value(only()));

    List<Frame> all = new ArrayList<>(first);
    for (int i = 0; i < 7; i++) {
      send(credit(Frames.FIRST_CREDIT_BYTES / 2));
      all.addAll(written());
    }
    Map<Integer, ByteArrayOutputStream> whole =
        Map.of(1, new ByteArrayOutputStream(), 2, new ByteArrayOutputStream());
    List<Integer> order = join(all, whole);

    assertEquals(IntStream.range(0, 32).mapToObj(i -> 1 + i % 2).toList(), order.subList(0, 32));
    for (ByteArrayOutputStream message : whole.values()) {
      ByteString value = KeyAnswer.parseFrom(message.toByteArray()).getValue();
      assertEquals(ByteString.copyFrom(large), value);
    }
    assertEquals(2, all.stream().filter(frame -> !frame.more).count());
  }

  @Test
  void creditBeyondTheFirstIsRefused() throws Exception {
    send(credit(1));

    assertBroken("credit: 1 bytes on top of 1048576");
  }

  private List<ByteBuf> pieces(FrameKind kind, int id, byte[] message) {
    List<ByteBuf> pieces = new ArrayList<>();
    for (int from = 0; from < message.length; from += Frames.MAX_PAYLOAD_BYTES) {
      int to = Math.min(message.length, from + Frames.MAX_PAYLOAD_BYTES);
      byte[] part = Arrays.copyOfRange(message, from, to);
      pieces.add(frame(kind, id, to < message.length, part));
    }
    return pieces;
  }

  private static byte[] put(byte[] value) {
    return CoordinateRequest.newBuilder()
        .setGroup("here")
        .setKey("k0")
        .setValue(ByteString.copyFrom(value))
        .build()
        .toByteArray();
  }

  @Test
  void aLongRequestIsPutTogetherAndItsCreditGivenBack() throws Exception {
    List<ByteBuf> pieces = pieces(FrameKind.COORDINATE, 9, put(large));
    List<Frame> answers = new ArrayList<>();
    for (ByteBuf piece : pieces) {
      send(piece, ping()); // what is small passes
      answers.addAll(written());
    }

    long given = 0;
    Frame last = null;
    for (Frame frame : answers) {
      if (frame.kind == FrameKind.CREDIT) {
        given += Credit.parseFrom(frame.payload).getBytes();
      } else if (frame.kind == FrameKind.OPERATED) {
        last = frame;
      }
    }
    assertEquals(2 << 20, given); // all but the last piece, by halves of the first credit
    assertNotNull(last);
    assertEquals(9, last.id);
    assertEquals(OperationAnswer.Status.DONE, OperationAnswer.parseFrom(last.payload).getStatus());
    assertEquals(
        pieces.size(), answers.stream().filter(frame -> frame.kind == FrameKind.PONG).count());
  }

  @Test
  void aRequestBeyondTheLimitIsReadPastAndRefused() throws Exception {
    List<Frame> answers = new ArrayList<>();
    for (ByteBuf piece :
        pieces(FrameKind.COORDINATE, 9, put(new byte[MAX_VALUE_BYTES + (1 << 20)]))) {
      send(piece);
      answers.addAll(written());
    }

    Frame last = answers.get(answers.size() - 1);
    assertEquals(FrameKind.OPERATED, last.kind);
    assertEquals(
        OperationAnswer.Status.NOT_DONE, OperationAnswer.parseFrom(last.payload).getStatus());
    assertTrue(channel.isActive());
  }

  @Test
  void aSecondRequestInPiecesIsRefused() throws Exception {
    send(frame(FrameKind.COORDINATE, 1, true, new byte[10]));
    send(frame(FrameKind.COORDINATE, 2, true, new byte[10]));

    assertBroken("two requests in pieces");
  }

  @Test
  void aRequestThatIsCancelledInTheMiddleIsDropped() throws Exception {
    send(frame(FrameKind.COORDINATE, 1, true, new byte[10]), cancel(1));
    assertEquals(FrameKind.CANCEL, only().kind);

    send(fetch(1, "here", "k0"));

    assertEquals("value of k0", value(only()));
  }

  // Many keys, and operations.

  @Test
  void resultsOfManyKeysComeAsTheyAreFound() throws Exception {
    GetAllRequest all =
        GetAllRequest.newBuilder()
            .setGroup("held")
            .addKeys(GetAllRequest.Key.newBuilder().setKey("a"))
            .addKeys(GetAllRequest.Key.newBuilder().setKey("b"))
            .setTimeoutMillis(3_600_000)
            .build();
    send(frame(FrameKind.GET_ALL, 5, all));
    assertEquals(List.of(), written());

    origin.answer("b", "2");
    Frame first = only();
    origin.answer("a", "1");
    Frame second = only();

    assertEquals(List.of(FrameKind.RESULTS, FrameKind.RESULTS), List.of(first.kind, second.kind));
    assertTrue(first.more);
    assertFalse(second.more);
    KeyAnswer b = KeyAnswer.parseDelimitedFrom(first.payload.newInput());
    KeyAnswer a = KeyAnswer.parseDelimitedFrom(second.payload.newInput());
    assertEquals(List.of(1, "2"), List.of(b.getIndex(), b.getValue().toStringUtf8()));
    assertEquals(List.of(0, "1"), List.of(a.getIndex(), a.getValue().toStringUtf8()));
  }

  @Test
  void manyKeysOfAGroupThatIsNotHereAllEndTheSame() throws Exception {
    GetAllRequest all =
        GetAllRequest.newBuilder()
            .setGroup("nowhere")
            .addKeys(GetAllRequest.Key.newBuilder().setKey("a"))
            .setTimeoutMillis(1)
            .build();
    send(frame(FrameKind.GET_ALL, 5, all));

    assertEquals(KeyAnswer.Status.NOT_ASKED, answer(only()).getStatus());
  }

  @Test
  void aRequestOfTooManyKeysIsRefusedAloneBeforeAnyIsLookedUp() throws Exception {
    GetAllRequest.Key key = GetAllRequest.Key.newBuilder().setKey("k0").build();
    GetAllRequest all =
        GetAllRequest.newBuilder()
            .setGroup("here")
            .addAllKeys(Collections.nCopies(4097, key))
            .setTimeoutMillis(1)
            .build();
    ForgetRequest forget =
        ForgetRequest.newBuilder()
            .setGroup("here")
            .addAllKeys(Collections.nCopies(10_001, "k0"))
            .build();

    send(frame(FrameKind.GET_ALL, 5, all));
    KeyAnswer refused = answer(only());
    send(frame(FrameKind.FORGET, 6, forget));
    OperationAnswer undone = OperationAnswer.parseFrom(only().payload);

    assertEquals(KeyAnswer.Status.NOT_ASKED, refused.getStatus());
    assertTrue(refused.getDetail().contains("(expected: <= 4096)"), refused::getDetail);
    assertEquals(OperationAnswer.Status.NOT_DONE, undone.getStatus());
    assertTrue(undone.getDetail().contains("(expected: <= 10000)"), undone::getDetail);
    send(fetch(7, "here", "k0"));
    assertEquals("value of k0", value(only()));
  }

  @Test
  void whatIsToBeForgottenIs() throws Exception {
    send(frame(FrameKind.FORGET, 3, ForgetRequest.newBuilder().setGroup("here").build()));

    Frame answer = only();
    assertEquals(FrameKind.OPERATED, answer.kind);
    assertEquals(
        OperationAnswer.Status.DONE, OperationAnswer.parseFrom(answer.payload).getStatus());
    assertNull(Objects.requireNonNull(node.group("here")).peek("k0"));
  }

  // Cancelling.

  @Test
  void aCancelledRequestIsAnsweredByThatAndItsIdIsFree() throws Exception {
    send(fetch(1, "held", "a"), cancel(1));
    Frame confirmed = only();
    assertEquals(FrameKind.CANCEL, confirmed.kind);
    assertEquals(1, confirmed.id);

    send(fetch(1, "held", "b"));
    origin.answer("a", "1"); // whose waiter has gone
    assertEquals(List.of(), written());
    origin.answer("b", "2");

    assertEquals("2", value(only()));
  }

  @Test
  void aCancelThatTheAnswerHasCrossedIsNotAnswered() throws Exception {
    send(fetch(1, "here", "k0"));
    assertEquals("value of k0", value(only()));

    send(cancel(1));

    assertEquals(List.of(), written());
    assertTrue(channel.isActive());
  }

  @Test
  void aLongAnswerThatIsCancelledStopsInTheMiddle() throws Exception {
    send(fetch(1, "here", "large"));
    assertEquals(16, written().size());

    send(cancel(1), credit(Frames.FIRST_CREDIT_BYTES));

    assertEquals(FrameKind.CANCEL, only().kind);
  }

  @Test
  void manyKeysThatAreCancelledLeaveNothingBehind() throws Exception {
    GetAllRequest all =
        GetAllRequest.newBuilder()
            .setGroup("held")
            .addKeys(GetAllRequest.Key.newBuilder().setKey("a"))
            .addKeys(GetAllRequest.Key.newBuilder().setKey("b"))
            .setTimeoutMillis(3_600_000)
            .build();
    send(frame(FrameKind.GET_ALL, 5, all));
    origin.answer("b", "2");
    assertEquals(FrameKind.RESULTS, only().kind);

    send(cancel(5));
    assertEquals(FrameKind.CANCEL, only().kind);
    origin.answer("a", "1");

    assertEquals(List.of(), written());
  }

  @Test
  void manyKeysThatAreCancelledBeforeAnyResultHoldNothingWhenTheResultsCome() throws Exception {
    GetAllRequest all =
        GetAllRequest.newBuilder()
            .setGroup("held")
            .addKeys(GetAllRequest.Key.newBuilder().setKey("a"))
            .addKeys(GetAllRequest.Key.newBuilder().setKey("b"))
            .setTimeoutMillis(3_600_000)
            .build();
    send(frame(FrameKind.GET_ALL, 5, all));
    send(cancel(5));
    assertEquals(FrameKind.CANCEL, only().kind);

    origin.answer("a", "1");
    origin.answer("b", "2");

    assertEquals(List.of(), written());
    assertEquals(0, node.bytesInFlight().bytes());
  }

  // What is no frame in its place.

  @Test
  void anIdThatIsTakenIsRefused() throws Exception {
    send(fetch(1, "held", "a"), fetch(1, "held", "b"));

    assertBroken("FETCH of id 1 (expected: an id that is free)");
    origin.answer("a", "1");
  }

  @Test
  void anAnswerIsRefused() throws Exception {
    send(frame(FrameKind.FETCHED, 1, new byte[0]));

    assertBroken("FETCHED (expected: a request)");
  }

  @Test
  void aLengthThatNoFrameHasIsRefusedBeforeItComes() throws Exception {
    ByteBuf head = PooledByteBufAllocator.DEFAULT.buffer();
    send(head.writeInt(1 << 30).writeInt(1).writeByte(1));

    assertBroken("frame: 1073741824 bytes");
  }

  @Test
  void aKindThatNobodyKnowsIsRefused() throws Exception {
    ByteBuf head = PooledByteBufAllocator.DEFAULT.buffer();
    send(head.writeInt(0).writeInt(1).writeByte(99));

    assertBroken("frame of kind 99");
  }

  @Test
  void aMessageThatIsNoneIsRefused() throws Exception {
    send(frame(FrameKind.FETCH, 1, "<html>".getBytes(US_ASCII)));

    assertBroken("FETCH: not its protobuf message");
  }

  @Test
  void afterARefusalNothingIsReadAndWhatIsInFlightIsDropped() throws Exception {
    send(fetch(1, "held", "a"), frame(FrameKind.PONG, 0, new byte[0]));
    send(frame(FrameKind.OPERATED, 2, new byte[0]), fetch(3, "here", "k0"));

    assertBroken("OPERATED");
    origin.answer("a", "1");
    assertEquals(List.of(), written());
  }

  @Test
  void aPeerThatFoundUsBrokenIsClosed() throws Exception {
    send(
        frame(
            FrameKind.GO_AWAY,
            0,
            GoAway.newBuilder().setReason(GoAway.Reason.BROKEN).setDetail("you").build()));

    assertFalse(channel.isActive());
  }

  // Who does not read.

  private void setWritable(boolean writable) {
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, writable);
    channel.runPendingTasks();
  }

  @Test
  void aPeerThatDoesNotReadIsNotReadFromAndItsAnswersWaitAsValues() throws Exception {
    send(fetch(1, "held", "a"));
    setWritable(false);
    assertFalse(channel.config().isAutoRead());

    send(fetch(2, "here", "k0"), ping());
    origin.answer("a", "1");
    assertEquals(List.of(), written());

    setWritable(true);
    assertEquals(Set.of(1, 2, 0), Set.copyOf(written().stream().map(Frame::id).toList()));
    assertTrue(channel.config().isAutoRead());
  }

  // The end.

  @Test
  void aServerThatStopsAnswersWhatItHasAndTakesNoMore() throws Exception {
    send(fetch(1, "held", "a"));
    channel.pipeline().fireUserEventTriggered(RequestHandler.Drain.NOW);
    Frame goAway = only();
    assertEquals(FrameKind.GO_AWAY, goAway.kind);
    assertEquals(GoAway.Reason.STOPPING, GoAway.parseFrom(goAway.payload).getReason());

    send(fetch(2, "here", "k0"), ping());
    List<Frame> refused = written();
    assertEquals(KeyAnswer.Status.NOT_ASKED, answer(refused.get(0)).getStatus());
    assertEquals(FrameKind.PONG, refused.get(1).kind); // it is there all the same
    assertTrue(channel.isActive());

    origin.answer("a", "1");
    assertEquals("1", value(only()));
    channel.runPendingTasks();
    assertFalse(channel.isActive());
  }

  @Test
  void aServerThatStopsClosesAConnectionThatOwesNothing() throws Exception {
    channel.pipeline().fireUserEventTriggered(RequestHandler.Drain.NOW);

    assertEquals(FrameKind.GO_AWAY, only().kind);
    channel.runPendingTasks();
    assertFalse(channel.isActive());
  }

  @Test
  void aSilentConnectionIsClosedUnlessItWaits() throws Exception {
    send(fetch(1, "held", "a"));
    passIdleTime();
    assertTrue(channel.isActive());

    origin.answer("a", "1");
    assertEquals("1", value(only()));
    passIdleTime();
    assertFalse(channel.isActive());
  }

  @Test
  void aPeerThatGivesNoCreditForALongTimeIsClosed() throws Exception {
    send(fetch(1, "here", "large"));
    assertEquals(16, written().size());

    passIdleTime();

    assertFalse(channel.isActive());
  }

  @Test
  void aPeerThatGivesNoCreditIsClosedWhateverElseItSays() throws Exception {
    send(fetch(1, "here", "large"));
    assertEquals(16, written().size());

    for (int i = 0; i < 25 && channel.isActive(); i++) {
      send(ping(), fetch(i + 2, "here", "k0"));
      written();
      pass(IDLE.dividedBy(20));
    }

    assertFalse(channel.isActive());
  }

  @Test
  void aPeerThatGivesCreditNowAndThenIsNotClosed() throws Exception {
    send(fetch(1, "here", "large"));

    for (int i = 0; i < 10; i++) {
      pass(IDLE.dividedBy(2));
      send(credit(Frames.MAX_PAYLOAD_BYTES));
      written();
      assertTrue(channel.isActive());
    }
  }

  @Test
  void aConnectionWithNothingInFlightIsClosedThoughItPings() throws Exception {
    for (int i = 0; i < 25 && channel.isActive(); i++) {
      send(ping());
      written();
      pass(IDLE.dividedBy(20));
    }

    assertFalse(channel.isActive());
  }

  @Test
  void aLongRequestThatIsNotWholeInItsTimeEndsTheConnection() throws Exception {
    for (int i = 0; i < 25 && channel.isActive(); i++) {
      send(frame(FrameKind.COORDINATE, 1, true, new byte[1]), fetch(i + 2, "here", "k0"));
      pass(REQUEST.dividedBy(20));
    }

    assertFalse(channel.isActive());
    List<Frame> written = written();
    assertEquals(FrameKind.GO_AWAY, written.get(written.size() - 1).kind);
  }

  @Test
  void aFrameThatIsNotWholeInItsTimeEndsTheConnection() throws Exception {
    ByteBuf dribbled = fetch(1, "here", "a".repeat(100));
    for (int i = 0; i < 25 && channel.isActive(); i++) {
      send(dribbled.readRetainedSlice(1));
      pass(REQUEST.dividedBy(20));
    }
    dribbled.release();

    assertFalse(channel.isActive());
  }

  @Test
  void framesThatComeOneByOneHaveTheirTimeEach() throws Exception {
    for (int i = 0; i < 5; i++) {
      ByteBuf fetch = fetch(1, "here", "k0");
      send(fetch.readRetainedSlice(5));
      pass(REQUEST.dividedBy(2));
      send(fetch);
      assertEquals("value of k0", value(only()));
    }
  }

  private void passIdleTime() {
    pass(IDLE.plus(IDLE.dividedBy(4)));
  }

  private void pass(Duration time) {
    int steps = 20;
    for (int i = 0; i < steps; i++) {
      channel.advanceTimeBy(time.toNanos() / steps, TimeUnit.NANOSECONDS);
      channel.runScheduledPendingTasks();
    }
  }

  @Test
  void aPeerThatEndsItsSideHasGone() throws Exception {
    send(fetch(1, "held", "a"));

    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);

    assertFalse(channel.isActive());
    origin.answer("a", "1");
  }

  @Test
  void aConnectionThatGoesTakesItsLongAnswersWithIt() throws Exception {
    send(fetch(1, "here", "large"), fetch(2, "held", "a"));
    assertEquals(16, written().size());
    send(frame(FrameKind.COORDINATE, 3, true, new byte[1000]), Unpooled.wrappedBuffer(new byte[5]));

    channel.close();
    origin.answer("a", "1");

    assertEquals(List.of(), written().stream().filter(f -> f.kind != FrameKind.PONG).toList());
  }
}
