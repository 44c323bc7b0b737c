package io.dawncache.core;

import static io.dawncache.core.Answers.failure;
import static io.dawncache.core.Answers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.Answers.Told;
import io.dawncache.core.HandOrigin.Question;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Loads within bounds, and an end to each whatever the getter does.
 *
 * <p>Time-outs here are real but tiny, and no verdict hangs on them: a load that must time out has
 * no other way to end, and one that must answer is asked for again should a slow machine have been
 * slower than its time-out.
 */
@Timeout(60)
class LoadExecutorTest {
  private static final Duration TINY = Duration.ofMillis(50);
  private static final int ABANDONED_PER_PERMIT = 16;
  private static final InheritableThreadLocal<String> TENANT = new InheritableThreadLocal<>();

  @RegisterExtension final Books books = new Books();

  private final CacheNode node = books.keepFor(CacheNode.create());
  private final HandOrigin origin = new HandOrigin();
  private final StubbornGetter stubborn = new StubbornGetter();

  @AfterEach
  void theStubbornGiveUp() {
    stubborn.released.countDown();
  }

  private static GroupConfig.Builder bounds(int maxLoads, int maxQueuedLoads) {
    return GroupConfig.builder()
        .maxLoads(maxLoads)
        .maxQueuedLoads(maxQueuedLoads)
        .maxQueueTime(Duration.ofDays(1)); // of a machine that is slow
  }

  @Test
  void aGetterRunsOnADaemonThreadOfTheExecutorAndNotOnTheCallers() {
    var threads = new LinkedBlockingQueue<Thread>();
    Group group =
        node.addGroup(
            "scores",
            key -> {
              threads.add(Thread.currentThread());
              return Loaded.ofUtf8("630");
            });

    assertEquals("630", group.get("Tom").toUtf8());

    Thread loader = threads.remove();
    assertNotSame(Thread.currentThread(), loader);
    assertTrue(loader.isDaemon());
    assertTrue(loader.getName().startsWith("dawncache-load-"), loader.getName());
  }

  @Test
  void aLoadThreadKnowsNothingOfTheCallerThatFirstNeededIt() throws Exception {
    ClassLoader mine = Thread.currentThread().getContextClassLoader();
    var seen = new LinkedBlockingQueue<String>();
    Group group =
        node.addGroup(
            "scores",
            key -> {
              boolean sameLoader = Thread.currentThread().getContextClassLoader() == mine;
              seen.add(
                  key + " for " + TENANT.get() + ", loader of the node's maker: " + sameLoader);
              return Loaded.ofUtf8(key);
            });
    for (String name : List.of("red", "blue")) {
      Thread caller =
          new Thread(
              () -> {
                TENANT.set(name);
                Thread.currentThread().setContextClassLoader(new ClassLoader(null) {});
                var unused = group.get(name);
              });
      caller.start();
      caller.join();
    }

    assertEquals("red for null, loader of the node's maker: true", seen.take());
    assertEquals("blue for null, loader of the node's maker: true", seen.take());
  }

  @Test
  void soManyLoadsRunAtOnceAndTheOthersWaitTheirTurn() throws Exception {
    Group group = node.addAsyncGroup("scores", bounds(2, 10).build(), origin);
    List<CompletableFuture<ByteView>> futures =
        IntStream.range(0, 5).mapToObj(i -> group.getAsync("key " + i)).toList();

    // A permit is taken on the thread that asked or that ended a load, so two have begun by now
    // and no third can have.
    List<Question> running = new ArrayList<>(List.of(origin.next(), origin.next()));
    assertEquals(0, origin.unseen());
    for (int i = 2; i < 5; i++) {
      running.remove(0).is("done");
      Question next = origin.next();
      assertEquals("key " + i, next.key(), "in the order of asking");
      assertEquals(0, origin.unseen());
      running.add(next);
    }
    running.forEach(question -> question.is("done"));

    futures.forEach(future -> assertEquals("done", value(future)));
    assertEquals(5, origin.runs());
  }

  @Test
  void neverMoreBlockingGettersRunAtOnceThanTheBound() {
    var running = new AtomicInteger();
    var most = new AtomicInteger();
    Group group =
        node.addGroup(
            "scores",
            bounds(3, 1_000).build(),
            key -> {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              Thread.onSpinWait();
              running.decrementAndGet();
              return Loaded.ofUtf8(key);
            });

    List<CompletableFuture<ByteView>> futures =
        IntStream.range(0, 500).mapToObj(i -> group.getAsync("key " + i)).toList();

    futures.forEach(CompletableFuture::join);
    assertTrue(most.get() <= 3, "at once: " + most);
    assertEquals(500, group.stats().localLoads());
  }

