package io.dawncache.core;

import static io.dawncache.core.Answers.failure;
import static io.dawncache.core.Answers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.Answers.Told;
import io.dawncache.core.HandOrigin.Question;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A group of a node that stands alone: hits, misses, and every end of a load. */
@Timeout(60)
class GroupTest {
  private static final GroupConfig DEFAULTS = GroupConfig.builder().build();

  @RegisterExtension final Books books = new Books();

  private final CacheNode node = books.keepFor(CacheNode.create());
  private final HandOrigin origin = new HandOrigin();
  private final Group scores = node.addAsyncGroup("scores", DEFAULTS, origin);

  @Test
  void aMissLoadsAndTheNextGetHits() {
    var loaded = new ArrayList<String>();
    Group group =
        node.addGroup(
            "teams",
            key -> {
              loaded.add(key);
              return Loaded.ofUtf8("630");
            });

    assertEquals("630", group.get("Tom").toUtf8());
    assertEquals("630", group.get("Tom").toUtf8());
    assertEquals("630", group.getAsync("Tom").getNow(ByteView.empty()).toUtf8());

    assertEquals(List.of("Tom"), loaded);
    assertEquals(new Counts(3, 2, 1, 1, 1, 0, 0, 0, 0, 1), Counts.of(group));
  }

  @Test
  void anEmptyValueIsAValue() {
    Group group = node.addGroup("teams", key -> Loaded.of(ByteView.empty()));

    assertTrue(group.get("Tom").isEmpty());
    assertTrue(group.get("Tom").isEmpty());

    assertEquals(1, group.stats().cacheHits());
  }

  @Test
  void aHitIsTheVeryInstanceThatTheGetterMade() {
    var value = ByteView.ofUtf8("630");
    Group group = node.addGroup("teams", key -> Loaded.of(value));

    assertSame(value, group.get("Tom"));
    assertSame(value, group.get("Tom"));
  }

  @Test
  void keysThatDifferInCaseOrNormalFormAreDifferentKeys() {
    Group group = node.addGroup("teams", Loaded::ofUtf8);

    for (String key :
        List.of("tom", "Tom", "\u00e9", "e\u0301", "a b", "a+b", "a%20b", "/", "//")) {
      assertEquals(key, group.get(key).toUtf8());
      assertEquals(key, group.get(key).toUtf8());
    }
    assertEquals(9, group.stats().localLoads());
  }

  @Test
  void whatTheOriginDoesNotHoldIsNotFoundAndIsNotKept() {
    var runs = new AtomicInteger();
    Group group =
        node.addGroup(
            "teams",
            key -> {
              runs.incrementAndGet();
              return Loaded.notFound();
            });

    var e = assertThrows(NotFoundException.class, () -> group.get("Nobody"));
    assertEquals("load teams/Nobody: not found", e.getMessage());
    assertThrows(NotFoundException.class, () -> group.get("Nobody"));
    assertInstanceOf(GetException.class, e);

    assertEquals(2, runs.get());
    assertEquals(2, group.stats().localLoads());
    assertEquals(0, group.stats().localLoadErrs());
    assertEquals(0, group.stats().mainCache().items());
  }

  @Test
  void aGetterThatThrowsFailsThisGetAndTheNextOneLoadsAgain() {
    for (Throwable thrown :
        List.of(
            new IOException("disk"),
            new IllegalStateException("broken"),
            new AssertionError("never"),
            new StackOverflowError("deep"),
            new OutOfMemoryError("heap"),
            new InterruptedException("own"))) {
      var fails = new AtomicBoolean(true);
      Group group =
          node.addGroup(
              "throws " + thrown,
              key -> {
                if (fails.get()) {
                  throw GroupTest.<Exception>sneaky(thrown);
                }
                return Loaded.ofUtf8("630");
              });

      var e = assertThrows(GetFailedException.class, () -> group.get("Tom"));
      assertSame(thrown, e.getCause());
      assertEquals(
          "load throws " + thrown + "/Tom: " + thrown.getMessage(), e.getMessage(), "says what");

      fails.set(false);
      assertEquals("630", group.get("Tom").toUtf8());
      assertEquals(1, group.stats().localLoadErrs());
      assertEquals(1, group.stats().localLoads());
    }
  }

