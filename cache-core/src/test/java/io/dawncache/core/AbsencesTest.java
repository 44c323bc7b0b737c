package io.dawncache.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What members missed while they were away. */
class AbsencesTest {
  private final Absences absences = new Absences("scores");
  private Set<String> present = Set.of();

  private void changed(String... keys) {
    assertFalse(absences.note(new Forget("scores", List.of(keys)), present));
  }

  private Map<String, Forget> listIs(String... members) {
    present = Set.of(members);
    Map<String, Forget> missed = new HashMap<>();
    assertTrue(absences.listIs(absences.beginLook(), present, missed::put));
    return missed;
  }

  private static Forget keys(String... keys) {
    return new Forget("scores", List.of(keys));
  }

  @Test
  void theFirstListFindsAYoungNodeWithNothingToTell() {
    assertEquals(Map.of(), listIs("one", "two"));
  }

  @Test
  void whoWasNeverSeenHasMissedAllChanges() {
    assertEquals(Map.of(), listIs("one"));
    changed("Tom");
    changed("Jack");
    changed("Tom");

    assertEquals(Map.of("two", keys("Tom", "Jack")), listIs("one", "two"));
  }

  @Test
  void whoComesBackHasMissedTheChangesSinceHeLeft() {
    changed("Tom");
    assertEquals(Map.of("one", keys("Tom")), listIs("one"));
    changed("Jack");
    assertEquals(Map.of(), listIs());
    changed("Sam");

    assertEquals(Map.of("one", keys("Sam")), listIs("one"));
  }

  @Test
  void whoComesBackBeforeAnyChangeHasMissedNothing() {
    changed("Tom");
    var unused = listIs("one");
    unused = listIs();

    assertEquals(Map.of(), listIs("one"));
  }

  @Test
  void aClearIsMissedLikeAnyChange() {
    changed("Tom");
    assertFalse(absences.note(Forget.all("scores"), present));

    assertEquals(Map.of("one", Forget.all("scores")), listIs("one"));
    var unused = listIs();
    changed("Jack");
    assertEquals(Map.of("one", keys("Jack")), listIs("one"));
  }

  @Test
  void moreThanTheJournalRemembersIsTheWholeGroup() {
    for (int i = 0; i < Debts.MOST_KEYS; i++) {
      changed("key-" + i);
    }
    assertEquals(Debts.MOST_KEYS, listIs("one").get("one").keys().size());
    changed("one more");

    assertEquals(Map.of("two", Forget.all("scores")), listIs("one", "two"));
  }

  @Test
  void aHeavyJournalForgetsEarlier() {
    changed("k".repeat(Debts.MOST_CHARS / 2));
    changed("j".repeat(Debts.MOST_CHARS / 2));
    changed("Tom");

    assertTrue(listIs("one").get("one").isAll());
  }

  @Test
  void whoLeftLongBeforeManyOthersCountsAsNeverSeen() {
    changed("Tom");
    var unused = listIs("one");
    for (int i = 0; i <= 1_000; i++) {
      unused = listIs("member-" + i);
    }
    unused = listIs();
    changed("Jack");

    assertEquals(
        Map.of("one", keys("Tom", "Jack"), "member-1000", keys("Jack")),
        listIs("one", "member-1000"));
  }

  @Test
  void whoHasLeftUnnoticedMissesTheChangeThatFindsHimGone() {
    assertEquals(Map.of(), listIs("one"));
    assertTrue(absences.note(keys("Tom"), Set.of())); // the list was read without him

    assertEquals(Map.of("one", keys("Tom")), listIs("one"));
  }

  @Test
  void whoLeftBeforeHeHadHeardOfAllCountsAsNeverSeen() {
    changed("Tom");
    var unused = listIs("one");
    unused = listIs();
    absences.neverSeen(Set.of("one"));
    changed("Jack");

    assertEquals(Map.of("one", keys("Tom", "Jack")), listIs("one"));
  }

  @Test
  void ofTwoLooksWhatTheLaterOneFoundCounts() {
    long early = absences.beginLook();
    var unused = listIs("one", "two");

    assertFalse(absences.listIs(early, Set.of("one"), (url, missed) -> {}));

    assertTrue(absences.isPresent("two"));
  }

