package io.dawncache.core.singleflight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SingleflightTest {
  private static final int THREADS = 8;

  private final Singleflight<String, String> flights = new Singleflight<>();

  /** The flights that {@link #start} began and nobody has ended yet, unless the test did. */
  private final List<Waiter<String>> started = Collections.synchronizedList(new ArrayList<>());

  /** How flights ended, told by waiters, in order. */
  private final List<String> told = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void nothingStaysBehind() {
    assertEquals(0, flights.inFlight());
  }

  @Test
  void concurrentMissesForOneKeyLoadOnce() throws Exception {
    var starters = new AtomicInteger();
    onAllThreads(
        thread -> {
          for (int i = 0; i < 125; i++) {
            if (flights.join("Tom", this::start, tell("all"))) {
              starters.incrementAndGet();
            }
          }
        });
    assertEquals(1, started.size());
    assertEquals(1, starters.get());
    assertEquals(1, flights.inFlight());
    assertTrue(flights.isInFlight("Tom"));
    assertFalse(flights.isInFlight("Jack"));
    assertEquals(0, told.size());

    started.get(0).ended("630", null);

    assertEquals(Collections.nCopies(1_000, "all: 630"), told);
  }

  @Test
  void aFlightLetsGoOfWaitersThatHaveLeft() {
    List<Leaver> leavers = new ArrayList<>();
    flights.join("Tom", this::start, tell("first"));
    for (int i = 0; i < 100_000; i++) {
      Leaver leaver = new Leaver();
      leavers.add(leaver);
      assertFalse(flights.join("Tom", this::start, leaver));
      leaver.left = true;
      if (i % 1_000 == 0) {
        flights.join("Tom", this::start, tell("stays " + i));
      }
    }

    started.get(0).ended("630", null);

    long held = leavers.stream().filter(leaver -> leaver.told.get() > 0).count();
    assertTrue(held <= 101, "as many as wait, at most: " + held);
    List<String> all = new ArrayList<>(List.of("first: 630"));
    IntStream.range(0, 100).forEach(i -> all.add("stays " + 1_000 * i + ": 630"));
    assertEquals(all, told, "in the order of joining");
  }

  @Test
  void waitersAreAskedWhetherTheyHaveLeftEachTimeThatTheirNumberHasDoubled() {
    AtomicInteger asked = new AtomicInteger();
    Waiter<String> stays =
        new Waiter<>() {
          @Override
          public void ended(@Nullable String value, @Nullable Throwable error) {}

          @Override
          public boolean hasLeft() {
            asked.incrementAndGet();
            return false;
          }
        };
    List<Integer> askedByThen = new ArrayList<>();
    for (int i = 0; i < 63; i++) {
      flights.join("Tom", this::start, stays);
      askedByThen.add(asked.get());
    }
    started.get(0).ended("630", null);

    assertEquals(0, askedByThen.get(14));
    assertEquals(15, askedByThen.get(15), "all but the sixteenth, which has just joined");
    assertEquals(15, askedByThen.get(30));
    assertEquals(15 + 31, askedByThen.get(31));
    assertEquals(15 + 31, askedByThen.get(61));
    assertEquals(15 + 31 + 62, askedByThen.get(62));
  }

  @Test
  void aWaiterThatThrowsWhenItIsAskedIsReportedAndAllGetTheEnd() throws InterruptedException {
    AtomicInteger ended = new AtomicInteger();
    Waiter<String> throwing =
        new Waiter<>() {
          @Override
          public void ended(@Nullable String value, @Nullable Throwable error) {
            ended.incrementAndGet();
          }

          @Override
          public boolean hasLeft() {
            throw new IllegalStateException("asked");
          }
        };
    List<String> uncaught = new ArrayList<>();
    var joining =
        new Thread(
            () -> IntStream.range(0, 16).forEach(i -> flights.join("Tom", this::start, throwing)));
    joining.setUncaughtExceptionHandler((thread, e) -> uncaught.add(e.getMessage()));
    joining.start();
    joining.join();

    started.get(0).ended("630", null);

    assertEquals(List.of("asked"), uncaught);
    assertEquals(16, ended.get());
  }

  @Test
  void detachedFlightsAreJoinedByNobodyAndEndForTheirOwnWaiters() {
    flights.join("Tom", this::start, tell("Tom"));
    flights.join("Jack", this::start, tell("Jack"));

    flights.detachAll();

    assertEquals(0, flights.inFlight());
    assertTrue(flights.join("Tom", this::start, tell("Tom again")));
    started.get(0).ended("630", null);
    started.get(2).ended("631", null);
    started.get(1).ended("632", null);
    assertEquals(List.of("Tom: 630", "Tom again: 631", "Jack: 632"), told);
  }

  @Test
  void waitersThatLeaveWhileOthersJoinAndTheFlightEndsCostNobodyItsEnd() throws Exception {
    List<Leaver> patient = Collections.synchronizedList(new ArrayList<>());
    onAllThreads(
        thread -> {
          for (int i = 0; i < 20_000; i++) {
            Leaver waiter = new Leaver();
            if (flights.join("Tom", this::start, waiter) || i % 3 == 0) {
              patient.add(waiter);
            } else {
              waiter.left = true;
            }
            if (i % 50 == 0) {
              endAll();
            }
          }
        });
    endAll();

    assertEquals(List.of(), patient.stream().filter(waiter -> waiter.told.get() != 1).toList());
  }

  @Test
  void aKeyWhoseTextCannotBeHadEndsItsFlightAllTheSame() {
    Object odd =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("no text");
          }
        };
    List<Throwable> errors = new ArrayList<>();

    new Singleflight<Object, String>()
        .join(odd, (key, flight) -> flight.ended(null, null), (value, error) -> errors.add(error));

    assertEquals("no text", errors.get(0).getMessage());
  }

  private void endAll() {
    synchronized (started) {
      started.forEach(flight -> flight.ended("630", null));
    }
  }

  /** A waiter that may leave. */
  private static final class Leaver implements Waiter<String> {
    final AtomicInteger told = new AtomicInteger();
    volatile boolean left;

    @Override
    public void ended(@Nullable String value, @Nullable Throwable error) {
      told.incrementAndGet();
    }

    @Override
    public boolean hasLeft() {
      return left;
    }
  }

  @Test
  void joinersThatRaceWithTheEndAreToldOnceAndRunsNeverOverlap() throws Exception {
    var running = new AtomicInteger();
    var runs = new AtomicInteger();
    var starters = new AtomicInteger();
    var overlaps = new AtomicInteger();
    var timesTold = IntStream.range(0, THREADS * 2_000).mapToObj(i -> new AtomicInteger()).toList();
    onAllThreads(
        thread -> {
          for (int i = 0; i < 2_000; i++) {
            AtomicInteger mine = timesTold.get(thread * 2_000 + i);
            boolean startedHere =
                flights.join(
                    "Tom",
                    (key, flight) -> {
                      overlaps.addAndGet(running.getAndIncrement());
                      runs.incrementAndGet();
                      running.decrementAndGet();
                      flight.ended("630", null);
                    },
                    (value, error) -> mine.incrementAndGet());
            if (startedHere) {
              starters.incrementAndGet();
            }
          }
        });

    assertEquals(0, overlaps.get());
    assertEquals(runs.get(), starters.get());
    assertTrue(timesTold.stream().allMatch(times -> times.get() == 1));
  }

  @Test
  void keysFlyApart() {
    assertTrue(flights.join("Tom", this::start, tell("Tom")));
    assertTrue(flights.join("Jack", this::start, tell("Jack")));
    assertEquals(2, flights.inFlight());

    started.get(1).ended("589", null);
    started.get(0).ended("630", null);

    assertEquals(List.of("Jack: 589", "Tom: 630"), told);
  }

  @Test
  void waitersAreToldInTheOrderOfJoining() {
    assertTrue(flights.join("Tom", this::start, tell("first")));
    assertFalse(flights.join("Tom", this::start, tell("second")));
    assertFalse(flights.join("Tom", this::start, tell("third")));

    started.get(0).ended("630", null);

    assertEquals(List.of("first: 630", "second: 630", "third: 630"), told);
  }

  @Test
  void theWorkFindsItsFlightRegistered() {
    assertTrue(
        flights.join(
            "Tom",
            (key, flight) -> {
              assertEquals("Tom", key);
              assertEquals(1, flights.inFlight());
              assertFalse(flights.join("Tom", this::start, tell("inner")));
              flight.ended("630", null);
            },
            tell("outer")));

    assertEquals(List.of("outer: 630", "inner: 630"), told);
  }

  @Test
  void afterTheEndTheNextCallStartsAnotherFlight() {
    assertTrue(flights.join("Tom", this::start, tell("first")));
    started.get(0).ended("630", null);

    assertTrue(flights.join("Tom", this::start, tell("second")));
    started.get(1).ended("631", null);

    assertEquals(List.of("first: 630", "second: 631"), told);
  }

  @Test
  void aFlightEndsOnceAndTouchesNoLaterOne() {
    flights.join("Tom", this::start, tell("first"));
    started.get(0).ended("630", null);
    flights.join("Tom", this::start, tell("second"));

    started.get(0).ended("stale", null);
    started.get(0).ended(null, new IOException("stale"));

    assertEquals(1, flights.inFlight());
    started.get(1).ended("631", null);
    assertEquals(List.of("first: 630", "second: 631"), told);
  }

  @Test
  void whenTheWorkThrowsEverybodyIsToldWhat() {
    for (Throwable thrown : List.of(new IOException("disk"), new StackOverflowError())) {
      told.clear();
      flights.join(
          "Tom",
          (key, flight) -> {
            flights.join("Tom", this::start, tell("inner"));
            throw SingleflightTest.<Exception>sneaky(thrown);
          },
          tell("outer"));

      assertEquals(List.of("outer: " + thrown, "inner: " + thrown), told);
      assertEquals(0, flights.inFlight());
    }
  }

  @Test
  void workThatIsInterruptedLeavesTheThreadInterrupted() {
    flights.join(
        "Tom",
        (key, flight) -> {
          throw new InterruptedException();
        },
        tell("Tom"));

    assertTrue(Thread.interrupted());
    assertEquals(List.of("Tom: java.lang.InterruptedException"), told);
  }

  @Test
  void whatTheWorkThrowsAfterTheEndIsIgnored() {
    flights.join(
        "Tom",
        (key, flight) -> {
          flight.ended("630", null);
          throw new IOException("too late");
        },
        tell("Tom"));

    assertEquals(List.of("Tom: 630"), told);
  }

  @Test
  void anEndWithNothingIsAnErrorThatNamesTheKey() {
    flights.join("Tom", this::start, tell("first"));
    flights.join("Tom", this::start, tell("second"));

    started.get(0).ended(null, null);

    String error =
        "java.lang.IllegalStateException: "
            + "flight for Tom: ended with null (expected: a value or an error)";
    assertEquals(List.of("first: " + error, "second: " + error), told);
  }

  @Test
  void anErrorOutweighsAValue() {
    flights.join(
        "Tom",
        (key, flight) -> flight.ended("630", new IOException("disk")),
        (value, error) -> {
          assertNull(value);
          told.add(String.valueOf(error));
        });

    assertEquals(List.of("java.io.IOException: disk"), told);
  }

  @Test
  void aWaiterMayStartTheNextFlightForItsKey() {
    flights.join(
        "Tom",
        this::start,
        (value, error) -> {
          told.add("first: " + value);
          assertTrue(flights.join("Tom", this::start, tell("again")));
        });
    flights.join("Tom", this::start, tell("second"));

    started.get(0).ended("630", null);

    assertEquals(List.of("first: 630", "second: 630"), told);
    assertEquals(1, flights.inFlight());
    started.get(1).ended("631", null);
    assertEquals(List.of("first: 630", "second: 630", "again: 631"), told);
  }

  @Test
  void aFlightThatAWaiterStartsMayEndBeforeTheFirstHasToldAll() {
    flights.join(
        "Tom",
        this::start,
        (value, error) -> {
          told.add("first: " + value);
          flights.join("Tom", (key, flight) -> flight.ended("631", null), tell("again"));
        });
    flights.join("Tom", this::start, tell("second"));

    started.get(0).ended("630", null);

    assertEquals(List.of("first: 630", "again: 631", "second: 630"), told);
  }

  @Test
  void aWaiterThatThrowsIsReportedAndKeepsNobodyFromBeingTold() throws InterruptedException {
    flights.join("Tom", this::start, tell("first"));
    for (String message : List.of("one", "two")) {
      flights.join(
          "Tom",
          this::start,
          (value, error) -> {
            throw new AssertionError(message);
          });
    }
    flights.join("Tom", this::start, tell("last"));
    var ending = new Thread(() -> started.get(0).ended("630", null));
    ending.setUncaughtExceptionHandler(
        (thread, e) -> {
          assertSame(ending, thread);
          told.add("uncaught: " + e.getMessage());
          throw new IllegalStateException("a handler that throws is on its own");
        });

    ending.start();
    ending.join();

    assertEquals(List.of("first: 630", "uncaught: one", "uncaught: two", "last: 630"), told);
  }

  @Test
  void waitersAreToldOnTheThreadThatEndsTheFlight() throws InterruptedException {
    var tellers = Collections.synchronizedList(new ArrayList<Thread>());
    flights.join("Tom", this::start, (value, error) -> tellers.add(Thread.currentThread()));
    flights.join("Tom", this::start, (value, error) -> tellers.add(Thread.currentThread()));
    var ending = new Thread(() -> started.get(0).ended("630", null));

    ending.start();
    ending.join();

    assertEquals(List.of(ending, ending), tellers);
  }

  @Test
  void aJoinerThatMeetsASealedFlightStartsAnother() {
    // The map compares keys after it has found the flight and before it hands it over: there the
    // flight ends, so that this joiner holds one that is removed and sealed.
    record Key(String name, Runnable whenCompared) {
      @Override
      public boolean equals(@Nullable Object o) {
        whenCompared.run();
        return o instanceof Key that && name.equals(that.name);
      }

      @Override
      public int hashCode() {
        return name.hashCode();
      }
    }
    var keyed = new Singleflight<Key, String>();
    var first = new Key("Tom", () -> {});
    keyed.join(first, (key, flight) -> started.add(flight), tell("first"));
    var late = new Key("Tom", () -> started.get(0).ended("630", null));

    assertTrue(keyed.join(late, (key, flight) -> flight.ended("631", null), tell("late")));

    assertEquals(List.of("first: 630", "late: 631"), told);
    assertEquals(0, keyed.inFlight());
  }

  @Test
  @SuppressWarnings("NullAway")
  void missingArgumentsAreRefusedAtOnce() {
    assertThrows(NullPointerException.class, () -> flights.join("Tom", this::start, null));
  }

  @Test
  void everyCallerHasAFutureOfItsOwn() {
    var stage = new CompletableFuture<String>();
    CompletableFuture<String> first = flights.join("Tom", key -> stage);
    CompletableFuture<String> second = flights.join("Tom", key -> stage);
    assertNotSame(first, second);
    assertFalse(first.isDone());

    stage.complete("630");

    assertEquals("630", first.join());
    assertEquals("630", second.join());
  }

  @Test
  void cancellingOrTimingOutOneCallerTouchesNobodyElse() {
    var stage = new CompletableFuture<String>();
    CompletableFuture<String> cancelled = flights.join("Tom", key -> stage); // it started the run
    CompletableFuture<String> timedOut = flights.join("Tom", key -> stage);
    CompletableFuture<String> patient = flights.join("Tom", key -> stage);

    assertTrue(cancelled.cancel(true));
    assertTrue(timedOut.completeExceptionally(new TimeoutException()));

    assertFalse(stage.isDone());
    assertFalse(patient.isDone());
    assertEquals(1, flights.inFlight());
    assertTrue(stage.complete("630"));
    assertEquals("630", patient.join());
    assertTrue(cancelled.isCancelled());
    assertInstanceOf(TimeoutException.class, failure(timedOut));
  }

  @Test
  void aFunctionThatThrowsFailsTheFuture() {
    for (Throwable thrown : List.of(new IOException("disk"), new StackOverflowError())) {
      CompletableFuture<String> future =
          flights.join(
              "Tom",
              key -> {
                throw SingleflightTest.<RuntimeException>sneaky(thrown);
              });

      assertSame(thrown, failure(future));
    }
  }

  @Test
  void aFunctionWithoutAStageFailsTheFutureWithTheKeysName() {
    Function<String, @Nullable CompletionStage<String>> nothing = key -> null;

    var e = assertInstanceOf(IllegalStateException.class, failure(flights.join("Tom", nothing)));

    assertEquals("flight for Tom: null from its function (expected: a stage)", e.getMessage());
  }

  @Test
  void aStageThatCompletesWithNullFailsEveryFutureWithTheKeysName() {
    var stage = new CompletableFuture<String>();
    CompletableFuture<String> first = flights.join("Tom", key -> stage);
    CompletableFuture<String> second = flights.join("Tom", key -> stage);

    stage.complete(null);

    var e = assertInstanceOf(IllegalStateException.class, failure(first));
    assertEquals("flight for Tom: ended with null (expected: a value or an error)", e.getMessage());
    assertSame(e, failure(second));
  }

  @Test
  void aFailedStageFailsEveryFutureWithItsCause() {
    var cause = new IOException("disk");
    var origin = new CompletableFuture<String>();
    CompletableFuture<String> future = flights.join("Tom", key -> origin.thenApply(value -> value));
    flights.join("Tom", this::start, tell("waiter"));

    origin.completeExceptionally(cause); // thenApply wraps it once more

    assertSame(cause, failure(future));
    assertEquals(List.of("waiter: java.io.IOException: disk"), told);
    assertEquals(0, started.size());
  }

  @Test
  void aFutureMayBeCompleteOnReturn() {
    CompletableFuture<String> future =
        flights.join("Tom", key -> CompletableFuture.completedFuture("630"));

    assertEquals("630", future.getNow("not yet"));
  }

  /** Work that is ended by hand. */
  private void start(String key, Waiter<String> flight) {
    started.add(flight);
  }

  private Waiter<String> tell(String name) {
    return (value, error) -> told.add(name + ": " + (error == null ? value : error));
  }

  /** Runs {@code body} on all threads at once and waits for all to return. */
  private static void onAllThreads(Body body) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      var ready = new CountDownLatch(THREADS);
      var calls = new ArrayList<Callable<Void>>();
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        calls.add(
            () -> {
              ready.countDown();
              ready.await();
              body.run(thread);
              return null;
            });
      }
      for (Future<Void> call : threads.invokeAll(calls)) {
        call.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  @FunctionalInterface
  private interface Body {
    void run(int thread) throws Exception;
  }

  /** Returns what a future that is done failed with. */
  private static @Nullable Throwable failure(CompletableFuture<?> future) {
    assertTrue(future.isCompletedExceptionally());
    return assertThrows(CompletionException.class, future::join).getCause();
  }

  /** Throws any throwable from where the compiler expects none. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> E sneaky(Throwable thrown) throws E {
    throw (E) thrown;
  }
}