  @Test
  void anExceptionWithoutAMessageIsNamedByItsClass() {
    Group group =
        node.addGroup(
            "teams",
            key -> {
              throw new IOException();
            });

    var e = assertThrows(GetFailedException.class, () -> group.get("Tom"));

    assertEquals("load teams/Tom: java.io.IOException", e.getMessage());
  }

  @Test
  void anExceptionWhoseMessageThrowsHarmsItsOwnKeyForNoLongerThanTheLoadTimeout() {
    var hostile =
        new RuntimeException() {
          @Override
          public String getMessage() {
            throw new IllegalStateException("no message");
          }
        };
    Group group =
        node.addGroup(
            "teams",
            GroupConfig.builder().loadTimeout(Duration.ofMillis(50)).build(),
            key -> {
              throw hostile;
            });

    assertThrows(GetFailedException.class, () -> group.get("Tom"));
  }

  @Test
  void aGetterThatReturnsNullFailsTheGet() {
    Group group = node.addGroup("teams", key -> null);

    var e = assertThrows(GetFailedException.class, () -> group.get("Tom"));

    assertEquals("load teams/Tom: the getter returned null", e.getMessage());
    assertEquals(1, group.stats().localLoadErrs());
  }

  @Test
  void anAsyncGetterThatReturnsNoStageFailsTheGet() {
    Group group = node.addAsyncGroup("teams", DEFAULTS, key -> null);

    var e = assertThrows(GetFailedException.class, () -> group.get("Tom"));

    assertEquals("load teams/Tom: the getter returned null", e.getMessage());
  }

  @Test
  void anAsyncGetterThatThrowsFailsTheGet() {
    var thrown = new IOException("no route");
    Group group =
        node.addAsyncGroup(
            "teams",
            DEFAULTS,
            key -> {
              throw thrown;
            });

    assertSame(thrown, assertThrows(GetFailedException.class, () -> group.get("Tom")).getCause());
  }

  @Test
  void aStageOfNullFailsTheGet() throws Exception {
    CompletableFuture<ByteView> future = scores.getAsync("Tom");

    origin.next().answer().complete(null);

    assertEquals(
        "load scores/Tom: the getter returned null",
        failure(GetFailedException.class, future).getMessage());
  }

  @Test
  void aStageOfNotFoundIsNotFound() throws Exception {
    CompletableFuture<ByteView> future = scores.getAsync("Tom");

    origin.next().answer().complete(Loaded.notFound());

    assertEquals(
        "load scores/Tom: not found", failure(NotFoundException.class, future).getMessage());
  }

  @Test
  void aFailedStageFailsTheGetWithItsCause() throws Exception {
    var cause = new IOException("disk");
    CompletableFuture<ByteView> plain = scores.getAsync("plain");
    origin.next().answer().completeExceptionally(cause);
    CompletableFuture<ByteView> wrapped = scores.getAsync("wrapped");
    origin.next().answer().completeExceptionally(new CompletionException(cause));

    assertSame(cause, failure(GetFailedException.class, plain).getCause());
    assertSame(cause, failure(GetFailedException.class, wrapped).getCause());
    assertEquals(
        "load scores/wrapped: disk", failure(GetFailedException.class, wrapped).getMessage());
  }

  @Test
  void aStageThatTheUserCancelsFailsTheGet() throws Exception {
    CompletableFuture<ByteView> future = scores.getAsync("Tom");

    origin.next().answer().cancel(true);

    failure(GetFailedException.class, future);
  }

