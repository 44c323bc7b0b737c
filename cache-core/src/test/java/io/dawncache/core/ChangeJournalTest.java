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
class ChangeJournalTest {
  private final ChangeJournal journal = new ChangeJournal("scores");
  private Set<String> present = Set.of();

  private void changed(String... keys) {
    assertFalse(journal.note(new Forget("scores", List.of(keys)), present));
  }

  private Map<String, Forget> listIs(String... members) {
    present = Set.of(members);
    Map<String, Forget> missed = new HashMap<>();
    assertTrue(journal.listIs(journal.beginLook(), present, missed::put));
    return missed;
  }

  private static Forget keys(String... keys) {
    return new Forget("scores", List.of(keys));
  }

  @Test
  void aNewNodeHasNoHintsForItsFirstList() {
    assertEquals(Map.of(), listIs("one", "two"));
  }

  @Test
  void aMemberThatWasNeverSeenHasMissedAllChanges() {
    assertEquals(Map.of(), listIs("one"));
    changed("Tom");
    changed("Jack");
    changed("Tom");

    assertEquals(Map.of("two", keys("Tom", "Jack")), listIs("one", "two"));
  }

  @Test
  void aMemberThatJoinsHasMissedWhatAnotherNodeKnewOfToo() {
    assertEquals(Map.of(), listIs("one"));
    assertNull(journal.known());
    changed("Tom");

    journal.adopt(keys("Jack", "Tom"));

    assertEquals(keys("Tom", "Jack"), journal.known());
    assertEquals(Map.of("two", keys("Tom", "Jack")), listIs("one", "two"));
    journal.adopt(Forget.all("scores"));
    assertEquals(Map.of("three", Forget.all("scores")), listIs("one", "two", "three"));
  }

  @Test
  void aMemberThatComesBackHasMissedTheChangesSinceItLeft() {
    changed("Tom");
    assertEquals(Map.of("one", keys("Tom")), listIs("one"));
    changed("Jack");
    assertEquals(Map.of(), listIs());
    changed("Sam");

    assertEquals(Map.of("one", keys("Sam")), listIs("one"));
  }

  @Test
  void aMemberThatComesBackBeforeAnyChangeHasMissedNothing() {
    changed("Tom");
    var unused = listIs("one");
    unused = listIs();

    assertEquals(Map.of(), listIs("one"));
  }

  @Test
  void aClearIsMissedLikeAnyChange() {
    changed("Tom");
    assertFalse(journal.note(Forget.all("scores"), present));

    assertEquals(Map.of("one", Forget.all("scores")), listIs("one"));
    var unused = listIs();
    changed("Jack");
    assertEquals(Map.of("one", keys("Jack")), listIs("one"));
  }

  @Test
  void moreThanTheJournalHoldsIsTheWholeGroup() {
    for (int i = 0; i < ChangedKeys.MOST_KEYS; i++) {
      changed("key-" + i);
    }
    assertEquals(ChangedKeys.MOST_KEYS, listIs("one").get("one").keys().size());
    changed("one more");

    assertEquals(Map.of("two", Forget.all("scores")), listIs("one", "two"));
  }

  @Test
  void aHeavyJournalForgetsEarlier() {
    changed("k".repeat(ChangedKeys.MOST_CHARS / 2));
    changed("j".repeat(ChangedKeys.MOST_CHARS / 2));
    changed("Tom");

    assertTrue(listIs("one").get("one").isAll());
  }

  @Test
  void aMemberThatLeftLongBeforeManyOthersCountsAsNeverSeen() {
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
  void aMemberThatLeftUnnoticedMissesTheChangeThatFindsItGone() {
    assertEquals(Map.of(), listIs("one"));
    assertTrue(journal.note(keys("Tom"), Set.of())); // the list was read without it

    assertEquals(Map.of("one", keys("Tom")), listIs("one"));
  }

  @Test
  void aMemberThatLeftBeforeItReceivedAllCountsAsNeverSeen() {
    changed("Tom");
    var unused = listIs("one");
    unused = listIs();
    journal.leftLacking(Set.of("one"));
    changed("Jack");

    assertEquals(Map.of("one", keys("Tom", "Jack")), listIs("one"));
  }

  @Test
  void ofTwoLooksTheLaterOneCounts() {
    long early = journal.beginLook();
    var unused = listIs("one", "two");

    assertFalse(journal.listIs(early, Set.of("one"), (url, missed) -> {}));

    assertTrue(journal.isPresent("two"));
  }

  @Test
  void aMemberIsPresentOnlyOnceItsHintsAreAdded() {
    changed("Tom");
    List<Boolean> present = new ArrayList<>();

    assertTrue(
        journal.listIs(
            journal.beginLook(),
            Set.of("one"),
            (url, missed) -> present.add(journal.isPresent(url))));

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
  void aNewMemberReceivesEarlierChangesBeforeItIsAskedAnything() {
    node.registerPeerPicker(picker);
    var unused = scores.remove("Tom");
    scores.forServers().forget(keys("Jack")); // sent by another member

    picker.change(new Owner.Remote("http://new:1", member), HandPicker.SELF);
    assertEquals("630", scores.get("Sam").toUtf8());

    assertEquals(List.of("forget [Tom, Jack]", "fetch Sam"), log);
  }

  @Test
  void evenIfItIsAskedBeforeTheNewListIsAnnounced() {
    node.registerPeerPicker(picker);
    var unused = scores.remove("Tom");

    picker.changeSilently(new Owner.Remote("http://new:1", member), HandPicker.SELF);
    assertEquals("630", scores.get("Sam").toUtf8());

    assertEquals(List.of("forget [Tom]", "fetch Sam"), log);
  }

  @Test
  void itReceivesAChangeThatHadReadTheListJustBeforeItJoined() {
    node.registerPeerPicker(picker);

    picker.whenListedNext(
        () -> picker.change(new Owner.Remote("http://new:1", member), HandPicker.SELF));
    var unused = scores.remove("Tom");
    assertEquals("630", scores.get("Sam").toUtf8());

    assertEquals(List.of("forget [Tom]", "fetch Sam"), log);
  }

  @Test
  void orOneThatAnotherMemberHadSent() {
    node.registerPeerPicker(picker);

    picker.whenListedNext(
        () -> picker.change(new Owner.Remote("http://new:1", member), HandPicker.SELF));
    scores.forServers().forget(keys("Tom"));
    assertEquals("630", scores.get("Sam").toUtf8());

    assertEquals(List.of("forget [Tom]", "fetch Sam"), log);
  }

  @Test
  void thePickerIsAskedUnderNoLock() {
    node.registerPeerPicker(picker);
    Runnable byAnother =
        () -> CompletableFuture.runAsync(scores::rehome).orTimeout(10, SECONDS).join();

    picker.whenListedNext(byAnother);
    picker.change(new Owner.Remote("http://one:1", member), HandPicker.SELF);
    picker.whenListedNext(byAnother);
    var unused = scores.remove("Tom");
  }

  @Test
  void aNodeThatIsNoMemberMakesItsOwnChange() {
    picker.change(new Owner.Remote("http://one:1", member));
    node.registerPeerPicker(picker);
    assertEquals("630", scores.get("Tom").toUtf8());
    assertNotNull(scores.peek("Tom"));

    assertTrue(scores.remove("Tom").isEverywhere());

    assertNull(scores.peek("Tom"));
  }
}
