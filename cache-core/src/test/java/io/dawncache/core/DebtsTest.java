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

/** What a member is owed: when it is told, and who waits for that. */
class DebtsTest {
  private static final String URL = "http://one:1";

  private final Debts debts = new Debts("scores", Duration.ofSeconds(1));
  private final List<List<String>> messages = new ArrayList<>();
  private final Queue<Consumer<? super OperationResult>> unanswered = new ArrayDeque<>();
  private final List<String> told = new ArrayList<>();

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

  private void owe(String key) {
    debts.add(URL, Forget.key("scores", key));
  }

  private void pay(String waiter) {
    debts.pay(
        URL, member, paid -> told.add(waiter + (paid == Debts.Paid.HEARD ? " heard" : " unheard")));
  }

  private void answer() {
    unanswered.remove().accept(OperationResult.done(List.of()));
  }

  private void lose() {
    unanswered.remove().accept(OperationResult.of(OperationResult.Status.UNKNOWN, "lost"));
  }

  @Test
  void whatIsOwedGoesInOneMessage() {
    owe("Tom");
    owe("Jack");
    owe("Tom");
    pay("A");
    answer();

    assertEquals(List.of(List.of("Tom", "Jack")), messages);
    assertEquals(List.of("A heard"), told);
    assertFalse(debts.owes(URL));
    assertTrue(debts.isEmpty());
  }

  @Test
  void whoIsOwedNothingIsToldNothing() {
    pay("A");

    assertEquals(List.of(), messages);
    assertEquals(List.of("A heard"), told);
  }

  @Test
  void whatIsAddedDuringAMessageIsInTheNextOneEvenIfItIsTheSameKey() {
    owe("Tom");
    pay("A");
    owe("Tom");
    pay("B");
    answer();
    assertEquals(List.of("A heard"), told);
    assertTrue(debts.owes(URL));
    answer();

    assertEquals(List.of(List.of("Tom"), List.of("Tom")), messages);
    assertEquals(List.of("A heard", "B heard"), told);
    assertTrue(debts.isEmpty());
  }

  @Test
  void underSteadyChangesEveryoneWaitsForTwoMessagesAtMost() {
    owe("key-0");
    pay("0");
    for (int i = 1; i <= 100; i++) {
      owe("key-" + i);
      pay(Integer.toString(i)); // the message on its way left before
      answer();
      assertEquals(i, told.size());
    }

    assertTrue(debts.owes(URL));
    assertEquals(101, messages.size());
  }

  @Test
  void whatALostMessageSaidIsOwedOn() {
    owe("Tom");
    pay("A");
    owe("Jack");
    pay("B");
    lose();
    assertEquals(List.of("A unheard", "B unheard"), told);

    pay("C");
    answer();

    assertEquals(List.of(List.of("Tom"), List.of("Tom", "Jack")), messages);
    assertEquals("C heard", told.get(2));
    assertTrue(debts.isEmpty());
  }

  @Test
  void aDebtOfTooManyKeysIsTheWholeGroupUntilItIsPaid() {
    for (int i = 0; i <= Debts.MOST_KEYS; i++) {
      owe("key-" + i);
    }
    pay("A");
    answer();
    owe("Tom");
    pay("B");
    answer();

    assertEquals(List.of(List.of(), List.of("Tom")), messages);
  }

  @Test
  void whoIsNoMemberAnyMoreIsOwedNothing() {
    owe("Tom");
    debts.add("http://two:1", Forget.key("scores", "Tom"));

    assertEquals(Set.of(URL), debts.dropAllBut(Set.of("http://two:1", "http://three:1")));

    assertFalse(debts.owes(URL));
    assertTrue(debts.owes("http://two:1"));
    assertEquals(Set.of("http://two:1"), debts.dropAllBut(Set.of()));
    assertTrue(debts.isEmpty());
  }

  @Test
  void aMessageThatWasUnderWayWhenItsMemberLeftEndsAsItEnds() {
    owe("Tom");
    pay("A");
    assertEquals(Set.of(URL), debts.dropAllBut(Set.of()));
    owe("Jack"); // it is back
    lose();
    assertEquals(List.of("A unheard"), told);
    assertTrue(debts.owes(URL));

    pay("B");
    answer();

    assertEquals(List.of(List.of("Tom"), List.of("Jack")), messages);
    assertTrue(debts.isEmpty());
  }
}
