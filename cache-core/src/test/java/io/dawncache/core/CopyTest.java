package io.dawncache.core;

import static io.dawncache.core.Answers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.Answers.Told;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies of other nodes' values: when one is kept, what it answers, how long it lives. */
class CopyTest {
  private static final long FOR_EVER = Long.MAX_VALUE;

  @RegisterExtension final Books books = new Books();

  private final HandClock time = new HandClock();
  private final CacheNode node = books.keepFor(time.node());
  private final HandOrigin origin = new HandOrigin();
  private final FakePeer owner = new FakePeer("http://owner:1");
  private final Group scores = node.addAsyncGroup("scores", GroupConfig.builder().build(), origin);

  CopyTest() {
    node.registerPeerPicker(new HandPicker(owner.peer(), HandPicker.SELF));
  }

  private Entry fetched(String key, long ttlNanos, boolean stale, double minuteQps)
      throws Exception {
    CompletableFuture<Entry> future = scores.getEntryAsync(key, Duration.ofHours(1));
    owner.answer(PeerResult.value(ByteView.ofUtf8("630"), ttlNanos, stale, minuteQps));
    return future.get();
  }

  @Test
  void aValueThatTheOwnerCallsPopularIsKeptAsACopyForTheHotTtl() throws Exception {
    var unused = fetched("Tom", FOR_EVER, false, 1000);

    assertEquals("630", scores.get("Tom").toUtf8());
    assertEquals(1, scores.stats().events().hotHits());
    assertEquals(1, owner.requests().size());
    time.pass(Duration.ofSeconds(10));
    assertNull(scores.peek("Tom"));
  }