  @Test
  void behindAFullQueueALoadIsRefusedAtOnce() throws Exception {
    Group group = node.addAsyncGroup("scores", bounds(2, 1).build(), origin);
    List<CompletableFuture<ByteView>> admitted =
        List.of(group.getAsync("a"), group.getAsync("b"), group.getAsync("c"));
    var refused = new Told();

    group.forServers().get("d", null, refused);

    assertSame(Thread.currentThread(), refused.teller, "told before the call returned");
    assertEquals(
        "load scores/d: overloaded, 2 loads running, 1 waiting for their turn",
        failure(OverloadedException.class, refused.answer).getMessage());
    CompletableFuture<ByteView> joiner = group.getAsync("c");
    for (int i = 0; i < 3; i++) {
      origin.next().is("done");
    }
    admitted.forEach(future -> assertEquals("done", value(future)));
    assertEquals("done", value(joiner), "who joins a flight needs no place in the queue");
    assertEquals(1, group.stats().localLoadErrs());
    assertEquals(3, origin.runs());
  }

  @Test
  void withoutAQueueALoadRunsOrIsRefused() throws Exception {
    Group group = node.addAsyncGroup("scores", bounds(1, 0).build(), origin);
    CompletableFuture<ByteView> tom = group.getAsync("Tom");

    failure(OverloadedException.class, group.getAsync("Jack"));

    origin.next().is("630");
    assertEquals("630", value(tom));
    CompletableFuture<ByteView> jack = group.getAsync("Jack");
    origin.next().is("589");
    assertEquals("589", value(jack));
  }

  @Test
  void hitsAndOtherGroupsKnowNothingOfAFullQueue() throws Exception {
    Group group = node.addAsyncGroup("scores", bounds(1, 0).build(), origin);
    Group other = node.addGroup("teams", bounds(1, 0).build(), Loaded::ofUtf8);
    CompletableFuture<ByteView> tom = group.getAsync("Tom");
    origin.next().is("630");
    value(tom);
    CompletableFuture<ByteView> jack = group.getAsync("Jack");

    failure(OverloadedException.class, group.getAsync("Sam"));
    assertEquals("630", group.get("Tom").toUtf8());
    assertEquals("Sam", other.get("Sam").toUtf8());

    origin.next().is("589");
    value(jack);
  }

  @Test
  void anAsyncLoadHoldsItsPermitUntilItsStageCompletes() throws Exception {
    Group group = node.addAsyncGroup("scores", bounds(1, 0).build(), origin);
    CompletableFuture<ByteView> tom = group.getAsync("Tom");
    Question question = origin.next(); // load has been called, the stage is not complete

    failure(OverloadedException.class, group.getAsync("Jack"));

    question.is("630");
    assertEquals("630", value(tom));
  }

  @Test
  void aGetterThatIgnoresItsInterruptEndsAtTheTimeoutAndItsPermitReturns() throws Exception {
    Group group = node.addGroup("scores", bounds(1, 0).loadTimeout(TINY).build(), stubborn);

    int asked = 0;
    do {
      CompletableFuture<ByteView> future = group.getAsync("stuck " + asked);
      assertEquals(
          "load scores/stuck " + asked++ + ": no answer in 50 ms",
          failure(GetFailedException.class, future).getMessage());
    } while (stubborn.entered.isEmpty()); // a slow machine had not even begun

    stubborn.interrupted.await();
    assertEquals("Tom", getPatiently(group, "Tom"), "refused, if the permit had not returned");
    assertEquals(1, stubborn.released.getCount(), "the first thread is still held");
  }

  @Test
  void aQueuedLoadStartsWhenATimeoutReturnsAPermit() throws Exception {
    // The timer is held between the time-outs of the first load and of the second:
    //   1. the first times out, and the second starts;
    //   2. a load of another group times out, whose caller blocks the timer;
    //   3. the second is answered, for its own time-out cannot strike.
    var secondIsAnswered = new CountDownLatch(1);
    Group group = node.addAsyncGroup("scores", bounds(1, 1).loadTimeout(TINY).build(), origin);
    Group other =
        node.addAsyncGroup(
            "other", GroupConfig.builder().loadTimeout(TINY).build(), new HandOrigin());
    var first = new Told();
    var second = new Told();
    group.forServers().get("first", null, first);
    other
        .forServers()
        .get(
            "holder",
            null,
            new GetCallback() {
              @Override
              public void value(Entry entry, double minuteQps) {
                throw new AssertionError("nobody answered");
              }

              @Override
              public void error(GetException error) {
                awaitStubbornly(secondIsAnswered);
              }
            });
    group.forServers().get("second", null, second);

    Question question = origin.next();
    while (!question.key().equals("second")) {
      question = origin.next(); // the first, which is never answered
    }
    failure(GetFailedException.class, first.answer);
    question.is("in time");

    assertEquals("in time", value(second.answer));
    secondIsAnswered.countDown();
  }

