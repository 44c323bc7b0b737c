package io.dawncache.server.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.server.testing.LogRecorder;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReachabilityTest {
  private static final long AVOID_NANOS = 1000;

  private long now = Long.MAX_VALUE - 1500; // the clock wraps within two avoid times
  private final Reachability reachability =
      new Reachability("http://ten:1", AVOID_NANOS, () -> now);

  @Test
  void aPeerMayBeAskedFromTheBeginning() {
    assertTrue(reachability.mayAsk());
    assertTrue(reachability.mayAsk());
  }

  @Test
  void aPeerThatCouldNotBeAskedIsAvoidedForAWhile() {
    reachability.missed();

    assertFalse(reachability.mayAsk());
    now += AVOID_NANOS - 1;
    assertFalse(reachability.mayAsk());
  }

  @Test
  void afterTheWhileOneCallerMayAskAndTheOthersWaitForWhatItFinds() {
    reachability.missed();
    now += AVOID_NANOS;

    assertTrue(reachability.mayAsk());
    assertFalse(reachability.mayAsk());
  }

  @Test
  void aCallerThatNeverTellsWhatItFoundIsFollowedByAnotherAfterAWhile() {
    reachability.missed();
    now += AVOID_NANOS;
    assertTrue(reachability.mayAsk());

    now += AVOID_NANOS - 1;
    assertFalse(reachability.mayAsk());
    now += 1;
    assertTrue(reachability.mayAsk());
  }

  @Test
  void aPeerThatIsMissedAgainIsAvoidedAgain() {
    reachability.missed();
    now += AVOID_NANOS;
    assertTrue(reachability.mayAsk());
    reachability.missed();

    now += AVOID_NANOS - 1;
    assertFalse(reachability.mayAsk());
    now += 1;
    assertTrue(reachability.mayAsk());
  }

  @Test
  void aPeerThatWasReachedMayBeAskedByAllAtOnce() {
    reachability.missed();

    reachability.reached();

    assertTrue(reachability.mayAsk());
    assertTrue(reachability.mayAsk());
  }

  @Test
  void aTryThatIsGivenBackIsTheNextCallers() {
    reachability.missed();
    now += AVOID_NANOS;
    assertTrue(reachability.mayAsk());

    reachability.giveBack();

    assertTrue(reachability.mayAsk());
    assertFalse(reachability.mayAsk());
  }

  @Test
  void aPeerThatIsReachableIsSoAfterATryIsGivenBack() {
    reachability.giveBack();

    assertTrue(reachability.mayAsk());
    assertTrue(reachability.mayAsk());
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