  @Test
  void aCopyTellsTheTtlOfItsValueAndNotItsOwn() throws Exception {
    var unused = fetched("Tom", Duration.ofMinutes(3).toNanos(), false, 1000);
    unused = fetched("Jack", FOR_EVER, false, 1000);

    assertEquals(Duration.ofMinutes(3), scores.forServers().remainingTtl(scores.peek("Tom")));
    assertNull(scores.forServers().remainingTtl(scores.peek("Jack")));
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, Long.MIN_VALUE + 1, -1_000_000_000_000L, -1, 0})
  void aTtlThatIsOverServesOneAnswerHoweverFarItIsInThePast(long ttlNanos) throws Exception {
    time.pass(Duration.ofSeconds(5));

    Entry entry = fetched("Tom", ttlNanos, false, 1000);

    assertEquals(Duration.ZERO, scores.forServers().remainingTtl(entry));
    assertTrue(told(entry).ttlNanos() <= 0);
    assertNull(scores.peek("Tom"));
  }

  @ParameterizedTest
  @ValueSource(
      longs = {1_000_000_000, Long.MAX_VALUE / 2, Long.MAX_VALUE - 6_000_000_000L, Long.MAX_VALUE})
  void noNodeGetsALongerTtlThanTheOwnerSaid(long ttlNanos) throws Exception {
    time.pass(Duration.ofSeconds(5));

    Entry entry = fetched("Tom", ttlNanos, false, 1000);

    assertTrue(told(entry).ttlNanos() > 0);
    assertTrue(told(entry).ttlNanos() <= ttlNanos);
  }

  private PeerResult told(Entry entry) {
    return scores.forServers().resultOf("Tom", entry, 0, null);
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        -1,
        -0.0,
        -Double.MAX_VALUE
      })
  void aRateThatIsNoneTakesNobodysPlace(double minuteQps) throws Exception {
    for (int i = 0; scores.stats().hotCache().evictions() == 0; i++) {
      CompletableFuture<Entry> future = scores.getEntryAsync("key-" + i, Duration.ofHours(1));
      owner.answer(PeerResult.value(ByteView.copyOf(new byte[100_000]), FOR_EVER, false, 1 + i));
      var unused = future.get();
    }

    var unused = fetched("Tom", FOR_EVER, false, minuteQps);

    assertEquals(1, scores.stats().hotCache().evictions());
  }

  @Test
  void aCopyNeverOutlivesItsOriginal() throws Exception {
    var unused = fetched("Tom", Duration.ofSeconds(3).toNanos(), false, 1000);
    assertNotNull(scores.peek("Tom"));

    time.pass(Duration.ofSeconds(3));

    assertNull(scores.peek("Tom"));
  }

  @Test
  void theTtlOfACopyCountsFromWhenTheOwnerWasAsked() throws Exception {
    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    time.pass(Duration.ofSeconds(2));
    owner.answer(
        PeerResult.value(ByteView.ofUtf8("630"), Duration.ofSeconds(3).toNanos(), false, 1000));
    assertEquals("630", value(future));

    time.pass(Duration.ofSeconds(1));

    assertNull(scores.peek("Tom"));
  }

  @Test
  void whatHasExpiredAlreadyAnswersOnceAndIsNotKept() throws Exception {
    assertEquals("630", fetched("Tom", -1, false, 1000).value().toUtf8());

    assertNull(scores.peek("Tom"));
  }

  @Test
  void aStaleAnswerOfTheOwnerIsToldAsStaleAndKeptNowhere() throws Exception {
    assertTrue(fetched("Tom", FOR_EVER, true, 1000).isStale());

    assertNull(scores.peek("Tom"));
  }

  @Test
  void withoutAWordOfTheOwnerNothingIsKept() throws Exception {
    assertFalse(fetched("Tom", FOR_EVER, false, 0).isStale());

    assertNull(scores.peek("Tom"));
  }

  @Test
  void aFetchTellsHowManyGetsTheCopyHasAnswered() throws Exception {
    var unused = fetched("Tom", FOR_EVER, false, 1000);
    for (int i = 0; i < 5; i++) {
      scores.get("Tom");
    }
    time.pass(Duration.ofSeconds(11));

    unused = fetched("Tom", FOR_EVER, false, 1000);

    assertEquals(0, owner.requests().get(0).copyGets());
    assertEquals(5, owner.requests().get(1).copyGets());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCopyDoesNotAnswerAPeerFromWhateverZoneItIs(boolean another) throws Exception {
    owner.isInAnotherZone(another);
    var unused = fetched("Tom", FOR_EVER, false, 1000);
    Told peer = new Told();

    scores.forServers().getForPeer("Tom", null, 0, peer);
    origin.next().is("631");

    assertEquals("631", value(peer.answer));
  }

  @Test
  void whatWasLoadedHereForAnothersKeyIsKeptAsAGuest() throws Exception {
    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    owner.cannotBeAsked();
    origin.next().is("630");
    assertEquals("630", value(future));

    assertEquals("630", scores.get("Tom").toUtf8());
    assertEquals(0, scores.stats().hotCache().items());
    assertEquals(1, scores.stats().mainCache().items());
  }

  @Test
  void copiesTakeAnEighthOfTheBudgetAtMostAndMainHasTheRest() throws Exception {
    int budget = 1 << 20;
    Group small =
        node.addAsyncGroup("small", GroupConfig.builder().maxBytes(budget).build(), origin);
    for (int i = 0; i < 2_000; i++) {
      CompletableFuture<ByteView> future = small.getAsync("key-" + i);
      owner.answer(PeerResult.value(ByteView.copyOf(new byte[500]), FOR_EVER, false, 1000));
      var unused = future.get();
    }

    CacheStats hot = small.stats().hotCache();
    assertTrue(hot.bytes() <= budget / 8 && hot.bytes() > budget / 10, "" + hot);
  }

  private boolean isKept(Group group, String key, double minuteQps) throws Exception {
    CompletableFuture<ByteView> future = group.getAsync(key);
    owner.answer(PeerResult.value(ByteView.copyOf(new byte[1_000]), FOR_EVER, false, minuteQps));
    var unused = future.get();
    return group.peek(key) != null;
  }

  @Test
  void aKeyOfAnotherZoneTakesThePlaceOfOneThatIsAskedForMoreOftenWithin() throws Exception {
    Group small =
        node.addAsyncGroup("small", GroupConfig.builder().maxBytes(1 << 20).build(), origin);
    int full = 0;
    while (isKept(small, "within-" + full, 1000)) {
      full++;
    }
    assertFalse(isKept(small, "within-again", 300));

    owner.isInAnotherZone(true);
    assertTrue(isKept(small, "another-zones", 300));
    assertFalse(isKept(small, "another-zones-too", 200));

    assertEquals(1, small.stats().hotCache().evictions());
    assertEquals(full, small.stats().hotCache().items());
  }

  @Test
  void theBytesOfFetchedValuesAreCountedWithinAndAcrossZones() throws Exception {
    var unused = fetched("Tom", FOR_EVER, false, 0);
    owner.isInAnotherZone(true);
    unused = fetched("Jack", FOR_EVER, false, 1000);
    unused = fetched("Sam", FOR_EVER, true, 1000);
    var hit = scores.get("Jack");
    CompletableFuture<ByteView> missing = scores.getAsync("nobody");
    owner.answer(PeerResult.of(PeerResult.Status.NOT_FOUND, "not found"));
    assertInstanceOf(NotFoundException.class, Answers.failure(missing));

    EventStats events = scores.stats().events();
    assertEquals(hit.length(), events.bytesWithinZone());
    assertEquals(2 * hit.length(), events.bytesAcrossZones());
  }

  @Test
  void aRemovedKeyIsRemovedFromTheCopiesToo() throws Exception {
    var unused = fetched("Tom", FOR_EVER, false, 1000);

    scores.forServers().forget(Forget.key("scores", "Tom"));

    assertNull(scores.peek("Tom"));
  }

  @Test
  void aFetchOfBeforeARemovalIsNotKept() throws Exception {
    CompletableFuture<ByteView> future = scores.getAsync("Tom");

    scores.forServers().forget(Forget.key("scores", "Tom"));
    owner.answer(PeerResult.value(ByteView.ofUtf8("630"), FOR_EVER, false, 1000));

    assertEquals("630", value(future));
    assertNull(scores.peek("Tom"));
  }

  @Test
  void theOwnerTellsHowOftenItsPeersAsk() throws Exception {
    CacheNode other = books.keepFor(new HandClock().node());
    Group own = other.addAsyncGroup("scores", GroupConfig.builder().build(), origin);
    CompletableFuture<ByteView> first = own.getAsync("Tom");
    origin.next().is("630");
    assertEquals("630", value(first));
    double[] told = new double[1];
    for (int i = 0; i < 100; i++) {
      own.forServers()
          .getForPeer(
              "Tom",
              null,
              9,
              new GetCallback() {
                @Override
                public void value(Entry entry, double minuteQps) {
                  told[0] = minuteQps;
                }

                @Override
                public void error(GetException error) {
                  throw error;
                }
              });
    }

    assertTrue(told[0] >= 1_000, "1,000 gets within a second of a minute: " + told[0]);
  }
}