  @Test
  void theInterruptOfATimeoutNeverReachesTheThreadsNextTask() {
    // Getters that end just about when their time-out strikes; whoever wins, the next getter on
    // the thread begins uninterrupted. It is another group's, with all the time there is, and so
    // gets no interrupt of its own.
    var interruptedAtStart = new AtomicInteger();
    Group hasty =
        node.addGroup(
            "hasty",
            bounds(4, 1_000).loadTimeout(Duration.ofMillis(1)).build(),
            key -> {
              long end = System.nanoTime() + 900_000 + key.hashCode() % 200_000;
              while (System.nanoTime() - end < 0) {
                Thread.onSpinWait();
              }
              return Loaded.ofUtf8(key);
            });
    Group patient =
        node.addGroup(
            "patient",
            key -> {
              if (Thread.currentThread().isInterrupted()) {
                interruptedAtStart.incrementAndGet();
              }
              return Loaded.ofUtf8(key);
            });

    for (int i = 0; i < 500; i++) {
      failureOf(hasty.getAsync("key " + i));
      failureOf(patient.getAsync("key " + i));
    }

    assertEquals(0, interruptedAtStart.get());
  }

  @Test
  void anInterruptThatAGetterLeavesBehindEndsWithIt() {
    var interruptedAtStart = new AtomicBoolean();
    Group group =
        node.addGroup(
            "scores",
            key -> {
              interruptedAtStart.compareAndSet(false, Thread.currentThread().isInterrupted());
              Thread.currentThread().interrupt();
              return Loaded.ofUtf8(key);
            });

    for (int i = 0; i < 50; i++) {
      group.get("key " + i);
    }

    assertFalse(interruptedAtStart.get());
  }

  @Test
  void waitersAreToldOnAThreadThatIsNotInterrupted() throws Exception {
    var told = new CompletableFuture<Boolean>();
    Group group =
        node.addGroup(
            "scores",
            key -> {
              Thread.currentThread().interrupt();
              return Loaded.ofUtf8(key);
            });
    group
        .forServers()
        .get(
            "Tom",
            null,
            new GetCallback() {
              @Override
              public void value(Entry entry, double minuteQps) {
                told.complete(Thread.currentThread().isInterrupted());
              }

              @Override
              public void error(GetException error) {
                told.completeExceptionally(error);
              }
            });

    assertFalse(told.get());
  }

  @Test
  void twoHundredGettersThatBlockForEverStopNeitherHitsNorOtherGroups() throws Exception {
    Group stuck = node.addGroup("stuck", stubborn);
    Group other = node.addGroup("other", Loaded::ofUtf8);
    assertEquals("warm", stuck.get("warm").toUtf8());
    List<CompletableFuture<ByteView>> futures =
        IntStream.range(0, 200).mapToObj(i -> stuck.getAsync("stuck " + i)).toList();
    for (int i = 0; i < stuck.config().maxLoads(); i++) {
      stubborn.entered.take(); // every permit of the group is held
    }

    assertEquals("warm", stuck.get("warm").toUtf8());
    assertEquals("Tom", other.get("Tom").toUtf8());
    for (int i = 0; i < 200; i++) {
      assertEquals("key " + i, other.get("key " + i).toUtf8());
    }
    assertTrue(futures.stream().noneMatch(CompletableFuture::isDone));

    node.close();
    futures.forEach(future -> failure(GetFailedException.class, future));
  }

  @Test
  void twoHundredGettersThatBlockForEverHarmTheirKeysForNoLongerThanTheTimeout() {
    Group stuck = node.addGroup("stuck", GroupConfig.builder().loadTimeout(TINY).build(), stubborn);
    List<CompletableFuture<ByteView>> futures =
        IntStream.range(0, 200).mapToObj(i -> stuck.getAsync("stuck " + i)).toList();

    futures.forEach(
        future ->
            assertEquals(
                "no answer in 50 ms",
                failure(GetFailedException.class, future).getMessage().replaceAll(".*: ", "")));

    assertEquals("Tom", getPatiently(stuck, "Tom"), "while all of them still hold their threads");
    assertEquals(1, stubborn.released.getCount());
  }