  @Test
  void concurrentMissesForOneKeyLoadOnce() throws Exception {
    List<CompletableFuture<ByteView>> futures =
        IntStream.range(0, 200).mapToObj(i -> scores.getAsync("Tom")).toList();
    Question question = origin.next();
    assertTrue(futures.stream().noneMatch(CompletableFuture::isDone));

    question.is("630");

    for (CompletableFuture<ByteView> future : futures) {
      assertEquals("630", value(future));
    }
    assertEquals(1, origin.runs());
    assertEquals(new Counts(200, 0, 200, 1, 1, 0, 0, 0, 0, 1), Counts.of(scores));
  }

  @Test
  void twoHundredBlockedCallersLoadOnce() throws Exception {
    var answers = new LinkedBlockingQueue<String>();
    List<Thread> callers =
        IntStream.range(0, 200)
            .mapToObj(i -> new Thread(() -> answers.add(scores.get("Tom").toUtf8())))
            .toList();
    callers.forEach(Thread::start);

    origin.next().is("630");

    for (Thread caller : callers) {
      caller.join();
    }
    assertEquals(200, answers.size());
    assertTrue(answers.stream().allMatch("630"::equals));
    assertEquals(1, origin.runs());
  }

  @Test
  void theFailureOfAFlightIsToldToAllWhoJoinedIt() throws Exception {
    CompletableFuture<ByteView> first = scores.getAsync("Tom");
    CompletableFuture<ByteView> second = scores.getAsync("Tom");

    origin.next().answer().completeExceptionally(new IOException("disk"));

    assertSame(failure(GetFailedException.class, first), failure(GetFailedException.class, second));
    assertEquals(1, scores.stats().localLoadErrs());
  }

  @Test
  void differentKeysLoadSideBySide() throws Exception {
    CompletableFuture<ByteView> tom = scores.getAsync("Tom");
    CompletableFuture<ByteView> jack = scores.getAsync("Jack");
    Question first = origin.next();
    Question second = origin.next();

    second.is(second.key());
    first.is(first.key());

    assertEquals("Tom", value(tom));
    assertEquals("Jack", value(jack));
  }

  @Test
  void aValueThatLandedBetweenAMissAndItsFlightIsNotLoadedAgain() throws Exception {
    //   1. The outer get misses, and asks who owns the key;
    //   2. there another get of the same key comes by, loads and lands;
    //   3. the outer get starts a flight, whose second look finds the value.
    var picker = new HandPicker(HandPicker.SELF);
    node.registerPeerPicker(picker);
    var outer = new AtomicBoolean(true);
    picker.whenAsked(
        key -> {
          if (outer.getAndSet(false)) {
            CompletableFuture<ByteView> inner = scores.getAsync(key);
            nextOf(origin).is("630");
            assertEquals("630", value(inner));
          }
        });

    assertEquals("630", value(scores.getAsync("Tom")));

    assertEquals(1, origin.runs());
    assertEquals(new Counts(2, 0, 2, 1, 1, 0, 0, 0, 0, 1), Counts.of(scores));
  }

  @Test
  void cancellingOneCallerEndsItsOwnWaitAlone() throws Exception {
    CompletableFuture<ByteView> starter = scores.getAsync("Tom");
    CompletableFuture<ByteView> joiner = scores.getAsync("Tom");
    CompletableFuture<ByteView> patient = scores.getAsync("Tom");
    assertNotSame(starter, joiner);

    assertTrue(starter.cancel(true));
    assertTrue(joiner.cancel(false));

    Question question = origin.next();
    assertFalse(question.answer().isDone());
    question.is("630");
    assertEquals("630", value(patient));
    assertTrue(starter.isCancelled());
    assertEquals("630", scores.get("Tom").toUtf8(), "the flight went on and its value was kept");
    assertEquals(1, origin.runs());
  }

