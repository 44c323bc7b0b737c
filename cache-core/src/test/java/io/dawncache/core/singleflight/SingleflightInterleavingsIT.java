package io.dawncache.core.singleflight;

import static io.dawncache.core.Interleavings.atOnce;
import static io.dawncache.core.Interleavings.check;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The end of a flight against those who join it, in every order of steps that some runs reach. */
@Tag("thorough")
class SingleflightInterleavingsIT {
  private static final int ORDERS = 100;

  /** What a scenario looks at: flights that end when it says so, and who was called how often. */
  private static final class Scenario {
    final Singleflight<String, String> flights = new Singleflight<>();
    final AtomicIntegerArray calls = new AtomicIntegerArray(64);
    final AtomicInteger started = new AtomicInteger();
    final AtomicReference<Singleflight.Waiter<String>> flight = new AtomicReference<>();

    void join(int waiter) {
      flights.join(
          "key",
          (key, begun) -> {
            started.incrementAndGet();
            if (!flight.compareAndSet(null, begun)) {
              begun.ended("later", null);
            }
          },
          (value, error) -> calls.incrementAndGet(waiter));
    }

    void joinAndLeave() {
      flights.join(
          "key",
          (key, begun) -> {
            throw new AssertionError("started by who has left");
          },
          new Singleflight.Waiter<>() {
            @Override
            public void ended(String value, Throwable error) {}

            @Override
            public boolean hasLeft() {
              return true;
            }
          });
    }

    void end() {
      flight.get().ended("first", null);
    }

    void assertCalledOnce(int waiters) {
      for (int i = 0; i < waiters; i++) {
        assertEquals(1, calls.get(i), "calls of waiter " + i);
      }
      int before = started.get();
      join(waiters);
      assertEquals(before + 1, started.get(), "a flight is left");
    }
  }

  @Test
  void whoJoinsWhileAFlightEndsIsCalledOnceByItOrByALaterOne() {
    check(
        ORDERS,
        () -> {
          Scenario scenario = new Scenario();
          scenario.join(0);
          atOnce(scenario::end, () -> scenario.join(1), () -> scenario.join(2));
          scenario.assertCalledOnce(3);
        });
  }

  @Test
  void aFlightThatTwoThreadsEndCallsItsWaitersOnce() {
    check(
        ORDERS,
        () -> {
          Scenario scenario = new Scenario();
          scenario.join(0);
          scenario.join(1);
          atOnce(scenario::end, scenario::end);
          assertEquals(1, scenario.started.get());
          scenario.assertCalledOnce(2);
        });
  }

  @Test
  void aFlightThatEndsWhileAJoinerUnlinksThoseWhoLeftCallsAllOthers() {
    check(
        ORDERS,
        () -> {
          Scenario scenario = new Scenario();
          scenario.join(0);
          for (int i = 0; i < 14; i++) {
            scenario.joinAndLeave();
          }
          atOnce(scenario::end, () -> scenario.join(1));
          scenario.assertCalledOnce(2);
          assertTrue(scenario.started.get() <= 3);
        });
  }
}
