package io.dawncache.bench.siege;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class OutcomeTest {
  private static final long MILLI_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long FOREVER_MILLIS = TimeUnit.HOURS.toMillis(1);

  private final Outcome outcome = new Outcome();

  @Test
  void everyGetIsCountedByItsEnd() {
    for (int i = 0; i < 6; i++) {
      outcome.sent(0);
    }
    outcome.answered(3 * MILLI_NANOS);
    outcome.answered(1_000 * MILLI_NANOS);
    outcome.answered(1_001 * MILLI_NANOS);
    outcome.refused();
    outcome.failed("status 500");
    outcome.failed("another value");

    assertEquals(6, outcome.due());
    assertEquals(2, outcome.useful());
    assertEquals(1, outcome.refusals());
    assertEquals(3, outcome.failures());
    assertEquals(2, outcome.unexpected());
    assertEquals("1 x another value, 1 x status 500", outcome.reasons());
    assertTrue(Math.abs(outcome.percentile(1) - 3 * MILLI_NANOS) < MILLI_NANOS / 100);
    assertTrue(Math.abs(outcome.percentile(100) - 1_001 * MILLI_NANOS) < 2 * MILLI_NANOS);
  }

  @Test
  void whatWasSentLateOrHadToWaitWasNotSentWhenDue() {
    assertEquals(0, outcome.sentInTime());
    assertEquals(0, outcome.sentAtOnce());
    for (int i = 0; i < 8; i++) {
      outcome.sent(100 * MILLI_NANOS);
    }
    outcome.sent(100 * MILLI_NANOS + 1);
    outcome.sent(0);
    outcome.waits();
    assertEquals(0.9, outcome.sentInTime(), 1e-9);
    assertEquals(0.8, outcome.sentAtOnce(), 1e-9);
  }

  @Test
  void whoWaitsForTheEndIsNotifiedByTheLast() throws Exception {
    outcome.sent(0);
    outcome.sent(0);
    outcome.refused();
    assertFalse(outcome.awaitEnded(2, 0));

    CompletableFuture<Boolean> waiting =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return outcome.awaitEnded(2, FOREVER_MILLIS);
              } catch (InterruptedException e) {
                return false;
              }
            });
    outcome.answered(1);

    assertTrue(waiting.get(30, TimeUnit.SECONDS));
    assertTrue(outcome.awaitEnded(2, 0));
    outcome.awaitRefused(FOREVER_MILLIS); // one is refused, so this returns
  }

  @Test
  void whoWaitsForWhatDoesNotComeWaitsNoLongerThanItSays() throws Exception {
    outcome.sent(0);
    outcome.awaitRefused(1);
    assertFalse(outcome.awaitEnded(1, 1));
    assertEquals(0, outcome.refusals());
  }
}
