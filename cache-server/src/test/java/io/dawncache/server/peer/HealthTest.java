package io.dawncache.server.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.server.PeerHealth.State;
import io.dawncache.server.peer.Probe.Outcome;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** When a peer is ejected, and when it comes back. */
class HealthTest {
  private static final String PEER = "http://ten:1";

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Reachability reachability = new Reachability(PEER, Long.MAX_VALUE / 2, () -> 0);
  private final Deque<Consumer<Outcome>> probes = new ArrayDeque<>();
  private final List<String> changes = new ArrayList<>();
  private boolean tooMany;
  private int returns;
  private long now;

  private final Ejections ejections =
      new Ejections() {
        @Override
        public void eject(String url, Consumer<Boolean> done) {
          if (!tooMany) {
            changes.add("eject " + url);
          }
          done.accept(!tooMany);
        }

        @Override
        public void leave(String url, Runnable done) {
          changes.add("leave " + url);
          done.run();
        }

        @Override
        public void readmit(String url, Runnable done) {
          changes.add("readmit " + url);
          done.run();
        }
      };

  private final Health health =
      new Health(
          PEER,
          probes::add,
          ejections,
          reachability,
          channel.eventLoop(),
          () -> now,
          () -> returns++);

  private void missed(String why) {
    reachability.missed();
    health.missed(why);
    channel.runPendingTasks();
  }

  /** Ends the probe that runs. */
  private void found(Outcome outcome) {
    assertEquals(1, probes.size(), "one probe at a time");
    probes.remove().accept(outcome);
    channel.runPendingTasks();
  }

  private void passSecond() {
    now += TimeUnit.SECONDS.toNanos(1);
    channel.advanceTimeBy(1, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    channel.runPendingTasks();
  }

  private void leave(long instance) {
    health.leaves(instance, () -> changes.add("done"));
    channel.runPendingTasks();
  }

  private void meet(long instance) {
    health.met(instance);
    channel.runPendingTasks();
  }

  private State state() {
    return health.present().state();
  }

  private void eject() {
    missed("no connection");
    found(Outcome.REFUSED);
    assertEquals(State.EJECTED, state());
  }

  @Test
  void aPeerThatCouldNotBeAskedIsSuspectAndProbedAtOnce() {
    missed("no connection, Connection refused");

    assertEquals(State.SUSPECT, state());
    assertEquals("no connection, Connection refused", health.present().reason());
    assertEquals(1, probes.size());
    assertEquals(List.of(), changes);
  }

  @Test
  void aPeerThatLeavesIsOutAtOnceHoweverFewAreLeft() {
    tooMany = true;

    leave(7);

    assertEquals(State.LEAVING, state());
    assertEquals(List.of("leave " + PEER, "done"), changes);
    leave(7);
    assertEquals(List.of("leave " + PEER, "done", "done"), changes, "it says so again");
  }

  @Test
  void aPeerThatLeavesAnswersProbesUntilItStops() {
    leave(7);
    changes.clear();
    passSecond();
    found(Outcome.ANSWERED);
    passSecond();
    found(Outcome.REFUSED);
    assertEquals(State.LEAVING, state());
    assertEquals(List.of(), changes);

    passSecond();
    found(Outcome.ANSWERED);

    assertEquals(State.UP, state());
    assertEquals(List.of("readmit " + PEER), changes);
    assertEquals(1, returns);
  }

  @Test
  void aPeerThatSaysItLeavesAndStaysIsReadmittedInTheEnd() {
    leave(7);
    passSecond();
    now += TimeUnit.MINUTES.toNanos(1);

    found(Outcome.ANSWERED);

    assertEquals(State.UP, state());
  }

  @Test
  void anotherProcessInThePlaceOfOneThatLeftIsReadmittedAtOnce() {
    leave(7);
    meet(7);
    assertEquals(State.LEAVING, state());

    meet(8);

    assertEquals(State.UP, state());
    assertEquals(1, returns);
    leave(8);
    assertEquals(State.LEAVING, state());
  }

  @Test
  void aSuspectThatLeavesIsNotEjectedBesides() {
    missed("no connection");
    leave(7);

    found(Outcome.REFUSED);

    assertEquals(State.LEAVING, state());
    assertEquals(List.of("leave " + PEER, "done"), changes);
  }

  @Test
  void aSuspectThatAnswersTheProbeIsAskedAgain() {
    missed("no connection");

    found(Outcome.ANSWERED);

    assertEquals(State.UP, state());
    assertTrue(reachability.tryAcquire());
    assertEquals(List.of(), changes);
  }

  @Test
  void aSuspectThatFailsTheProbeIsEjected() {
    for (Outcome failure : Outcome.values()) {
      if (failure != Outcome.ANSWERED) {
        missed("no connection");
        found(failure);

        assertEquals(State.EJECTED, state());
        assertEquals(failure.toString(), health.present().reason());
        assertFalse(reachability.tryAcquire());
        comeBack();
      }
    }
  }

  /** Answers as many probes as it takes, and returns how many. */
  private int comeBack() {
    int answers = 0;
    while (state() == State.EJECTED) {
      passSecond();
      found(Outcome.ANSWERED);
      answers++;
    }
    assertEquals("readmit " + PEER, changes.get(changes.size() - 1));
    assertTrue(reachability.tryAcquire());
    return answers;
  }

  @Test
  void manyRequestsThatFailTogetherAreOneMiss() {
    missed("silent");
    missed("silent");
    missed("silent");

    assertEquals(1, probes.size());
    found(Outcome.ANSWERED);
    assertEquals(State.UP, state());
  }

  @Test
  void anEjectedPeerIsProbedEachSecondUntilItAnswers() {
    eject();
    for (int i = 0; i < 3; i++) {
      assertEquals(0, probes.size());
      passSecond();
      found(Outcome.REFUSED);
      assertEquals(State.EJECTED, state());
    }

    assertEquals(0, returns);
    assertEquals(1, comeBack());
    assertEquals(List.of("eject " + PEER, "readmit " + PEER), changes);
    assertEquals(1, returns);
  }

  @Test
  void aPeerThatFlapsComesBackSlowly() {
    List<Integer> answersNeeded = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      eject();
      answersNeeded.add(comeBack());
    }

    assertEquals(List.of(1, 2, 4, 8, 16, 32, 32), answersNeeded);
  }

