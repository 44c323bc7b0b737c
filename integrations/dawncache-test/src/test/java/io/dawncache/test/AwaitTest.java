package io.dawncache.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AwaitTest {
  @Test
  void returnsAsSoonAsTheConditionHolds() {
    AtomicInteger looks = new AtomicInteger();

    Await.until("three looks", () -> looks.incrementAndGet() == 3);

    assertEquals(3, looks.get());
  }

  @Test
  void aConditionThatNeverHoldsFailsAtTheBound() {
    AssertionError failure =
        assertThrows(
            AssertionError.class,
            () -> Await.until("the moon is green", Duration.ofMillis(5), () -> false));

    assertEquals("not within PT0.005S: the moon is green", failure.getMessage());
  }

  @Test
  void aConditionIsLookedAtOnceMoreHoweverShortTheBound() {
    Await.until("now", Duration.ofNanos(1), () -> true);
  }

  @Test
  void anInterruptEndsTheWait() {
    Thread.currentThread().interrupt();

    AssertionError failure =
        assertThrows(AssertionError.class, () -> Await.until("never", () -> false));

    assertEquals("interrupted before it held: never", failure.getMessage());
    assertTrue(Thread.interrupted(), "the thread stays interrupted");
  }

  @Test
  void whatTheConditionThrowsEndsTheWait() {
    assertThrows(
        IllegalStateException.class,
        () ->
            Await.until(
                "a broken look",
                () -> {
                  throw new IllegalStateException();
                }));
  }

  @Test
  void aBoundOfNothingIsRefused() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> Await.until("never", Duration.ZERO, () -> true));

    assertEquals("atMost: PT0S (expected: > 0)", refused.getMessage());
  }
}