  @Test
  void nobodyCountsAsPresentBeforeWhatHeMissedIsOwed() {
    changed("Tom");
    List<Boolean> present = new ArrayList<>();

    assertTrue(
        absences.listIs(
            absences.beginLook(),
            Set.of("one"),
            (url, missed) -> present.add(absences.isPresent(url))));

    assertEquals(List.of(false), present);
  }

  // In a node

  private final List<String> log = new ArrayList<>();

  private final PeerGetter member =
      new PeerGetter() {
        @Override
        public void fetch(PeerRequest request, Consumer<? super PeerResult> callback) {
          log.add("fetch " + request.key());
          callback.accept(PeerResult.value(ByteView.ofUtf8("630"), Long.MAX_VALUE, false, 1_000));
        }

        @Override
        public void forget(
            Forget what, Duration timeout, Consumer<? super OperationResult> callback) {
          log.add("forget " + what.keys());
          callback.accept(OperationResult.done(List.of()));
        }

        @Override
        public void coordinate(
            Operation operation, Duration timeout, Consumer<? super OperationResult> callback) {
          callback.accept(OperationResult.done(List.of()));
        }
      };

  private final HandPicker picker = new HandPicker(HandPicker.SELF);
  private final CacheNode node = CacheNode.create();
  private final Group scores = node.addGroup("scores", Loaded::ofUtf8);

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void aNewMemberHearsOfChangesOfBeforeItCameBeforeItIsAskedAnything() {
    node.registerPeerPicker(picker);
    var unused = scores.remove("Tom");
    scores.forget(keys("Jack")); // by another member's word

    picker.change(new Peer("http://new:1", member), HandPicker.SELF);
    assertEquals("630", scores.get("Sam").toUtf8());

    assertEquals(List.of("forget [Tom, Jack]", "fetch Sam"), log);
  }

  @Test
  void itHearsOfThemEvenIfItIsAskedBeforeTheNewListIsAnnounced() {
    node.registerPeerPicker(picker);
    var unused = scores.remove("Tom");

    picker.changeSilently(new Peer("http://new:1", member), HandPicker.SELF);
    assertEquals("630", scores.get("Sam").toUtf8());

    assertEquals(List.of("forget [Tom]", "fetch Sam"), log);
  }

  @Test
  void itHearsOfAChangeThatHadReadTheListJustBeforeItCame() {
    node.registerPeerPicker(picker);

    picker.whenListedNext(() -> picker.change(new Peer("http://new:1", member), HandPicker.SELF));
    var unused = scores.remove("Tom");
    assertEquals("630", scores.get("Sam").toUtf8());

    assertEquals(List.of("forget [Tom]", "fetch Sam"), log);
  }

  @Test
  void orThatAnotherMemberHadToldOf() {
    node.registerPeerPicker(picker);

    picker.whenListedNext(() -> picker.change(new Peer("http://new:1", member), HandPicker.SELF));
    scores.forget(keys("Tom"));
    assertEquals("630", scores.get("Sam").toUtf8());

    assertEquals(List.of("forget [Tom]", "fetch Sam"), log);
  }

  @Test
  void thePickerIsAskedUnderNoLock() {
    node.registerPeerPicker(picker);
    Runnable byAnother =
        () -> CompletableFuture.runAsync(scores::rehome).orTimeout(10, SECONDS).join();

    picker.whenListedNext(byAnother);
    picker.change(new Peer("http://one:1", member), HandPicker.SELF);
    picker.whenListedNext(byAnother);
    var unused = scores.remove("Tom");
  }

  @Test
  void aNodeThatIsNoMemberHearsOfItsOwnChange() {
    picker.change(new Peer("http://one:1", member));
    node.registerPeerPicker(picker);
    assertEquals("630", scores.get("Tom").toUtf8());
    assertNotNull(scores.peek("Tom"));

    assertTrue(scores.remove("Tom").isEverywhere());

    assertNull(scores.peek("Tom"));
  }
}
