package io.dawncache.server.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How many fetches a peer receives that refuses some. Time is moved by the tests. */
class ThrottleTest {
  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Random random = new Random(630);
  private long nanos = -5_000 * STEP_NANOS;
  private final Throttle throttle = new Throttle(() -> nanos, random::nextDouble);

  /** What one second of fetches, one each millisecond, comes to at a peer. */
  private record Second(int sent, int answered) {}

  private Second second(int mostAnswered) {
    int sent = 0;
    int answered = 0;
    for (int i = 0; i < 1000; i++) {
      nanos += STEP_NANOS;
      if (throttle.allows()) {
        sent++;
        // The peer answers so many in a second, at equal distances.
        boolean answers = answered < (i + 1) * (long) mostAnswered / 1000;
        answered += answers ? 1 : 0;
        throttle.ended(!answers);
      }
    }
    return new Second(sent, answered);
  }

  @Test
  void allIsSentToAPeerThatRefusesNothing() {
    assertEquals(new Second(1000, 1000), second(1000));
  }

  @Test
  void theClockMayBeginAnywhere() {
    nanos = Long.MIN_VALUE;
    Throttle begun = new Throttle(() -> nanos, () -> 0); // which holds back whatever it may
    begun.ended(true);

    assertTrue(begun.allows());
  }

  @Test
  void oneRefusalHoldsBackAlmostNothing() {
    throttle.ended(true);

    Second after = second(1000);

    assertTrue(after.sent() >= 998, after.toString());
  }

  @Test
  void aFewRefusalsHoldBackNothing() {
    Throttle strict = new Throttle(() -> nanos, () -> 0); // which holds back whatever it may
    for (int i = 0; i < 8; i++) {
      strict.ended(true);
      nanos += STEP_NANOS;
      assertTrue(strict.allows(), "after refusal " + i);
    }
  }

  @Test
  void aPeerThatAnswersMoreThanHalfReceivesAlmostAll() {
    for (int i = 0; i < 10; i++) {
      Second each = second(600);
      assertTrue(each.sent() >= 990, each.toString());
      assertTrue(each.answered() >= 595, each.toString());
    }
  }

  @Test
  void aPeerThatAnswersOneOfTenReceivesTwiceThatAndStillWorksToItsFull() {
    second(100);
    second(100);
    second(100);
    for (int i = 0; i < 10; i++) {
      Second each = second(100);
      assertTrue(each.sent() > 150 && each.sent() < 300, each.toString());
      assertTrue(each.answered() >= 90, each.toString());
    }
  }

  @Test
  void aPeerThatAnswersNothingIsStillTried() {
    second(0);
    second(0);
    Second each = second(0);
    assertTrue(each.sent() > 0 && each.sent() < 100, each.toString());
  }

  @Test
  void aPeerThatHasRecoveredSoonReceivesAll() {
    for (int i = 0; i < 10; i++) {
      second(100);
    }
    second(1000);
    second(1000);
    Second later = second(1000);
    assertTrue(later.sent() > 990, later.toString());
    for (int i = 0; i < 30; i++) {
      second(1000);
    }
    assertEquals(new Second(1000, 1000), second(1000));
  }

  @Test
  void whatIsHeldBackIsChosenByChance() {
    boolean before = false;
    int changes = 0;
    for (int i = 0; i < 2000; i++) {
      nanos += STEP_NANOS;
      boolean allowed = throttle.allows();
      changes += allowed == before ? 0 : 1;
      before = allowed;
      if (allowed) {
        throttle.ended(i % 10 != 0);
      }
    }
    assertTrue(changes > 100, "changes: " + changes);
    assertFalse(changes > 1900, "changes: " + changes);
  }
}
