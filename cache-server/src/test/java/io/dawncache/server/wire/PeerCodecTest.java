package io.dawncache.server.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.dawncache.core.ByteView;
import io.dawncache.core.Forget;
import io.dawncache.core.GroupSemantics;
import io.dawncache.core.MemberList;
import io.dawncache.core.Metadata;
import io.dawncache.core.Offer;
import io.dawncache.core.Operation;
import io.dawncache.core.OperationResult;
import io.dawncache.core.PastChanges;
import io.dawncache.core.PeerRequest;
import io.dawncache.core.Rings;
import io.dawncache.core.TraceContext;
import io.dawncache.server.wire.pb.OperationAnswer;
import io.dawncache.server.wire.pb.SetRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What our nodes say to each other, there and back, and byte for byte. */
class PeerCodecTest {
  private static final long NOW_UNIX_NANOS = 1_800_000_000L * 1_000_000_000;
  private static final InstantSource NOW =
      InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000));
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final MemberList LIST =
      new MemberList(
          "http://a:1", 7, List.of("http://a:1"), Rings.NONE, null, null, 0x0102030405060708L);

  @Test
  void forgettingSomeKeysIsAGroupAndKeys() throws Exception {
    Forget what = new Forget("g", List.of("a", "日本"));

    assertEquals("0a0167" + "120161" + "1206e697a5e69cac", hex(PeerCodec.encode(what)));
    assertEquals(what, PeerCodec.decodeForget(bytes(PeerCodec.encode(what))));
  }

  @Test
  void forgettingAGroupIsItsName() throws Exception {
    assertEquals("0a0167", hex(PeerCodec.encode(Forget.all("g"))));
    assertTrue(PeerCodec.decodeForget(hex("0a0167")).isAll());
  }

  @Test
  void anOfferIsAGroupAndKeys() throws Exception {
    Offer offer = new Offer("g", List.of("a", "b"));

    assertEquals("0a0167" + "120161" + "120162", hex(PeerCodec.encode(offer)));
    assertEquals(offer, PeerCodec.decodeOffer(bytes(PeerCodec.encode(offer))));
    String tooMany = "0a0167" + "120161".repeat(Offer.MOST_KEYS + 1);
    assertThrows(IllegalArgumentException.class, () -> PeerCodec.decodeOffer(hex(tooMany)));
  }

  @Test
  void changesThatAreHandedOverNameTheMemberThatMissedThemIfThereIsOne() throws Exception {
    Forget what = Forget.key("g", "a");
    PastChanges missed = new PastChanges(what, "http://a:1");
    PastChanges known = new PastChanges(what, null);

    assertEquals(
        "0a0167" + "120161" + "1a0a" + "687474703a2f2f613a31", hex(PeerCodec.encode(missed)));
    assertEquals(missed, PeerCodec.decodeHandOver(bytes(PeerCodec.encode(missed))));
    assertEquals("0a0167" + "120161", hex(PeerCodec.encode(known)));
    assertEquals(known, PeerCodec.decodeHandOver(bytes(PeerCodec.encode(known))));
    assertThrows(
        BadRequestException.class, () -> PeerCodec.decodeHandOver(hex("0a0167" + "1a0161")));
  }

  @Test
  void aMemberListSaysWhetherItsSenderLeaves() throws Exception {
    assertTrue(PeerCodec.saysLeaving(bytes(PeerCodec.encode(LIST, false, true))));
    assertFalse(PeerCodec.saysLeaving(bytes(PeerCodec.encode(LIST, true, false))));
  }

  @Test
  void thePutOfAValueWithMetadataSaysIt() throws Exception {
    ByteView value = ByteView.ofUtf8("630").withMetadata(new Metadata("t/p", "\"1\""));
    String plain = "0a0167" + "12016b" + "1a03363330";
    String type = "2a03742f70";
    String tag = "3203223122";

    Operation put = Operation.put("g", "k", value, Long.MAX_VALUE);
    assertEquals(plain + type + tag, hex(PeerCodec.encode(put)));
    Operation read = PeerCodec.decodeOperation(bytes(PeerCodec.encode(put)));
    assertEquals(put, read);
    assertEquals(value.metadata(), read.value().metadata());
    assertEquals(
        new Metadata("t/p", null), PeerCodec.decodeOperation(hex(plain + type)).value().metadata());
    assertEquals(
        new Metadata(null, "\"1\""),
        PeerCodec.decodeOperation(hex(plain + tag)).value().metadata());
    assertNull(PeerCodec.decodeOperation(hex(plain)).value().metadata());
    assertNull(PeerCodec.decodeOperation(hex("0a0167" + "12016b" + type)).value(), "a removal");
    assertThrows(
        BadRequestException.class, () -> PeerCodec.decodeOperation(hex(plain + "2a020d0a")));
  }

  @Test
  void aChangeIsAKeyAndPerhapsAValueAndItsTtl() throws Exception {
    ByteView value = ByteView.ofUtf8("630");
    for (Operation change :
        List.of(
            Operation.remove("g", "k"),
            Operation.put("g", "k", value, Long.MAX_VALUE),
            Operation.put("g", "k", value, 1),
            Operation.put("g", "k", ByteView.empty(), 1_500_000_000))) {
      assertEquals(change, PeerCodec.decodeOperation(bytes(PeerCodec.encode(change))));
    }
    assertEquals("0a016712016b", hex(PeerCodec.encode(Operation.remove("g", "k"))));
    assertEquals(
        "0a016712016b" + "1a03363330" + "2001",
        hex(PeerCodec.encode(Operation.put("g", "k", value, 1))));
    assertEquals(
        "0a016712016b" + "1a00",
        hex(PeerCodec.encode(Operation.put("g", "k", ByteView.empty(), Long.MAX_VALUE))));
  }

  @Test
  void aPutOfWhatHasExpiredIsARemoval() throws Exception {
    assertEquals(
        Operation.remove("g", "k"),
        PeerCodec.decodeOperation(hex("0a016712016b" + "1a03363330" + "2000")));
    assertEquals(
        Operation.remove("g", "k"),
        PeerCodec.decodeOperation(hex("0a016712016b" + "1a03363330" + "20ffffffffffffffffff01")));
  }

  @Test
  void aGetOfManyKeysHasOneTimeForAll() throws Exception {
    List<PeerRequest> requests =
        List.of(new PeerRequest("g", "a", SECOND, 0), new PeerRequest("g", "b", SECOND, 300));
    ByteBuf encoded = PeerCodec.encode(requests, SECOND);

    assertEquals("0a0167" + "12030a0161" + "12060a016210ac02" + "18e807", hex(encoded));
    assertEquals(requests, PeerCodec.decodeGetAll(bytes(encoded)));
  }

  @Test
  void aGetOfManyKeysHasOneTraceForAll() throws Exception {
    String parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    for (String state : new String[] {null, "rojo=1"}) {
      TraceContext trace = new TraceContext(parent, state);
      List<PeerRequest> requests =
          List.of(
              new PeerRequest("g", "a", SECOND, 0, trace),
              new PeerRequest("g", "b", SECOND, 0, trace));

      assertEquals(requests, PeerCodec.decodeGetAll(bytes(PeerCodec.encode(requests, SECOND))));
    }
  }

  @Test
  void theTimeOfAGetIsRoundedUp() throws Exception {
    List<PeerRequest> requests = List.of(new PeerRequest("g", "a", SECOND));

    Duration left =
        PeerCodec.decodeGetAll(bytes(PeerCodec.encode(requests, Duration.ofNanos(1))))
            .get(0)
            .timeout();

    assertEquals(Duration.ofMillis(1), left);
  }

  @Test
  void anAnswerNamesWhoWasNotReached() throws Exception {
    for (OperationResult result :
        List.of(
            OperationResult.done(List.of()),
            OperationResult.done(List.of("http://a:1", "http://b:1")),
            OperationResult.done(List.of(), List.of("http://a:1", "http://b:1")),
            OperationResult.of(OperationResult.Status.DONE_ALONE, ""),
            OperationResult.of(OperationResult.Status.NOT_ASKED, "why"),
            OperationResult.of(OperationResult.Status.UNKNOWN, "why"))) {
      assertEquals(result, PeerCodec.decodeResult(bytes(PeerCodec.encode(result, LIST, null))));
      assertEquals(
          result, PeerCodec.decodeResult(bytes(PeerCodec.encode(result, LIST, List.of()))));
    }
    assertEquals(
        "29" + "0807060504030201",
        hex(PeerCodec.encode(OperationResult.done(List.of()), LIST, null)));
  }

  @Test
  void aMemberListIsItsNodeItsProcessAndTheMembers() throws Exception {
    MemberList list = MemberList.of("http://a:1", 7, List.of("http://a:1", "http://b:1"));

    assertEquals(
        "0a0a"
            + "687474703a2f2f613a31"
            + "11"
            + "0700000000000000"
            + "1a0a"
            + "687474703a2f2f613a31"
            + "1a0a"
            + "687474703a2f2f623a31",
        hex(PeerCodec.encode(list, false, false)));
    assertEquals(list, PeerCodec.decodeMembers(bytes(PeerCodec.encode(list, false, false))));
  }

  @Test
  void aMemberListAlsoHasTheRingsThatItsNodeKnows() throws Exception {
    Rings rings = new Rings(List.of("native"), "native", List.of("http://b:1"));
    MemberList list = MemberList.of("http://a:1", 7, List.of("http://a:1", "http://b:1"), rings);

    assertEquals(
        "2206" + "6e6174697665" + "3206" + "6e6174697665" + "3a0a" + "687474703a2f2f623a31",
        hex(PeerCodec.encode(list, false, false)).substring(2 * (12 + 9 + 12 + 12)));
    assertEquals(list, PeerCodec.decodeMembers(bytes(PeerCodec.encode(list, false, false))));
  }

  @Test
  void aMemberListAlsoHasTheZoneOfItsNode() throws Exception {
    MemberList none = MemberList.of("http://a:1", 7, List.of());
    MemberList list = none.inZone("a");

    assertEquals(
        hex(PeerCodec.encode(none, false, false)) + "4a0161",
        hex(PeerCodec.encode(list, false, false)));
    assertEquals(list, PeerCodec.decodeMembers(bytes(PeerCodec.encode(list, false, false))));
  }

  @Test
  void aMemberListMayHaveTheFingerprintsOfGroups() throws Exception {
    MemberList none = MemberList.of("http://a:1", 7, List.of());
    MemberList list = none.withSemantics(new GroupSemantics(1, new TreeMap<>(Map.of("g", 2L))));

    assertEquals(
        hex(PeerCodec.encode(none, false, false))
            + ("51" + "0100000000000000")
            + ("5a0c" + "0a0167" + "11" + "0200000000000000"),
        hex(PeerCodec.encode(list, false, false)));
    assertEquals(list, PeerCodec.decodeMembers(bytes(PeerCodec.encode(list, false, false))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a,b", "\"a\"", "\u00e4", "\r\n", "\177"})
  void aZoneThatIsNoneCountsAsNone(String zone) throws Exception {
    MemberList none = MemberList.of("http://a:1", 7, List.of());
    MemberList list = none.inZone(zone);

    assertEquals(none, PeerCodec.decodeMembers(bytes(PeerCodec.encode(list, false, false))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0a0161", "0a0a687474703a2f2f613a311a0161", "ff"})
  void whatIsNoMemberListIsRefused(String message) {
    assertThrows(BadRequestException.class, () -> PeerCodec.decodeMembers(hex(message)));
  }

  @Test
  void anEndThatWeDoNotKnowMayBeAnything() throws IOException {
    assertEquals(OperationResult.Status.UNKNOWN, PeerCodec.decodeResult(hex("0863")).status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10.0.0.3:8001", "http://a:1\r\nX: y", "http://a:1/", "\0"})
  void anAnswerThatNamesAMemberByWhatIsNoUrlIsNone(String member) {
    ByteBuffer answer =
        ByteBuffer.wrap(OperationAnswer.newBuilder().addUnreached(member).build().toByteArray());

    assertThrows(IOException.class, () -> PeerCodec.decodeResult(answer));
  }

  // Mailgun's.

  @Test
  void aPutOfMailgunsEndsByTheWallClock() throws Exception {
    assertEquals(
        Operation.put("path", "k", ByteView.ofUtf8("630"), 7),
        set(SetRequest.newBuilder().setExpire(NOW_UNIX_NANOS + 7)));
    assertEquals(
        Operation.put("path", "k", ByteView.ofUtf8("630"), Long.MAX_VALUE),
        set(SetRequest.newBuilder()));
    assertEquals(
        Operation.remove("path", "k"), set(SetRequest.newBuilder().setExpire(NOW_UNIX_NANOS)));
    assertEquals(Operation.remove("path", "k"), set(SetRequest.newBuilder().setExpire(-1)));
  }

  @Test
  void theTtlThatOneOfOurNodesSaysCountsBeforeTheWallClock() throws Exception {
    assertEquals(
        Operation.put("path", "k", ByteView.ofUtf8("630"), 7),
        set(SetRequest.newBuilder().setExpire(1).setTtlNanos(7)));
  }

  private static Operation set(SetRequest.Builder request) throws BadRequestException {
    byte[] body =
        request
            .setGroup("body")
            .setKey("k")
            .setValue(ByteString.copyFromUtf8("630"))
            .build()
            .toByteArray();
    return PeerCodec.decodeSet("path", ByteBuffer.wrap(body), NOW);
  }

  // What comes from outside.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0a", // a field without its length
        "0a05616263", // three bytes of five
        "0a01ff", // a group that is not UTF-8
        "0f", // a wire type that does not exist
        "3c68746d6c3e", // <html>
      })
  void whatIsNoMessageIsABadRequest(String hex) {
    isBad("body: not the protobuf message, ", () -> PeerCodec.decodeForget(hex(hex)));
    isBad("body: not the protobuf message, ", () -> PeerCodec.decodeOperation(hex(hex)));
    isBad("body: not the protobuf message, ", () -> PeerCodec.decodeGetAll(hex(hex)));
    isBad("body: not the protobuf message, ", () -> PeerCodec.decodeSet("g", hex(hex), NOW));
  }

  @Test
  void anEmptyGroupOrKeyIsABadRequest() {
    String noGroup = "group: \"\" (expected: a group that is not empty)";
    String noKey = "key: \"\" (expected: a key that is not empty)";
    isBad(noGroup, () -> PeerCodec.decodeForget(hex("120161")));
    isBad(noKey, () -> PeerCodec.decodeForget(hex("0a016712016b1200")));
    isBad(noGroup, () -> PeerCodec.decodeOperation(hex("12016b")));
    isBad(noKey, () -> PeerCodec.decodeOperation(hex("0a0167")));
    isBad(noGroup, () -> PeerCodec.decodeGetAll(hex("12030a01611801")));
    isBad(noKey, () -> PeerCodec.decodeGetAll(hex("0a016712001801")));
    isBad(noKey, () -> PeerCodec.decodeSet("g", hex(""), NOW));
  }

  @Test
  void aGetOfNoKeysOrInNoTimeIsABadRequest() {
    isBad(
        "get-all: 0 keys in 1 ms (expected: at least one of each)",
        () -> PeerCodec.decodeGetAll(hex("0a01671801")));
    isBad(
        "get-all: 1 keys in 0 ms (expected: at least one of each)",
        () -> PeerCodec.decodeGetAll(hex("0a016712030a0161")));
    isBad(
        "copy_gets: -1 (expected: >= 0)",
        () -> PeerCodec.decodeGetAll(hex("0a0167" + "120e0a016110ffffffffffffffffff01" + "1801")));
  }

  private static void isBad(String message, Executable reading) {
    BadRequestException bad = assertThrows(BadRequestException.class, reading);
    assertTrue(bad.getMessage().startsWith(message), bad.getMessage());
  }

  private static String hex(ByteBuf encoded) {
    return ByteBufUtil.hexDump(encoded);
  }

  private static ByteBuffer hex(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
  }

  private static ByteBuffer bytes(ByteBuf encoded) {
    return encoded.nioBuffer();
  }
}