  @Test
  void aCallerThatCompletesItsOwnFutureTouchesNobodyElse() throws Exception {
    CompletableFuture<ByteView> meddler = scores.getAsync("Tom");
    CompletableFuture<ByteView> patient = scores.getAsync("Tom");

    meddler.complete(ByteView.ofUtf8("forged"));
    origin.next().is("630");

    assertEquals("630", value(patient));
    assertEquals("630", scores.get("Tom").toUtf8());
  }

  @Test
  void aCallersDeadlineEndsItsOwnWaitAlone() throws Exception {
    CompletableFuture<ByteView> patient = scores.getAsync("Tom");
    Question question = origin.next();

    CompletableFuture<ByteView> hasty = scores.getAsync("Tom", Duration.ofMillis(1));
    assertEquals(
        "get scores/Tom: no answer in 1 ms", failure(GetFailedException.class, hasty).getMessage());
    var e = assertThrows(GetFailedException.class, () -> scores.get("Tom", Duration.ofMillis(1)));
    assertEquals("get scores/Tom: no answer in 1 ms", e.getMessage());
    assertThrows(GetFailedException.class, () -> scores.get("Tom", Duration.ZERO));
    assertThrows(GetFailedException.class, () -> scores.get("Tom", Duration.ofSeconds(-1)));

    assertFalse(patient.isDone());
    assertFalse(question.answer().isDone());
    question.is("630");
    assertEquals("630", value(patient));
    assertEquals("630", scores.get("Tom", Duration.ZERO).toUtf8(), "a hit needs no time");
    assertEquals(1, origin.runs());
  }

  @Test
  void aDeadlineBeyondAllNanosecondsIsNone() throws Exception {
    var forEver = Duration.ofSeconds(Long.MAX_VALUE);
    CompletableFuture<ByteView> future = scores.getAsync("Tom", forEver);
    origin.next().is("630");
    assertEquals("630", value(future));

    assertEquals("630", scores.get("Tom", forEver).toUtf8());
    var blocked = new CompletableFuture<String>();
    var caller = new Thread(() -> blocked.complete(scores.get("Jack", forEver).toUtf8()));
    caller.start();
    origin.next().is("589");
    assertEquals("589", blocked.get());
    caller.join();
  }

  @Test
  void aNullDeadlineIsRefusedBeforeAnythingIsCounted() {
    assertThrows(NullPointerException.class, () -> scores.get("Tom", (Duration) null));
    assertThrows(NullPointerException.class, () -> scores.getAsync("Tom", null));

    assertEquals(0, scores.stats().gets());
  }

  @Test
  void anInterruptEndsTheBlockedCallersWaitAndLeavesTheFlight() throws Exception {
    var failure = new AtomicReference<Throwable>();
    var stillInterrupted = new AtomicBoolean();
    CompletableFuture<ByteView> patient = scores.getAsync("Tom");
    Question question = origin.next();
    var caller =
        new Thread(
            () -> {
              failure.set(assertThrows(GetException.class, () -> scores.get("Tom")));
              stillInterrupted.set(Thread.currentThread().isInterrupted());
            });

    caller.start();
    caller.interrupt();
    caller.join();

    var e = assertInstanceOf(GetFailedException.class, failure.get());
    assertEquals("get scores/Tom: interrupted", e.getMessage());
    assertInstanceOf(InterruptedException.class, e.getCause());
    assertTrue(stillInterrupted.get());
    assertFalse(patient.isDone());
    question.is("630");
    assertEquals("630", value(patient));
  }

  @Test
  void anInterruptedThreadStillHits() throws Exception {
    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    origin.next().is("630");
    value(future);

    Thread.currentThread().interrupt();

    assertEquals("630", scores.get("Tom").toUtf8());
    assertTrue(Thread.interrupted());
  }

