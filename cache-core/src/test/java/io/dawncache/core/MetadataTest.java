package io.dawncache.core;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Content types and ETags: which there may be, and where they go with their values. */
class MetadataTest {
  private static final Duration LONG_WAIT = Duration.ofHours(1);
  private static final Metadata JSON = new Metadata("application/json", "\"v1\"");

  @RegisterExtension final Books books = new Books();

  private final HandClock time = new HandClock();
  private final CacheNode node = books.keepFor(time.node());
  private final Map<String, Loaded> origin = new ConcurrentHashMap<>();

  private static ByteView value() {
    return ByteView.ofUtf8("{}").withMetadata(JSON);
  }

  private Group group(GroupConfig.Builder config) {
    return node.addGroup(
        "scores", config.build(), key -> origin.getOrDefault(key, Loaded.notFound()));
  }

  private Group group() {
    return group(GroupConfig.builder());
  }

  private static Metadata of(Entry entry) {
    return Objects.requireNonNull(entry).metadata();
  }

  // What may be metadata.

  @ParameterizedTest
  @ValueSource(
      strings = {"text/html; charset=utf-8", "!", "~", "W/\"v 1\"", "\"\"", "anything visible"})
  void visibleAsciiIsTakenAsItIs(String text) {
    assertEquals(text, new Metadata(text, null).contentType());
    assertEquals(text, new Metadata(null, text).etag());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", " a", "a ", "a\r\nb", "a\tb", "a\u007f", "é", "\ud83d\ude00"})
  void whatNoHeaderFieldMayHoldIsRejected(String text) {
    String expected = " (expected: visible ASCII, not empty, with spaces inside only)";

    String ofType = message(() -> new Metadata(text, null));
    String ofTag = message(() -> new Metadata(null, text));

    assertEquals("contentType: " + Keys.shown(text) + expected, ofType);
    assertEquals("etag: " + Keys.shown(text) + expected, ofTag);
  }

  @Test
  void bothTogetherHaveAtMost256Bytes() {
    String type = "t".repeat(156);
    Metadata most = new Metadata(type, "e".repeat(100));

    assertEquals(
        Metadata.MAX_BYTES,
        most.contentType().length() + most.etag().length(),
        "the longest that may be");
    assertEquals(
        "contentType and etag: 257 bytes together (expected: <= 256)",
        message(() -> new Metadata(type, "e".repeat(101))));
    assertEquals(
        "contentType and etag: 257 bytes together (expected: <= 256)",
        message(() -> new Metadata("t".repeat(257), null)));
  }

  private static String message(Runnable failing) {
    return assertThrows(IllegalArgumentException.class, failing::run).getMessage();
  }

  // Of a view.

  @Test
  void aViewWithMetadataEqualsTheSameBytesWithout() {
    ByteView plain = ByteView.ofUtf8("{}");

    assertEquals(plain, value());
    assertEquals(value(), plain);
    assertEquals(plain.hashCode(), value().hashCode());
    assertNotEquals(value(), ByteView.ofUtf8("[]").withMetadata(JSON));
    assertEquals("ByteView[2 bytes]", value().toString());
  }

  @Test
  void metadataIsReplacedAndTakenAway() {
    Metadata other = new Metadata("text/plain", null);

    assertEquals(other, value().withMetadata(other).metadata());
    assertNull(value().withMetadata(null).metadata());
    assertNull(value().withMetadata(new Metadata(null, null)).metadata());
    ByteView plain = ByteView.ofUtf8("{}");
    assertSame(plain, plain.withMetadata(null));
  }

  @Test
  void aCompactedViewKeepsItsMetadataAndASliceDoesNot() {
    ByteView slice = ByteView.ofUtf8("[{}]").slice(1, 3).withMetadata(JSON);
    assertEquals(value(), slice);

    ByteView compacted = slice.compact();

    assertEquals(JSON, compacted.metadata());
    assertEquals("{}", compacted.toUtf8());
    assertSame(compacted, compacted.compact());
    assertNull(value().slice(0, 2).metadata());
  }

  @Test
  void anEmptyValueMayHaveMetadata() {
    origin.put("Tom", Loaded.of(ByteView.empty()).withMetadata(JSON));

    Entry entry = group().getEntry("Tom", LONG_WAIT);

    assertEquals(JSON, entry.metadata());
    assertTrue(entry.value().isEmpty());
    assertNull(ByteView.empty().metadata());
  }

  @Test
  void onlyAnAnswerWithAValueHasMetadata() {
    for (Loaded none :
        List.of(Loaded.notFound(), Loaded.rejected("not for you"), Loaded.unchanged())) {
      assertThrows(IllegalStateException.class, () -> none.withMetadata(JSON));
    }
    Loaded loaded = Loaded.ofUtf8("{}").withTtl(LONG_WAIT).withMetadata(JSON);
    assertEquals(LONG_WAIT, loaded.ttl());
    assertEquals(JSON, loaded.withTtl(Duration.ZERO).value().metadata());
  }

  // Where it goes.

  @ParameterizedTest
  @EnumSource
  void aLoadedValueKeepsIt(CachePolicy policy) throws Exception {
    Group group = group(GroupConfig.builder().policy(policy));
    origin.put("Tom", Loaded.ofUtf8("{}").withMetadata(JSON));

    assertEquals(JSON, of(group.getEntry("Tom", LONG_WAIT)), "of who waited");
    assertEquals(JSON, of(group.getEntry("Tom", LONG_WAIT)), "of a hit");
    assertEquals(JSON, group.get("Tom").metadata());
    assertEquals(JSON, of(group.getEntryAsync("Tom", LONG_WAIT).get()));
    assertEquals(JSON, of(group.peek("Tom")));
    assertEquals(JSON, of(group.getAll(List.of("Tom", "Jack")).get("Tom").entry()));
  }

  @Test
  void aValueWithoutMetadataHasNone() {
    origin.put("Tom", Loaded.ofUtf8("630"));

    assertNull(group().getEntry("Tom", LONG_WAIT).metadata());
  }

  @Test
  void aPutValueKeepsItWithAndWithoutATtl() {
    Group group = group();

    assertTrue(group.put("Tom", value()).isEverywhere());
    assertTrue(group.put("Jack", value(), LONG_WAIT).isEverywhere());

    assertEquals(JSON, of(group.getEntry("Tom", LONG_WAIT)));
    assertEquals(JSON, of(group.getEntry("Jack", LONG_WAIT)));
    assertTrue(group.put("Tom", ByteView.ofUtf8("630")).isEverywhere());
    assertNull(group.getEntry("Tom", LONG_WAIT).metadata());
  }

  @Test
  void aStaleAnswerHasIt() {
    Group group = group(GroupConfig.builder().ttl(LONG_WAIT).staleIfError(LONG_WAIT));
    origin.put("Tom", Loaded.ofUtf8("{}").withMetadata(JSON));
    assertEquals(JSON, of(group.getEntry("Tom", LONG_WAIT)));
    origin.put("Tom", Loaded.ofUtf8("x".repeat(group.config().maxValueBytes() + 1)));
    time.pass(LONG_WAIT);

    Entry first = group.getEntry("Tom", LONG_WAIT);
    Entry next = group.getEntry("Tom", LONG_WAIT);

    assertTrue(first.isStale() && next.isStale());
    assertEquals(JSON, first.metadata());
    assertEquals(JSON, next.metadata());
  }

  @Test
  void aFetchedValueAndItsCopyHaveIt() throws Exception {
    Group group = group();
    FakePeer owner = new FakePeer("http://owner:1");
    node.registerPeerPicker(new HandPicker(owner.peer(), HandPicker.SELF));

    CompletableFuture<Entry> fetched = group.getEntryAsync("Tom", LONG_WAIT);
    owner.answer(PeerResult.value(value(), Long.MAX_VALUE, false, 1000));

    assertEquals(JSON, of(fetched.get()));
    assertEquals(JSON, of(group.peek("Tom")));
    assertEquals(1, group.stats().hotCache().items());
    CompletableFuture<Entry> stale = group.getEntryAsync("Jack", LONG_WAIT);
    owner.answer(PeerResult.value(value(), 0, true, 1000));
    assertEquals(JSON, of(stale.get()));
  }

  @Test
  void aPeekedValueHasItCertainOrNot() throws Exception {
    for (boolean certain : new boolean[] {true, false}) {
      FakePeer former = new FakePeer("http://former:1");
      former.holdPeeks();
      HandPicker picker = new HandPicker(HandPicker.SELF, former.peer());
      picker.wereOwnedBy((Owner.Remote) former.peer());
      picker.upToDate(certain);
      CacheNode joining = books.keepFor(new HandClock().node());
      Group group = joining.addGroup("scores", key -> Loaded.notFound());
      joining.registerPeerPicker(picker);

      CompletableFuture<Entry> peeked = group.getEntryAsync("Tom", LONG_WAIT);
      former.answerPeek("Tom", PeerResult.value(value()));

      assertEquals(JSON, of(peeked.get()));
      assertEquals(JSON, of(group.peek("Tom")));
    }
  }

  @Test
  void aGuestAnswersWithIt() {
    Group group = group();
    HandPicker picker = new HandPicker(HandPicker.SELF);
    node.registerPeerPicker(picker);
    assertTrue(group.put("Tom", value()).isEverywhere());

    picker.change(new FakePeer("http://owner:1").peer(), HandPicker.SELF);

    assertEquals(JSON, of(group.getEntry("Tom", LONG_WAIT)));
    assertEquals(JSON, of(group.forServers().peekForPeer("Tom")));
    PeerResult answer =
        group.forServers().resultOf("Tom", group.getEntry("Tom", LONG_WAIT), 0, null);
    assertEquals(JSON, answer.value().metadata());
  }

  @Test
  void aPutAtANodeThatDoesNotOwnTheKeyTakesItToTheOwner() {
    CacheNode owning = books.keepFor(new HandClock().node());
    Group ownersGroup = owning.addGroup("scores", key -> Loaded.notFound());
    Group group = group();
    node.registerPeerPicker(
        new HandPicker(new Owner.Remote("http://owner:1", new Neighbour(owning)), HandPicker.SELF));

    assertTrue(group.put("Tom", value()).isEverywhere());

    assertEquals(JSON, of(ownersGroup.peek("Tom")));
    assertEquals(JSON, of(group.getEntry("Tom", LONG_WAIT)));
  }

  @Test
  void aTypedGroupShowsItAndACodecMayAddIt() {
    ValueCodec<Integer> number =
        ValueCodec.of(
            (Integer n) -> n.toString().getBytes(StandardCharsets.UTF_8),
            bytes -> Integer.valueOf(new String(bytes, StandardCharsets.UTF_8)));
    ValueCodec<Integer> described =
        new ValueCodec<>() {
          @Override
          public ByteView encode(Integer n) throws Exception {
            return number.encode(n).withMetadata(JSON);
          }

          @Override
          public Integer decode(ByteView bytes) throws Exception {
            return number.decode(bytes);
          }
        };
    TypedGroup<String, Integer> typed = group().as(described);

    assertTrue(typed.put("Tom", 630).isEverywhere());

    assertEquals(new TypedEntry<>(630, false, JSON), typed.getEntry("Tom", LONG_WAIT));
    assertEquals(new TypedEntry<>(630, false, JSON), typed.peek("Tom"));
  }

  // Shared content types.

  @Test
  void valuesOfOneGroupShareTheirContentTypes() {
    Group group = group();
    for (String key : List.of("Tom", "Jack")) {
      // A string of its own each, as a client of an origin makes it.
      String type = new String("text/plain".getBytes(US_ASCII), US_ASCII);
      origin.put(key, Loaded.ofUtf8("630").withMetadata(new Metadata(type, "\"" + key + "\"")));
    }

    Metadata tom = of(group.getEntry("Tom", LONG_WAIT));
    Metadata jack = of(group.getEntry("Jack", LONG_WAIT));

    assertSame(tom.contentType(), jack.contentType());
    assertEquals("\"Tom\"", tom.etag());
    assertEquals("\"Jack\"", jack.etag());
  }

  @Test
  void aGroupShares256ContentTypesAndCountsTheOthers() {
    ContentTypes types = new ContentTypes();
    List<ByteView> first = IntStream.range(0, 300).mapToObj(i -> typed(types, i)).toList();

    for (int i = 0; i < 300; i++) {
      DescribedBytes described = (DescribedBytes) first.get(i);
      assertEquals("type/" + i, described.metadata().contentType());
      assertEquals(i < 256, described.contentTypeIsShared(), "type " + i);
      assertEquals(i < 256, ((DescribedBytes) typed(types, i)).contentTypeIsShared());
    }
    assertSame(first.get(0), types.share(first.get(0)));
  }

  @Test
  void aValueOfAnETagAloneHasNoTypeToShare() {
    ContentTypes types = new ContentTypes();
    ByteView plain = ByteView.ofUtf8("630");
    ByteView tagged = plain.withMetadata(new Metadata(null, "\"v1\""));

    assertSame(plain, types.share(plain));
    assertSame(tagged, types.share(tagged));
  }

  private static ByteView typed(ContentTypes types, int number) {
    return types.share(ByteView.ofUtf8("630").withMetadata(new Metadata("type/" + number, null)));
  }
}
