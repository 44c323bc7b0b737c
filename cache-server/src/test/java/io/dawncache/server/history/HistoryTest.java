package io.dawncache.server.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.dawncache.core.consistenthash.Ring;
import io.dawncache.server.ServerConfig;
import io.dawncache.server.history.History.Change;
import io.dawncache.server.history.History.Get;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** That the judge finds made-up faults, and leaves open what the promise leaves open. */
class HistoryTest {
  private static final List<String> MEMBERS =
      List.of("http://a:1", "http://b:1", "http://c:1", "http://d:1");
  private static final String A = MEMBERS.get(0);
  private static final String D = MEMBERS.get(3);

  private final History history = new History();

  @BeforeEach
  void join() {
    history.listsAre(MEMBERS);
  }

  /** Returns a key of which a member is one of the two owners, or is not. */
  private static String key(String owner, boolean owns) {
    Ring ring = Ring.of(ServerConfig.builder().build().ring(), 50, MEMBERS);
    return IntStream.range(0, 1_000)
        .mapToObj(i -> "key" + i)
        .filter(
            key -> {
              List<String> owners = new ArrayList<>();
              ring.owners(key).forEachRemaining(owners::add);
              return owners.subList(0, 2).contains(owner) == owns;
            })
        .findFirst()
        .orElseThrow();
  }

  private void removed(String key, String... unreached) {
    history.remove(key).done(List.of(unreached));
  }

  private void sees(String node, String key, String value) {
    history.answered(history.get(node, key), value);
  }

  private void assertFaults(int count) {
    List<String> faults = history.takeFaults();
    assertEquals(count, faults.size(), faults::toString);
  }

  @Test
  void aValueThatWasRemovedIsAFaultWhereverItIsSeen() {
    String old = history.load("Tom");
    removed("Tom");

    MEMBERS.forEach(member -> sees(member, "Tom", old));

    assertFaults(4);
    assertEquals(4, history.strictlyJudged());
  }

  @Test
  void soIsOneThatWasClearedOrPutOver() {
    String tom = history.load("Tom");
    String jack = history.load("Jack");
    history.put("Jack").done(List.of());
    sees(A, "Jack", jack);
    assertFaults(1);

    history.remove(null).done(List.of());
    sees(A, "Tom", tom);

    assertFaults(1);
  }

  @Test
  void soIsAPutValueThatWasRemoved() {
    Change put = history.put("Tom");
    put.done(List.of());
    sees(A, "Tom", put.value);
    assertFaults(0);
    removed("Tom");

    sees(A, "Tom", put.value);

    assertFaults(1);
  }

  @Test
  void soIsWhatWasNeverUnderTheKey() {
    sees(A, "Tom", history.load("Jack"));
    sees(A, "Tom", "Tom-loaded-0");

    assertFaults(2);
  }

  @Test
  void whatIsNotAfterAnotherIsNoFault() {
    String old = history.load("Tom");
    removed("Jack"); // another key
    sees(A, "Tom", old);

    Change removal = history.remove("Tom");
    String during = history.load("Tom");
    Get before = history.get(A, "Tom");
    removal.done(List.of());
    history.answered(before, old);
    sees(A, "Tom", during);

    assertFaults(0);
  }

  @Test
  void aPutThatWasNeverAnsweredMayBeSeenAtAnyTime() {
    Change put = history.put("Tom");
    removed("Tom");

    sees(A, "Tom", put.value);

    assertFaults(0);
  }

  @Test
  void aMemberThatWasNotReachedMayAnswerWithAnOldValueAndNoOther() {
    String key = key(D, false);
    String old = history.load(key);
    removed(key, D);

    sees(D, key, old);
    assertFaults(0);
    assertEquals(0, history.strictlyJudged());
    sees(A, key, old);

    assertFaults(1);
    assertEquals(1, history.strictlyJudged());
    assertEquals(1, history.changesElsewhere());
  }

  @Test
  void fromAnOwnerThatWasNotReachedAllMayHaveIt() {
    String key = key(D, true);
    String old = history.load(key);
    removed(key, D);

    MEMBERS.forEach(member -> sees(member, key, old));

    assertFaults(0);
    assertEquals(0, history.strictlyJudged());
  }

  @Test
  void untilThatMemberHasForgottenEverything() {
    String key = key(D, true);
    String old = history.load(key);
    history.forgotAll(D); // too early
    removed(key, D);
    sees(D, key, old);
    assertFaults(0);

    history.forgotAll(D);
    MEMBERS.forEach(member -> sees(member, key, old));

    assertFaults(4);
  }

  @Test
  void whileListsChangeAllIsOpenAndOnlyThen() {
    String old = history.load("Tom");
    Change before = history.remove("Tom");
    history.listsChange();
    removed("Tom");
    Change after = history.remove("Tom");
    history.listsAre(MEMBERS);
    before.done(List.of());
    after.done(List.of());
    sees(A, "Tom", old);
    assertFaults(0);
    assertEquals(0, history.strictlyJudged());

    removed("Tom");
    sees(A, "Tom", old);

    assertFaults(1);
    assertEquals(1, history.strictlyJudged());
  }

  @Test
  void whoIsNoMemberMayAnswerWithAnOldValue() {
    String old = history.load("Tom");
    removed("Tom");

    sees("http://newcomer:1", "Tom", old);

    assertFaults(0);
  }

  @Test
  void whenAllIsQuietNothingIsOpen() {
    String old = history.load("Tom");
    removed("Tom", MEMBERS.toArray(String[]::new));
    history.listsChange();
    sees(A, "Tom", old);
    assertFaults(0);

    history.isQuiet();
    sees(A, "Tom", old);

    assertFaults(1);
  }

  @Test
  void noTwoValuesAreTheSame() {
    assertNotEquals(history.load("Tom"), history.load("Tom"));
    assertNotEquals(history.put("Tom").value, history.put("Tom").value);
  }
}