  @Test
  void aGetThatWouldBlockAnEventLoopThrowsAndAHitDoesNot() throws Exception {
    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    origin.next().is("630");
    value(future);
    class Loop extends Thread implements EventLoopThread {
      final List<String> told = new ArrayList<>();

      @Override
      public void run() {
        told.add(scores.get("Tom").toUtf8());
        told.add(assertThrows(IllegalStateException.class, () -> scores.get("Jack")).getMessage());
        told.add(
            assertThrows(
                    IllegalStateException.class, () -> scores.get("Jack", Duration.ofSeconds(1)))
                .getMessage());
      }
    }
    var loop = new Loop();

    loop.start();
    loop.join();

    assertEquals(
        List.of(
            "630",
            "get scores/Jack would block an event loop (expected: getAsync)",
            "get scores/Jack would block an event loop (expected: getAsync)"),
        loop.told);
    assertEquals(0, origin.unseen());
    assertEquals(2, scores.stats().gets(), "what was refused is no get");
  }

  @Test
  void tenThousandAsynchronousGetsOfOneKeyLoadOnceAndAllAreTold() throws Exception {
    var futures = new ArrayList<CompletableFuture<ByteView>>();
    for (int i = 0; i < 10_000; i++) {
      futures.add(scores.getAsync("Tom"));
    }
    origin.next().is("630");

    for (CompletableFuture<ByteView> future : futures) {
      assertEquals("630", value(future));
    }
    assertEquals(1, origin.runs());
    assertEquals(10_000, scores.stats().loads());
    assertEquals(1, scores.stats().loadsDeduped());
  }

  @Test
  void futuresCompleteOnTheCallbackExecutorAndNotOnTheThreadThatEndsTheFlight() throws Exception {
    var completions = new ArrayList<Runnable>();
    CacheNode byHand =
        books.keepFor(CacheNode.builder().callbackExecutor(completions::add).build());
    Group group = byHand.addAsyncGroup("scores", DEFAULTS, origin);
    CompletableFuture<ByteView> first = group.getAsync("Tom");
    CompletableFuture<ByteView> second = group.getAsync("Tom");
    CompletableFuture<ByteView> failing = group.getAsync("Jack");
    for (int i = 0; i < 2; i++) {
      Question question = origin.next();
      if (question.key().equals("Tom")) {
        question.is("630"); // ends the flight here, on this thread
      } else {
        question.answer().completeExceptionally(new IOException("disk"));
      }
    }

    assertFalse(first.isDone());
    assertFalse(second.isDone());
    assertFalse(failing.isDone());
    assertEquals(3, completions.size());
    completions.forEach(Runnable::run);
    assertTrue(first.isDone());
    assertTrue(second.isDone());
    assertTrue(failing.isCompletedExceptionally());
  }

  @Test
  void aDeadlineToo() throws Exception {
    var completions = new LinkedBlockingQueue<Runnable>();
    CacheNode byHand =
        books.keepFor(CacheNode.builder().callbackExecutor(completions::add).build());
    Group group = byHand.addAsyncGroup("scores", DEFAULTS, origin);
    CompletableFuture<ByteView> hasty = group.getAsync("Tom", Duration.ofMillis(1));

    Runnable completion = completions.take();
    assertFalse(hasty.isDone());
    completion.run();

    failure(GetFailedException.class, hasty);
  }

  @Test
  void theCallbackExecutorIsCalledUnderNoLock() throws Exception {
    // While a completion is handed over, other threads can still use the key, the group, the node.
    var other = new AtomicReference<Runnable>(() -> {});
    var refused = new ArrayList<Throwable>();
    Executor executor =
        completion -> {
          var bystander = new Thread(other.getAndSet(() -> {}));
          bystander.setUncaughtExceptionHandler((thread, e) -> refused.add(e));
          bystander.start();
          joinUninterrupted(bystander);
          new Thread(completion).start();
        };
    CacheNode observed = books.keepFor(CacheNode.builder().callbackExecutor(executor).build());
    Group group = observed.addAsyncGroup("scores", DEFAULTS, origin);
    CompletableFuture<ByteView> future = group.getAsync("Tom");
    other.set(
        () -> {
          assertEquals("630", group.get("Tom").toUtf8());
          CompletableFuture<ByteView> jack = group.getAsync("Jack");
          nextOf(origin).is("589");
          assertEquals("589", value(jack));
          observed.addGroup("more", Loaded::ofUtf8).get("Sam");
          group.stats();
          group.rehome();
        });

    origin.next().is("630");

    assertEquals("630", value(future));
    assertEquals(List.of(), refused);
  }