  @Test
  void oneAbandonedThreadTooManyAndTheGroupRefusesUntilOneComesBack() throws Exception {
    var comeBack = new CompletableFuture<CompletableFuture<Loaded>>();
    AsyncGetter getter =
        key ->
            key.startsWith("stuck")
                ? comeBack.join()
                : CompletableFuture.completedFuture(Loaded.ofUtf8(key));
    Group group = node.addAsyncGroup("scores", bounds(1, 0).loadTimeout(TINY).build(), getter);
    int timeouts = 0;
    while (failureOf(group.getAsync("stuck " + timeouts)) instanceof GetFailedException) {
      timeouts++; // a load whose thread was slower than its time-out abandons none
    }
    assertTrue(timeouts >= ABANDONED_PER_PERMIT, "refused after " + timeouts);

    assertEquals(
        "load scores/Tom: overloaded, 16 timed-out loads still hold their threads",
        failure(OverloadedException.class, group.getAsync("Tom")).getMessage());

    // A stage that comes too late is cancelled, once its thread has been counted as back.
    var late = new CompletableFuture<Loaded>();
    var back = late.handle((value, error) -> late.isCancelled());
    comeBack.complete(late);
    assertTrue(back.get());
    assertEquals("Tom", getPatiently(group, "Tom"));
  }

  @Test
  void atTheTimeoutTheStageOfAnAsyncLoadIsCancelled() throws Exception {
    var stages = new LinkedBlockingQueue<CompletableFuture<Loaded>>();
    Group group =
        node.addAsyncGroup(
            "scores",
            bounds(1, 0).loadTimeout(TINY).build(),
            key -> {
              stages.add(new CompletableFuture<>());
              return stages.element();
            });

    do {
      assertEquals(
          "load scores/Tom: no answer in 50 ms",
          failure(GetFailedException.class, group.getAsync("Tom")).getMessage());
    } while (stages.isEmpty()); // a slow machine had not even begun

    assertInstanceOf(CancellationException.class, failure(stages.take()));
  }

  @Test
  void anAnswerAfterTheTimeoutIsNeitherToldNorKept() throws Exception {
    var stage = new CompletableFuture<Loaded>();
    Group group =
        node.addAsyncGroup(
            "scores",
            bounds(1, 0).loadTimeout(TINY).build(),
            key -> uncancellable(stage, () -> {}));
    failure(GetFailedException.class, group.getAsync("Tom"));

    stage.complete(Loaded.ofUtf8("late"));

    assertEquals(0, group.stats().mainCache().items());
    assertEquals(0, group.stats().localLoads());
    assertEquals("late", getPatiently(group, "Tom"), "by another load");
    assertEquals(1, group.stats().localLoads());
  }

  @Test
  void aStageThatCannotBeCancelledEndsUnheard() {
    for (RuntimeException refusal :
        List.of(
            new UnsupportedOperationException("no future"), new IllegalStateException("mine"))) {
      var stage = new CompletableFuture<Loaded>();
      Group group =
          node.addAsyncGroup(
              "scores " + refusal,
              bounds(1, 0).loadTimeout(TINY).build(),
              key ->
                  uncancellable(
                      stage,
                      () -> {
                        throw refusal;
                      }));

      failure(GetFailedException.class, group.getAsync("Tom"));

      stage.complete(Loaded.ofUtf8("630"));
      assertEquals("630", getPatiently(group, "Tom"));
    }
  }

  @Test
  void userCodeThatBlocksInsideACancellationHoldsUpNoOtherTimeout() throws Exception {
    // Cancelling a stage runs what the user hung on it. On the one timer thread that would stop
    // every time-out of the node.
    var begun = new AtomicBoolean();
    var cancelled = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    Group group =
        node.addAsyncGroup(
            "scores",
            bounds(1, 0).loadTimeout(TINY).build(),
            key -> {
              begun.set(true);
              var stage = new CompletableFuture<Loaded>();
              var unused =
                  stage.whenComplete(
                      (value, error) -> {
                        cancelled.countDown();
                        awaitStubbornly(release);
                      });
              return stage;
            });
    Group other =
        node.addAsyncGroup(
            "teams",
            GroupConfig.builder().loadTimeout(TINY).build(),
            key -> new CompletableFuture<>());
    do {
      failure(GetFailedException.class, group.getAsync("Tom"));
    } while (!begun.get()); // a slow machine had not
    cancelled.await();

    failure(GetFailedException.class, other.getAsync("Jack"));

    release.countDown();
  }

