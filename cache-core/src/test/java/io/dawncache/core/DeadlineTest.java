package io.dawncache.core;

import static io.dawncache.core.Answers.failure;
import static io.dawncache.core.Answers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.Answers.Told;
import io.dawncache.core.PeerResult.Status;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Deadlines, the bound on waiters, and the second load beside a slow one. */
class DeadlineTest {
  @RegisterExtension final Books books = new Books();

  private final HandClock time = new HandClock();
  private final CacheNode node = books.keepFor(time.node());
  private final HandOrigin origin = new HandOrigin();
  private final FakePeer owner = new FakePeer("http://owner:1");

  private Group group(GroupConfig.Builder config) {
    return node.addAsyncGroup("scores", config.build(), origin);
  }

  private void ownedByAnother() {
    node.registerPeerPicker(new HandPicker(owner.peer()));
  }

  @Test
  void getsThatHaveEndedByTheirDeadlineLeaveTheirFlight() throws Exception {
    Queue<Runnable> tasks = new ArrayDeque<>();
    AtomicLong nanos = new AtomicLong();
    HandThreads threads = new HandThreads(tasks::add, nanos::get);
    CacheNode driven =
        books.keepFor(CacheNode.builder().nanoTime(nanos::get).threads(threads).build());
    Group slow = driven.addAsyncGroup("slow", GroupConfig.builder().build(), origin);
    List<WeakReference<Told>> hasty = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      Told told = new Told();
      slow.forServers().get("Tom", Duration.ofMillis(1), told);
      nanos.addAndGet(1_000_000);
      do {
        threads.wake();
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          task.run();
        }
      } while (!tasks.isEmpty());
      assertEquals(1, told.times.get());
      assertTrue(told.answer.isCompletedExceptionally());
      hasty.add(new WeakReference<>(told));
    }

    System.gc();
    long held = hasty.stream().filter(told -> told.get() != null).count();
    assertTrue(held < 100, "callers that a flight still holds: " + held);
    assertEquals(1, origin.runs());
    origin.next().is("630");
    assertEquals("630", slow.get("Tom").toUtf8());
  }

  @Test
  void whatIsLeftOfADeadlineTravelsWithTheFetch() {
    Group scores = group(GroupConfig.builder());
    ownedByAnother();

    CompletableFuture<ByteView> future = scores.getAsync("Tom", Duration.ofSeconds(3));

    assertEquals(Duration.ofSeconds(3), owner.requests().get(0).timeout());
    owner.is("630");
    assertEquals("630", value(future));
  }

  @Test
  void aDeadlineBeyondTheTimeOfAFetchDoesNotProlongIt() {
    Group scores = group(GroupConfig.builder().loadTimeout(Duration.ofSeconds(2)));
    ownedByAnother();

    CompletableFuture<ByteView> future = scores.getAsync("Tom", Duration.ofMinutes(3));

    assertEquals(Duration.ofSeconds(3), owner.requests().get(0).timeout());
    owner.is("630");
    assertEquals("630", value(future));
  }

  @ParameterizedTest
  @ValueSource(longs = {9_223_372_036_854L, 9_223_372_036_855L, 1L << 60, Long.MAX_VALUE})
  void anyTimeThatAPeerOrAClientMayNameIsWaitedFor(long millis) throws Exception {
    Group scores = group(GroupConfig.builder().hedge(true)); // then a peer's wait has a timer
    Duration timeout = Duration.ofMillis(millis);
    List<PeerResult> told = new ArrayList<>();

    scores
        .forServers()
        .getAllForPeer(
            List.of(new PeerRequest("scores", "Tom", timeout, Long.MAX_VALUE)),
            (request, result) -> told.add(result));
    CompletableFuture<ByteView> client = scores.getAsync("Tom", timeout);
    time.pass(Duration.ofSeconds(5));
    origin.next().is("630");

    assertEquals("630", told.get(0).value().toUtf8());
    assertEquals("630", value(client));
  }

  @Test
  void whoJoinedAFetchThatTimedOutAndHasTimeLeftAsksAgain() {
    Group scores = group(GroupConfig.builder());
    ownedByAnother();
    CompletableFuture<ByteView> hasty = scores.getAsync("Tom", Duration.ofSeconds(1));
    CompletableFuture<ByteView> patient = scores.getAsync("Tom");
    assertEquals(1, owner.requests().size());

    time.pass(Duration.ofSeconds(1));
    owner.answer(PeerResult.of(Status.TIMED_OUT, "no answer in 1000 ms"));

    failure(GetTimeoutException.class, hasty);
    assertFalse(patient.isDone());
    assertEquals(2, owner.requests().size());
    assertEquals(Duration.ofSeconds(10), owner.requests().get(1).timeout());
    owner.is("630");
    assertEquals("630", value(patient));
    assertEquals(2, scores.stats().gets());
  }

  @Test
  void aPeerThatTimesOutAtOnceHasFailedAndIsNotAskedAgain() {
    Group scores = group(GroupConfig.builder());
    ownedByAnother();
    CompletableFuture<ByteView> hasty = scores.getAsync("Tom", Duration.ofSeconds(1));
    CompletableFuture<ByteView> patient = scores.getAsync("Tom");

    time.pass(Duration.ofMillis(499));
    owner.answer(PeerResult.of(Status.TIMED_OUT, "no answer in 1000 ms"));

    failure(GetFailedException.class, hasty);
    failure(GetFailedException.class, patient);
    assertEquals(1, owner.requests().size());
  }

  @Test
  void aPeersWaitEndsWithTheTimeItGaveAndTheLoadGoesOn() throws Exception {
    Group scores = group(GroupConfig.builder());
    Told peer = new Told();

    scores.forServers().getForPeer("Tom", Duration.ofMillis(1), 0, peer);

    failure(GetTimeoutException.class, peer.answer);
    origin.next().is("630");
    assertEquals("630", scores.get("Tom").toUtf8());
  }

  @Test
  void oneWaiterTooManyIsRefusedAtOnceAndHitsAreNot() throws Exception {
    Group scores = group(GroupConfig.builder().maxWaiters(2));
    scores.put("held", ByteView.ofUtf8("in memory"));
    CompletableFuture<ByteView> first = scores.getAsync("Tom");
    CompletableFuture<ByteView> second = scores.getAsync("Tom");

    CompletableFuture<ByteView> third = scores.getAsync("Tom");

    assertEquals(
        "get scores/Tom: overloaded, 2 gets waiting",
        failure(OverloadedException.class, third).getMessage());
    assertEquals("in memory", scores.get("held").toUtf8());
    origin.next().is("630");
    assertEquals("630", value(first));
    assertEquals("630", value(second));
    assertEquals("630", value(scores.getAsync("Tom")));
    assertEquals(1, scores.stats().events().overloaded());
  }

  @Test
  void aWaitThatIsOverMakesRoomForAnother() throws Exception {
    Group scores = group(GroupConfig.builder().maxWaiters(1));
    for (int i = 0; i < 10; i++) {
      CompletableFuture<ByteView> future = scores.getAsync("key-" + i);
      origin.next().answer().completeExceptionally(new IllegalStateException("down"));
      failure(GetFailedException.class, future);
    }
  }

  @Test
  void aCallerWhoGaveUpMakesRoomForAnotherThoughItsFlightGoesOn() throws Exception {
    Group scores = group(GroupConfig.builder().maxWaiters(1));

    assertThrows(GetTimeoutException.class, () -> scores.get("Tom", Duration.ofMillis(1)));
    var tom = origin.next(); // each load has a thread of its own, so they may come in any order
    CompletableFuture<ByteView> jack = scores.getAsync("Jack");

    tom.is("630");
    origin.next().is("589");
    assertEquals("589", value(jack));
    assertEquals("630", scores.get("Tom").toUtf8());
  }

  @Test
  void soDoesACallerWhoWasInterrupted() throws Exception {
    Group scores = group(GroupConfig.builder().maxWaiters(1));

    Thread.currentThread().interrupt();
    GetFailedException interrupted =
        assertThrows(GetFailedException.class, () -> scores.get("Tom"));
    assertTrue(Thread.interrupted());
    assertEquals("get scores/Tom: interrupted", interrupted.getMessage());
    var tom = origin.next();
    CompletableFuture<ByteView> jack = scores.getAsync("Jack");

    tom.is("630");
    origin.next().is("589");
    assertEquals("589", value(jack));
    assertEquals("630", scores.get("Tom").toUtf8());
  }

  // Hedging

  private void oneHundredLoads(Group scores) throws Exception {
    for (int i = 0; i < Hedge.FEWEST_LOADS; i++) {
      CompletableFuture<ByteView> future = scores.getAsync("key-" + i);
      origin.next().is("quick");
      assertEquals("quick", value(future));
    }
  }

  @Test
  void aSlowLoadGetsASecondOneBesideItAndTheFirstToAnswerCounts() throws Exception {
    Group scores = group(GroupConfig.builder().hedge(true));
    oneHundredLoads(scores); // none took any time

    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    HandOrigin.Question first = origin.next();
    HandOrigin.Question second = origin.next();
    assertEquals("Tom", second.key());
    second.is("630");

    assertEquals("630", value(future));
    first.is("too late");
    assertEquals("630", scores.get("Tom").toUtf8());
    assertEquals(1, scores.stats().events().hedges());
  }

  @Test
  void aHedgedLoadFailsOnlyIfBothFail() throws Exception {
    Group scores = group(GroupConfig.builder().hedge(true));
    oneHundredLoads(scores);

    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    List<HandOrigin.Question> both = new ArrayList<>();
    both.add(origin.next());
    both.add(origin.next());
    both.get(0).answer().completeExceptionally(new IllegalStateException("first"));
    assertFalse(future.isDone());
    both.get(1).answer().completeExceptionally(new IllegalStateException("second"));

    assertTrue(failure(GetFailedException.class, future).getMessage().contains("second"));
  }
}