  @Test
  void anAnswerMissedInBetweenDoesNotCount() {
    eject();
    comeBack();
    eject();
    passSecond();
    found(Outcome.ANSWERED);
    passSecond();
    found(Outcome.SILENT);

    assertEquals(2, comeBack());
  }

  @Test
  void aPeerThatHasBeenUpForTenMinutesDoesNotFlap() {
    eject();
    comeBack();
    eject();
    comeBack();
    now += TimeUnit.MINUTES.toNanos(10);

    eject();

    assertEquals(1, comeBack());
  }

  @Test
  void aPeerThatMayNotBeEjectedStaysSuspectAndIsTriedAgain() {
    tooMany = true;
    missed("no connection");
    found(Outcome.REFUSED);
    assertEquals(State.SUSPECT, state());
    assertFalse(reachability.tryAcquire());

    passSecond();
    found(Outcome.REFUSED);
    assertEquals(State.SUSPECT, state());
    tooMany = false;
    passSecond();
    found(Outcome.REFUSED);

    assertEquals(State.EJECTED, state());
  }

  @Test
  void aDoubtedPeerIsProbedAtMostTwiceASecondAndEjectedIfItFailsTwice() {
    health.doubted();
    health.doubted();
    channel.runPendingTasks();
    assertEquals(State.UP, state());
    found(Outcome.ANSWERED);
    health.doubted();
    channel.runPendingTasks();
    assertEquals(0, probes.size());

    passSecond();
    health.doubted();
    channel.runPendingTasks();
    found(Outcome.REFUSED);
    assertEquals(State.SUSPECT, state());
    found(Outcome.REFUSED);

    assertEquals(State.EJECTED, state());
  }

  @Test
  void aPeerThatHasLeftIsProbedNoMore() {
    eject();
    health.close();

    passSecond();

    assertEquals(0, probes.size());
    assertEquals(List.of("eject " + PEER), changes);
  }
}
