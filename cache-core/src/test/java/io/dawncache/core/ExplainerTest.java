package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.Explanation.Held;
import io.dawncache.core.Explanation.OnGet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each explanation is compared with what a get then does; one thread plays all of the node's. */
@Timeout(30)
class ExplainerTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration TICK = Duration.ofMillis(10);

  @RegisterExtension final Books books = new Books();

  private final AtomicLong nanos = new AtomicLong(630_000_000_000L);
  private final HandThreads threads = new HandThreads(Runnable::run, nanos::get);
  private final CacheNode node =
      books.keepFor(CacheNode.builder().nanoTime(nanos::get).threads(threads).build());
  private final FakePeer peer = new FakePeer("http://peer:1");
  private final AtomicInteger loads = new AtomicInteger();
  private CompletableFuture<Loaded> origin =
      CompletableFuture.completedFuture(Loaded.ofUtf8("630"));

  private CompletionStage<Loaded> load(String key) {
    loads.incrementAndGet();
    return origin.copy();
  }

  private Group group(GroupConfig.Builder config) {
    return node.addAsyncGroup("scores", config.ttl(MINUTE).build(), this::load);
  }

  private void pass(Duration time) {
    for (long left = time.toNanos(); left > 0; left -= TICK.toNanos()) {
      nanos.addAndGet(Math.min(left, TICK.toNanos()));
      node.tick();
      threads.wake();
    }
  }

  private static String value(CompletableFuture<ByteView> get) {
    return get.join().toUtf8(); // it has ended, and the callback executor completes it
  }

  private static void fails(CompletableFuture<ByteView> get) {
    assertThrows(CompletionException.class, get::join);
  }

  @Test
  void aKeyThatNothingIsKnownOfIsLoaded() {
    Group group = group(GroupConfig.builder());

    Explanation before = group.explain("Tom");
    assertEquals(Held.NOTHING, before.held());
    assertEquals(OnGet.LOAD, before.onGet());
    assertEquals(List.of(), before.owners());
    assertNull(before.lastLoad());
    assertNull(before.metadata());
    assertNull(before.remainingTtl());
    assertFalse(before.stale());

    assertEquals("630", value(group.getAsync("Tom")));
    assertEquals(1, loads.get());
  }

  @Test
  void aHeldValueAnswersAndItsLoadIsKnown() {
    Group group = group(GroupConfig.builder());
    origin = new CompletableFuture<>();
    CompletableFuture<ByteView> get = group.getAsync("Tom");
    assertEquals(OnGet.JOIN, group.explain("Tom").onGet());
    pass(SECOND);
    Metadata metadata = new Metadata("text/plain", "\"v1\"");
    origin.complete(Loaded.ofUtf8("630").withMetadata(metadata));
    assertEquals("630", value(get));
    pass(SECOND);

    Explanation held = group.explain("Tom");
    assertEquals(metadata, held.metadata());
    assertEquals(Held.OWN, held.held());
    assertEquals(OnGet.ANSWER, held.onGet());
    assertEquals(3, held.bytes());
    assertEquals(Duration.ofSeconds(59), held.remainingTtl());
    assertEquals(new LastLoad(LoadOutcome.VALUE, SECOND, SECOND, ""), held.lastLoad());
  }

  @Test
  void explainingIsNotAUseAndCountsNothing() {
    Group group = group(GroupConfig.builder());
    value(group.getAsync("Tom"));
    GroupStats before = group.stats();

    group.explain("Tom");
    group.explain("Jack");

    assertEquals(before.gets(), group.stats().gets());
    assertEquals(1, loads.get());
  }

  @Test
  void aKeyThatWasNotFoundIsAnsweredSo() {
    origin = CompletableFuture.completedFuture(Loaded.notFound());
    Group group = group(GroupConfig.builder().negativeTtl(MINUTE));
    fails(group.getAsync("Jack"));

    Explanation missing = group.explain("Jack");
    assertEquals(Held.NOT_FOUND, missing.held());
    assertEquals(OnGet.ANSWER_NOT_FOUND, missing.onGet());
    assertEquals(MINUTE, missing.remainingTtl());
    assertEquals(LoadOutcome.NOT_FOUND, lastLoad(missing).outcome());
  }

  @Test
  void aValueThatIsDueIsRefreshedBehindTheAnswer() {
    Group group = group(GroupConfig.builder().refreshAfterWrite(SECOND));
    value(group.getAsync("Tom"));
    pass(SECOND);

    assertEquals(OnGet.ANSWER_AND_REFRESH, group.explain("Tom").onGet());
    assertEquals(1, loads.get());
    value(group.getAsync("Tom"));
    assertEquals(2, loads.get());
  }

  @Test
  void anExpiredValueAnswersOnceTheOriginHasFailed() {
    Group group = group(GroupConfig.builder().staleIfError(Duration.ofHours(1)));
    value(group.getAsync("Tom"));
    pass(MINUTE);

    Explanation expired = group.explain("Tom");
    assertTrue(expired.stale());
    assertEquals(OnGet.LOAD, expired.onGet());
    assertEquals(Duration.ZERO, expired.remainingTtl());

    origin = CompletableFuture.failedFuture(new IllegalStateException("x".repeat(1000)));
    assertEquals("630", value(group.getAsync("Tom")));
    Explanation failed = group.explain("Tom");
    assertEquals(OnGet.ANSWER_STALE, failed.onGet());
    assertEquals(LoadOutcome.FAILED, lastLoad(failed).outcome());
    assertTrue(lastLoad(failed).error().startsWith("load scores/Tom: xxx"));
    assertEquals(200, lastLoad(failed).error().length());
  }

  @Test
  void aKeyOfAnotherNodeIsFetchedAndItsCopyAnswers() {
    Group group = group(GroupConfig.builder());
    node.registerPeerPicker(new HandPicker(peer.peer(), HandPicker.SELF));

    Explanation before = group.explain("Tom");
    assertEquals(List.of("http://peer:1", "http://self:1"), before.owners());
    assertEquals(OnGet.FETCH, before.onGet());
    assertEquals("http://peer:1", before.from());

    CompletableFuture<ByteView> get = group.getAsync("Tom");
    assertEquals(OnGet.JOIN, group.explain("Tom").onGet());
    peer.answer(PeerResult.value(ByteView.ofUtf8("630"), MINUTE.toNanos(), false, 1e6));
    assertEquals("630", value(get));

    Explanation copy = group.explain("Tom");
    assertEquals(Held.COPY, copy.held());
    assertEquals(OnGet.ANSWER, copy.onGet());
    assertEquals(0, loads.get());
  }

  @Test
  void aGuestAnswersForAWhileAndIsThenFetched() {
    HandPicker picker = new HandPicker(HandPicker.SELF);
    node.registerPeerPicker(picker);
    Group group = group(GroupConfig.builder().hotTtl(SECOND));
    value(group.getAsync("Tom"));
    picker.change(peer.peer());

    assertEquals(Held.GUEST, group.explain("Tom").held());
    assertEquals(OnGet.ANSWER, group.explain("Tom").onGet());
    pass(SECOND);
    assertEquals(OnGet.FETCH, group.explain("Tom").onGet());
  }

  @Test
  void aKeyThatMovedHereIsPeekedFirst() {
    HandPicker picker = new HandPicker(HandPicker.SELF);
    picker.wereOwnedBy((Owner.Remote) peer.peer());
    node.registerPeerPicker(picker);
    Group group = group(GroupConfig.builder());

    assertEquals(OnGet.PEEK, group.explain("Tom").onGet());
    assertEquals("http://peer:1", group.explain("Tom").from());
  }

  @Test
  void aRefreshLoadsAValidValueAgain() {
    Group group = group(GroupConfig.builder());
    value(group.getAsync("Tom"));
    origin = new CompletableFuture<>();

    CompletableFuture<ByteView> refresh = group.refreshAsync("Tom");
    assertEquals("630", value(group.getAsync("Tom")));
    origin.complete(Loaded.ofUtf8("631"));

    assertEquals("631", value(refresh));
    assertEquals("631", value(group.getAsync("Tom")));
    assertEquals(1, group.stats().events().refreshes());
  }

  @Test
  void aRefreshOfAClosedNodeIsRefused() {
    Group group = group(GroupConfig.builder());
    node.close();
    assertThrows(IllegalStateException.class, () -> group.refreshAsync("Tom"));
  }

  @Test
  void activityShowsWhatRunsAndWaits() {
    Group group = group(GroupConfig.builder().maxLoads(1));
    origin = new CompletableFuture<>();
    List<CompletableFuture<ByteView>> gets = new ArrayList<>();
    for (String key : List.of("Tom", "Tom", "Jack")) {
      gets.add(group.getAsync(key));
    }
    assertEquals(new GroupActivity(3, 1, 1, 0), group.activity());

    origin.complete(Loaded.ofUtf8("630"));
    gets.forEach(ExplainerTest::value);
    assertEquals(new GroupActivity(0, 0, 0, 0), group.activity());
  }

  @Test
  void loadListenersReceiveEachOutcomeAndItsTime() {
    List<String> received = new ArrayList<>();
    LoadListener listener = (outcome, time) -> received.add(outcome + " " + time);
    Group group = group(GroupConfig.builder());
    group.addLoadListener(
        (outcome, time) -> {
          throw new IllegalStateException("a listener's own fault");
        });
    group.addLoadListener(listener);

    Thread.UncaughtExceptionHandler before = Thread.currentThread().getUncaughtExceptionHandler();
    List<Throwable> uncaught = new ArrayList<>();
    Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> uncaught.add(thrown));
    try {
      origin = new CompletableFuture<>();
      CompletableFuture<ByteView> get = group.getAsync("Tom");
      pass(SECOND);
      origin.complete(Loaded.ofUtf8("630"));
      assertEquals("630", value(get));
      for (Loaded answer : List.of(Loaded.notFound(), Loaded.rejected("no"))) {
        origin = CompletableFuture.completedFuture(answer);
        fails(group.getAsync(answer.toString()));
      }
      origin = CompletableFuture.failedFuture(new IllegalStateException("down"));
      fails(group.getAsync("Jack"));
    } finally {
      Thread.currentThread().setUncaughtExceptionHandler(before);
    }
    assertEquals(List.of("VALUE PT1S", "NOT_FOUND PT0S", "REJECTED PT0S", "FAILED PT0S"), received);
    assertEquals(4, uncaught.size());
    assertEquals(SECOND, group.stats().loadTimes().totalTime());

    assertTrue(group.removeLoadListener(listener));
    assertFalse(group.removeLoadListener(listener));
  }

  private static LastLoad lastLoad(Explanation explanation) {
    return Objects.requireNonNull(explanation.lastLoad());
  }
}