  @Test
  void aCallbackExecutorThatRefusesStrandsNobody() throws Exception {
    for (Throwable refusal :
        List.of(new RejectedExecutionException("full"), new OutOfMemoryError("no thread"))) {
      CacheNode refusing =
          books.keepFor(
              CacheNode.builder()
                  .callbackExecutor(
                      completion -> {
                        throw GroupTest.<RuntimeException>sneaky(refusal);
                      })
                  .build());
      Group group = refusing.addAsyncGroup("scores", DEFAULTS, origin);
      CompletableFuture<ByteView> future = group.getAsync("Tom");
      var completer = new CompletableFuture<Thread>();
      var unused = future.thenRun(() -> completer.complete(Thread.currentThread()));

      origin.next().is("630");

      assertNotEquals(Thread.currentThread(), completer.get());
      assertEquals("630", value(future));
    }
  }

  @Test
  void inCallbackFormAHitAnswersOnTheCallingThreadBeforeTheCallReturns() throws Exception {
    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    origin.next().is("630");
    value(future);
    var client = new Told();
    var peer = new Told();

    scores.forServers().get("Tom", null, client);
    scores.forServers().getForPeer("Tom", null, 0, peer);

    for (Told told : List.of(client, peer)) {
      assertSame(Thread.currentThread(), told.teller);
      assertEquals("630", told.answer.getNow(ByteView.empty()).toUtf8());
      assertEquals(1, told.times.get());
    }
    assertEquals(1, scores.stats().serverRequests());
    assertEquals(2, scores.stats().cacheHits());
  }

  @Test
  void inCallbackFormAMissAnswersOnTheThreadThatEndsTheFlight() throws Exception {
    var client = new Told();
    var peer = new Told();
    scores.forServers().get("Tom", null, client);
    scores.forServers().getForPeer("Tom", null, 0, peer);
    assertNull(client.teller);

    origin.next().is("630");

    assertSame(Thread.currentThread(), client.teller);
    assertSame(Thread.currentThread(), peer.teller);
    assertEquals("630", value(client.answer));
    assertEquals("630", value(peer.answer));
    assertEquals(1, origin.runs());
    assertEquals(new Counts(2, 0, 2, 1, 1, 0, 0, 0, 1, 1), Counts.of(scores));
  }

  @Test
  void inCallbackFormAFailureIsToldOnce() throws Exception {
    var told = new Told();
    scores.forServers().get("Tom", null, told);

    origin.next().answer().complete(Loaded.notFound());

    failure(NotFoundException.class, told.answer);
    assertEquals(1, told.times.get());
  }

  @Test
  void aCallbackThatThrowsKeepsNobodyElseFromTheAnswer() throws Exception {
    var reported = new CompletableFuture<Throwable>();
    scores
        .forServers()
        .get(
            "Tom",
            null,
            new GetCallback() {
              @Override
              public void value(Entry entry, double minuteQps) {
                throw new IllegalStateException("callback");
              }

              @Override
              public void error(GetException error) {
                throw new AssertionError("the load answered", error);
              }
            });
    CompletableFuture<ByteView> patient = scores.getAsync("Tom");
    Question question = origin.next();
    var ending = new Thread(() -> question.is("630"));
    ending.setUncaughtExceptionHandler((thread, e) -> reported.complete(e));

    ending.start();
    ending.join();

    assertEquals("630", value(patient));
    assertEquals("callback", reported.get().getMessage());
    assertEquals("630", scores.get("Tom").toUtf8());
  }

