package io.dawncache.server.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.server.testing.LogRecorder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReachabilityTest {
  private static final long AVOID_NANOS = 1000;

  private long now = Long.MAX_VALUE - 1500; // the clock wraps within two avoid times
  private final Reachability reachability =
      new Reachability("http://ten:1", AVOID_NANOS, () -> now);

  @Test
  void aPeerMayBeAskedFromTheBeginning() {
    assertTrue(reachability.tryAcquire());
    assertTrue(reachability.tryAcquire());
  }

  @Test
  void aPeerThatCouldNotBeAskedIsAvoidedForAWhile() {
    reachability.missed();

    assertFalse(reachability.tryAcquire());
    now += AVOID_NANOS - 1;
    assertFalse(reachability.tryAcquire());
  }

  @Test
  void afterTheWhileOneCallerMayAskAndTheOthersWaitForWhatItFinds() {
    reachability.missed();
    now += AVOID_NANOS;

    assertTrue(reachability.tryAcquire());
    assertFalse(reachability.tryAcquire());
  }

  @Test
  void aCallerThatNeverTellsWhatItFoundIsFollowedByAnotherAfterAWhile() {
    reachability.missed();
    now += AVOID_NANOS;
    assertTrue(reachability.tryAcquire());

    now += AVOID_NANOS - 1;
    assertFalse(reachability.tryAcquire());
    now += 1;
    assertTrue(reachability.tryAcquire());
  }

  @Test
  void aPeerThatIsMissedAgainIsAvoidedAgain() {
    reachability.missed();
    now += AVOID_NANOS;
    assertTrue(reachability.tryAcquire());
    reachability.missed();

    now += AVOID_NANOS - 1;
    assertFalse(reachability.tryAcquire());
    now += 1;
    assertTrue(reachability.tryAcquire());
  }

  @Test
  void aPeerThatWasReachedMayBeAskedByAllAtOnce() {
    reachability.missed();
    assertFalse(reachability.isReachable());

    reachability.reached();

    assertTrue(reachability.isReachable());
    assertTrue(reachability.tryAcquire());
    assertTrue(reachability.tryAcquire());
  }

  @Test
  void aTryThatIsGivenBackIsTheNextCallers() {
    reachability.missed();
    now += AVOID_NANOS;
    assertTrue(reachability.tryAcquire());

    reachability.release();

    assertTrue(reachability.tryAcquire());
    assertFalse(reachability.tryAcquire());
  }

  @Test
  void aPeerThatIsReachableIsSoAfterATryIsGivenBack() {
    reachability.release();

    assertTrue(reachability.tryAcquire());
    assertTrue(reachability.tryAcquire());
  }

  @Test
  void everyRequestThatCouldNotAskIsReported() {
    List<String> reasons = new ArrayList<>();
    reachability.onMissed(reasons::add);

    reachability.missed("no connection");
    reachability.missed("silent");
    reachability.missed(); // by a probe
    reachability.reached();

    assertEquals(List.of("no connection", "silent"), reasons);
  }

  @Test
  void theLogTellsOnceThatAPeerIsLostAndOnceThatItIsBack() {
    try (LogRecorder log = LogRecorder.of(Reachability.class)) {
      reachability.reached();
      assertEquals(List.of(), log.lines());

      reachability.missed();
      reachability.missed();
      reachability.reached();
      reachability.reached();

      assertEquals(
          List.of(
              "WARNING peer http://ten:1: could not be asked, so others are asked",
              "INFO peer http://ten:1: reached again"),
          log.lines());
    }
  }
}
