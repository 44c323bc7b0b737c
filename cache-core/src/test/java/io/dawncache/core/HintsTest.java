package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** When a member receives its hints, and which callers wait for that. */
class HintsTest {
  private static final String URL = "http://one:1";

  private final Hints hints = new Hints("scores", Duration.ofSeconds(1));
  private final List<List<String>> messages = new ArrayList<>();
  private final Queue<Consumer<? super OperationResult>> unanswered = new ArrayDeque<>();
  private final List<String> ended = new ArrayList<>();

  private final PeerGetter member =
      new PeerGetter() {
        @Override
        public void fetch(PeerRequest request, Consumer<? super PeerResult> callback) {
          throw new UnsupportedOperationException();
        }

        @Override
        public void forget(
            Forget what, Duration timeout, Consumer<? super OperationResult> callback) {
          messages.add(what.keys());
          unanswered.add(callback);
        }
      };

  private void add(String key) {
    hints.add(URL, Forget.key("scores", key));
  }

  private void deliver(String caller) {
    hints.deliver(new Owner.Remote(URL, member), delivery -> ended.add(caller + " " + delivery));
  }

  private void answer() {
    unanswered.remove().accept(OperationResult.done(List.of()));
  }

  private void lose() {
    unanswered.remove().accept(OperationResult.of(OperationResult.Status.UNKNOWN, "lost"));
  }

  @Test
  void allHintsForAMemberGoInOneMessage() {
    add("Tom");
    add("Jack");
    add("Tom");
    deliver("A");
    answer();

    assertEquals(List.of(List.of("Tom", "Jack")), messages);
    assertEquals(List.of("A RECEIVED"), ended);
    assertFalse(hints.areFor(URL));
    assertTrue(hints.isEmpty());
  }

  @Test
  void aMemberWithoutHintsGetsNoMessage() {
    deliver("A");

    assertEquals(List.of(), messages);
    assertEquals(List.of("A RECEIVED"), ended);
  }

  @Test
  void whatIsAddedDuringAMessageIsInTheNextOneEvenIfItIsTheSameKey() {
    add("Tom");
    deliver("A");
    add("Tom");
    deliver("B");
    answer();
    assertEquals(List.of("A RECEIVED"), ended);
    assertTrue(hints.areFor(URL));
    answer();

    assertEquals(List.of(List.of("Tom"), List.of("Tom")), messages);
    assertEquals(List.of("A RECEIVED", "B RECEIVED"), ended);
    assertTrue(hints.isEmpty());
  }

  @Test
  void underSteadyChangesACallerWaitsForTwoMessagesAtMost() {
    add("key-0");
    deliver("0");
    for (int i = 1; i <= 100; i++) {
      add("key-" + i);
      deliver(Integer.toString(i)); // the message under way left before
      answer();
      assertEquals(i, ended.size());
    }

    assertTrue(hints.areFor(URL));
    assertEquals(101, messages.size());
  }

  @Test
  void theHintsOfALostMessageAreSentAgain() {
    add("Tom");
    deliver("A");
    add("Jack");
    deliver("B");
    lose();
    assertEquals(List.of("A LOST", "B LOST"), ended);

    deliver("C");
    answer();

    assertEquals(List.of(List.of("Tom"), List.of("Tom", "Jack")), messages);
    assertEquals("C RECEIVED", ended.get(2));
    assertTrue(hints.isEmpty());
  }

  @Test
  void tooManyHintsAreTheWholeGroupUntilTheyAreDelivered() {
    for (int i = 0; i <= ChangedKeys.MOST_KEYS; i++) {
      add("key-" + i);
    }
    deliver("A");
    answer();
    add("Tom");
    deliver("B");
    answer();

    assertEquals(List.of(List.of(), List.of("Tom")), messages);
  }

  @Test
  void aMemberThatHasLeftLosesItsHints() {
    add("Tom");
    hints.add("http://two:1", Forget.key("scores", "Tom"));

    assertEquals(Set.of(URL), hints.retain(Set.of("http://two:1", "http://three:1")));

    assertFalse(hints.areFor(URL));
    assertTrue(hints.areFor("http://two:1"));
    assertEquals(Set.of("http://two:1"), hints.retain(Set.of()));
    assertTrue(hints.isEmpty());
  }

  @Test
  void aMessageThatWasUnderWayWhenItsMemberLeftEndsAsItEnds() {
    add("Tom");
    deliver("A");
    assertEquals(Set.of(URL), hints.retain(Set.of()));
    add("Jack"); // it is back
    lose();
    assertEquals(List.of("A LOST"), ended);
    assertTrue(hints.areFor(URL));

    deliver("B");
    answer();

    assertEquals(List.of(List.of("Tom"), List.of("Jack")), messages);
    assertTrue(hints.isEmpty());
  }
}
