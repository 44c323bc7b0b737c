package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a test of a user's own sees of time, without a sleep: public calls alone, real threads. */
class TickerTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final long PATIENCE_SECONDS = 30;

  @RegisterExtension final Books books = new Books();

  private final AtomicLong time = new AtomicLong(-630);
  private final CacheNode node = books.keepFor(CacheNode.builder().ticker(time::get).build());
  private final AtomicInteger loads = new AtomicInteger();
  private final BlockingQueue<LoadOutcome> ended = new LinkedBlockingQueue<>();
  private volatile boolean down;

  private Group group(GroupConfig.Builder config) {
    Group group =
        node.addGroup(
            "scores",
            config.build(),
            key -> {
              int load = loads.incrementAndGet();
              if (down) {
                throw new IllegalStateException("the origin is down");
              }
              return key.equals("Nobody") ? Loaded.notFound() : Loaded.ofUtf8("" + load);
            });
    group.addLoadListener((outcome, took) -> ended.add(outcome));
    return group;
  }

  private void pass(Duration by) {
    time.addAndGet(by.toNanos());
  }

  private void awaitLoad(LoadOutcome outcome) throws InterruptedException {
    assertEquals(outcome, ended.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  @Test
  void aValueEndsWithItsTtlAtTheNanosecond() {
    Group scores = group(GroupConfig.builder().ttl(MINUTE));
    assertEquals("1", scores.get("Tom").toUtf8());

    pass(MINUTE.minusNanos(1));
    assertEquals("1", scores.get("Tom").toUtf8());
    pass(Duration.ofNanos(1));
    assertNull(scores.peek("Tom"));
    assertEquals("2", scores.get("Tom").toUtf8());
  }

  @Test
  void aPutValueEndsWithItsOwnTtl() {
    Group scores = group(GroupConfig.builder());
    scores.put("Tom", ByteView.ofUtf8("630"), MINUTE);

    pass(MINUTE.minusNanos(1));
    assertEquals("630", scores.get("Tom").toUtf8());
    pass(Duration.ofNanos(1));
    assertEquals("1", scores.get("Tom").toUtf8());
  }

  @Test
  void aValueIsRefreshedBehindAGetFromItsAgeOn() throws Exception {
    Group scores =
        group(GroupConfig.builder().ttl(MINUTE.multipliedBy(2)).refreshAfterWrite(MINUTE));
    CompletableFuture<GroupEvent> refreshed = new CompletableFuture<>();
    scores.get("Tom");
    awaitLoad(LoadOutcome.VALUE);
    scores.addListener(refreshed::complete);

    pass(MINUTE);
    assertEquals("1", scores.get("Tom").toUtf8()); // it does not wait
    awaitLoad(LoadOutcome.VALUE);

    assertEquals(
        new GroupEvent(GroupEvent.Type.REFRESHED, "scores", "Tom"),
        refreshed.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    assertEquals(2, loads.get());
  }

  @Test
  void anExpiredValueAnswersAsStaleWhileTheOriginIsDownAndNoLonger() throws Exception {
    Group scores = group(GroupConfig.builder().ttl(MINUTE).staleIfError(MINUTE.multipliedBy(9)));
    scores.get("Tom");
    awaitLoad(LoadOutcome.VALUE);
    down = true;

    pass(MINUTE);
    Entry stale = scores.getEntry("Tom", MINUTE);
    assertTrue(stale.isStale());
    assertEquals("1", stale.value().toUtf8());
    awaitLoad(LoadOutcome.FAILED);
    pass(MINUTE.multipliedBy(9));
    assertThrows(GetFailedException.class, () -> scores.get("Tom"));
  }

  @Test
  void aKeyThatIsNotFoundIsRememberedForTheNegativeTtl() {
    Group scores = group(GroupConfig.builder().negativeTtl(MINUTE));

    assertThrows(NotFoundException.class, () -> scores.get("Nobody"));
    pass(MINUTE.minusNanos(1));
    assertThrows(NotFoundException.class, () -> scores.get("Nobody"));
    assertEquals(1, loads.get());
    pass(Duration.ofNanos(1));
    assertThrows(NotFoundException.class, () -> scores.get("Nobody"));
    assertEquals(2, loads.get());
  }

  @Test
  void aCopyOfAnothersValueEndsWithTheHotTtl() {
    CacheNode owner = books.keepFor(CacheNode.create());
    owner.addGroup("scores", key -> Loaded.ofUtf8("630"));
    Group scores = group(GroupConfig.builder().hotTtl(MINUTE));
    node.registerPeerPicker(
        new HandPicker(new Owner.Remote("http://owner:1", new Neighbour(owner)), HandPicker.SELF));
    for (int i = 0; i < 100 && scores.stats().hotCache().items() == 0; i++) {
      scores.get("Tom");
    }
    assertNotNull(scores.peek("Tom"));

    pass(MINUTE);

    assertNull(scores.peek("Tom"));
    assertEquals("630", scores.get("Tom").toUtf8());
  }

  @Test
  void aLongTimeAtOnceIsNoStopOfTheProcess() {
    Group scores = group(GroupConfig.builder());
    scores.get("Tom");

    pass(Duration.ofDays(365));
    node.cleanUp();
    node.wakeUp();

    assertEquals("1", scores.get("Tom").toUtf8());
    assertEquals(0, scores.stats().events().removed());
  }

  @Test
  void whatHasEndedIsRemovedAndReportedWithoutAWaitForTheTimer() throws Exception {
    Group scores = group(GroupConfig.builder().ttl(MINUTE));
    CompletableFuture<GroupEvent> event = new CompletableFuture<>();
    scores.addListener(event::complete);
    scores.get("Tom");

    pass(MINUTE.plusMillis(250));
    node.cleanUp();

    assertEquals(0, scores.stats().mainCache().items());
    assertEquals(1, scores.stats().events().expired());
    assertEquals(
        new GroupEvent(GroupEvent.Type.EXPIRED, "scores", "Tom"),
        event.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  @Test
  void aNodeWithoutATickerGoesByTheRealTime() {
    try (CacheNode real = CacheNode.create()) {
      Group scores = real.addGroup("scores", key -> Loaded.ofUtf8("630").withTtl(MINUTE));
      scores.get("Tom");
      real.cleanUp();
      assertFalse(scores.getEntry("Tom", MINUTE).isStale());
    }
  }
}