  @Test
  void aStageThatCannotBeFollowedFailsTheLoad() {
    var refusal = new IllegalStateException("no callbacks");
    Group group =
        node.addAsyncGroup(
            "scores",
            GroupConfig.builder().build(),
            key ->
                new CompletableFuture<>() {
                  @Override
                  public CompletableFuture<Loaded> whenComplete(
                      BiConsumer<? super Loaded, ? super Throwable> action) {
                    throw refusal;
                  }
                });

    assertSame(refusal, failure(GetFailedException.class, group.getAsync("Tom")).getCause());
  }

  @Test
  void aMinimalStageIsFollowedToo() throws Exception {
    var stage = new CompletableFuture<Loaded>();
    Group group =
        node.addAsyncGroup(
            "scores", GroupConfig.builder().build(), key -> stage.minimalCompletionStage());
    CompletableFuture<ByteView> future = group.getAsync("Tom");

    stage.complete(Loaded.ofUtf8("630"));

    assertEquals("630", value(future));
  }

  @Test
  void closingANodeEndsEveryLoadRunningOrQueuedAndInterruptsTheGetters() throws Exception {
    Group blocking = node.addGroup("blocking", bounds(1, 10).build(), stubborn);
    Group async = node.addAsyncGroup("async", bounds(1, 10).build(), origin);
    CompletableFuture<ByteView> running = blocking.getAsync("stuck");
    stubborn.entered.take();
    CompletableFuture<ByteView> queued = blocking.getAsync("queued");
    CompletableFuture<ByteView> pending = async.getAsync("Tom");
    CompletableFuture<Loaded> stage = origin.next().answer();
    CompletableFuture<ByteView> behind = async.getAsync("Jack");

    node.close();

    for (CompletableFuture<ByteView> future : List.of(running, queued, pending, behind)) {
      assertTrue(
          failure(GetFailedException.class, future).getMessage().endsWith(": the node was closed"));
    }
    stubborn.interrupted.await();
    assertInstanceOf(CancellationException.class, failure(stage));
    failure(GetFailedException.class, blocking.getAsync("later"));
    assertEquals(1, origin.runs());
    node.close(); // again, to no harm
  }

  /** Gets a value whose load is quicker than its tiny time-out, unless the machine is slow. */
  private static String getPatiently(Group group, String key) {
    while (true) {
      GetException e = failureOf(group.getAsync(key));
      if (e == null) {
        return group.get(key).toUtf8();
      }
      assertInstanceOf(GetFailedException.class, e, "refused");
      assertTrue(e.getMessage().contains("no answer in"), e.getMessage());
    }
  }

  private static GetException failureOf(CompletableFuture<ByteView> future) {
    return (GetException) failure(future);
  }

  /** Returns a future that completes with {@code stage} and runs {@code refusal} when cancelled. */
  private static CompletionStage<Loaded> uncancellable(
      CompletableFuture<Loaded> stage, Runnable refusal) {
    var future =
        new CompletableFuture<Loaded>() {
          @Override
          public boolean cancel(boolean mayInterruptIfRunning) {
            refusal.run();
            return false;
          }
        };
    var unused =
        stage.whenComplete(
            (value, error) -> {
              if (value != null) {
                future.complete(value);
              } else {
                future.completeExceptionally(error);
              }
            });
    return future;
  }

  private static void awaitStubbornly(CountDownLatch latch) {
    boolean open = false;
    while (!open) {
      try {
        latch.await();
        open = true;
      } catch (InterruptedException e) {
        // Not now.
      }
    }
  }

  /** Answers with the key; but a key that begins with "stuck" blocks, interrupted or not. */
  private static final class StubbornGetter implements Getter {
    final LinkedBlockingQueue<String> entered = new LinkedBlockingQueue<>();
    final CountDownLatch interrupted = new CountDownLatch(1);
    final CountDownLatch released = new CountDownLatch(1);

    @Override
    public Loaded load(String key) {
      while (key.startsWith("stuck") && released.getCount() > 0) {
        entered.add(key);
        try {
          released.await();
        } catch (InterruptedException e) {
          interrupted.countDown();
        }
      }
      return Loaded.ofUtf8(key);
    }
  }
}