  @Test
  void aClosedNodeHoldsNothingAndItsGetsFail() throws Exception {
    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    origin.next().is("630");
    value(future);

    node.close();

    assertNull(scores.peek("Tom"));
    assertEquals(0, scores.stats().mainCache().bytes());
    assertThrows(GetFailedException.class, () -> scores.get("Tom"));
    var e = assertThrows(GetFailedException.class, () -> scores.get("Jack"));
    assertEquals("load scores/Jack: the node was closed", e.getMessage());
    assertEquals(
        e.getMessage(),
        failure(GetFailedException.class, scores.getAsync("Jack", Duration.ofSeconds(1)))
            .getMessage());
    Group late = node.addGroup("late", Loaded::ofUtf8);
    assertThrows(GetFailedException.class, () -> late.get("Tom"));
    node.close(); // again, to no harm
  }

  @Test
  void whatLandsAfterTheNodeWasClosedIsNotKept() {
    var owner = new FakePeer("http://owner:1");
    node.registerPeerPicker(new HandPicker(owner.peer(), HandPicker.SELF));
    CompletableFuture<ByteView> before = scores.getAsync("Tom");

    node.close();
    owner.answer(PeerResult.value(ByteView.ofUtf8("630"), Long.MAX_VALUE, false, 1_000));
    CompletableFuture<ByteView> after = scores.getAsync("Jack");
    owner.answer(PeerResult.value(ByteView.ofUtf8("589"), Long.MAX_VALUE, false, 1_000));

    assertEquals("630", value(before));
    assertEquals("589", value(after));
    assertNull(scores.peek("Tom"));
    assertNull(scores.peek("Jack"));
  }

  @Test
  void nodesInOneProcessShareNothing() {
    CacheNode other = books.keepFor(CacheNode.create());
    Group here = node.addGroup("teams", key -> Loaded.ofUtf8("here"));
    Group there = other.addGroup("teams", key -> Loaded.ofUtf8("there"));

    assertEquals("here", here.get("Tom").toUtf8());
    assertEquals("there", there.get("Tom").toUtf8());
    other.close();
    assertEquals("here", here.get("Jack").toUtf8());
    assertSame(here, node.group("teams"));
    assertNull(node.group("nothing"));
    assertEquals(2, node.groups().size());
    assertThrows(UnsupportedOperationException.class, () -> node.groups().clear());
  }

  @Test
  void messagesShowNoCachedBytesNoControlCharactersAndNoEndlessKey() throws Exception {
    CompletableFuture<ByteView> future = scores.getAsync("a\nb\u0000" + "x".repeat(1_000));
    origin.next().answer().complete(Loaded.notFound());

    assertEquals(
        "load scores/a?b?" + "x".repeat(76) + "…: not found",
        failure(NotFoundException.class, future).getMessage());
    assertEquals("Loaded[ByteView[3 bytes]]", Loaded.ofUtf8("630").toString());
    assertEquals("Loaded[not found]", Loaded.notFound().toString());
  }

  @Test
  void aBlockedCallerIsWokenByTheEndOfTheFlight() throws Exception {
    var blocked = new CompletableFuture<ByteView>();
    var started = new CountDownLatch(1);
    var caller =
        new Thread(
            () -> {
              started.countDown();
              blocked.complete(scores.get("Tom", Duration.ofDays(1)));
            });
    caller.start();
    started.await();

    origin.next().is("630");

    assertEquals("630", value(blocked));
    caller.join();
  }

  private static Question nextOf(HandOrigin origin) {
    try {
      return origin.next();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void joinUninterrupted(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Throws any throwable from where the compiler expects none. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  static <E extends Throwable> E sneaky(Throwable thrown) throws E {
    throw (E) thrown;
  }
}
