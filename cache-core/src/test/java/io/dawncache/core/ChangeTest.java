package io.dawncache.core;

import static io.dawncache.core.Answers.failure;
import static io.dawncache.core.Answers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.OperationResult.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;

/** Remove, put and clear: what they do to one node, and how the fleet hears of them. */
class ChangeTest {
  @RegisterExtension final Books books = new Books();

  private final HandClock time = new HandClock();
  private final CacheNode node = books.keepFor(time.node());
  private final HandOrigin origin = new HandOrigin();
  private final Group scores =
      node.addAsyncGroup("scores", GroupConfig.builder().maxValueBytes(64 << 20).build(), origin);

  /** What every member was told, in order. */
  private final List<String> log = new CopyOnWriteArrayList<>();

  private static ByteView bytes(String text) {
    return ByteView.ofUtf8(text);
  }

  private void loaded(String key, String value) throws Exception {
    CompletableFuture<ByteView> future = scores.getAsync(key);
    origin.next().is(value);
    assertEquals(value, value(future));
  }

  private void fleet(Owner... owners) {
    node.registerPeerPicker(new HandPicker(owners));
  }

  /** A member that takes operations when the test says so. */
  private final class Member implements PeerGetter {
    final String name;
    final List<Consumer<? super OperationResult>> unanswered = new ArrayList<>();
    final List<Consumer<? super PeerResult>> fetches = new ArrayList<>();
    final List<Duration> fetchTimeouts = new ArrayList<>();
    Status answer = Status.DONE;
    boolean byHand;
    boolean refusesToCoordinate;
    Duration lastTtl = Duration.ZERO;

    Member(String name) {
      this.name = name;
    }

    Owner peer() {
      return new Owner.Remote(name, this);
    }

    @Override
    public void fetch(PeerRequest request, Consumer<? super PeerResult> callback) {
      log.add(name + " fetch " + request.key());
      fetches.add(callback);
      fetchTimeouts.add(request.timeout());
    }

    @Override
    public void forget(Forget what, Duration timeout, Consumer<? super OperationResult> callback) {
      log.add(name + " forget " + (what.isAll() ? "all" : String.join(" ", what.keys())));
      answer(callback);
    }

    @Override
    public void coordinate(
        Operation operation, Duration timeout, Consumer<? super OperationResult> callback) {
      log.add(name + (operation.value() == null ? " remove " : " put ") + operation.key());
      lastTtl = Duration.ofNanos(operation.ttlNanos());
      if (refusesToCoordinate) {
        callback.accept(OperationResult.of(Status.NOT_ASKED, "too large"));
      } else {
        answer(callback);
      }
    }

    private void answer(Consumer<? super OperationResult> callback) {
      if (byHand) {
        unanswered.add(callback);
      } else {
        callback.accept(OperationResult.of(answer, "because"));
      }
    }
  }

  private final Member one = new Member("one");
  private final Member two = new Member("two");
  private final Member three = new Member("three");

  // On one node

  @Test
  void aClosedNodeRefusesEveryChange() {
    node.close();

    assertRefused("put scores/Tom: the node was closed", () -> scores.put("Tom", bytes("631")));
    assertRefused("remove scores/Tom: the node was closed", () -> scores.remove("Tom"));
    assertRefused("clear scores: the node was closed", scores::clear);
    assertNull(scores.peek("Tom"));
  }

  private static void assertRefused(String message, Executable change) {
    assertEquals(message, assertThrows(IllegalStateException.class, change).getMessage());
  }

  @Test
  void aPutThatAPeerCoordinatesAtAClosedNodeIsNotHeld() {
    node.close();

    var results = new ArrayList<OperationResult>();
    scores
        .forServers()
        .coordinate(Operation.put("scores", "Tom", bytes("631"), 1_000), results::add);

    assertEquals(List.of(OperationResult.done(List.of())), results);
    assertNull(scores.peek("Tom"));
  }

  @Test
  void aRemovedValueIsLoadedAnew() throws Exception {
    loaded("Tom", "630");

    assertTrue(scores.remove("Tom").isEverywhere());
    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    origin.next().is("631");

    assertEquals("631", value(future));
  }

  @Test
  void aLoadOfBeforeARemovalAnswersThoseWhoWaitedAndIsNotKept() throws Exception {
    CompletableFuture<ByteView> before = scores.getAsync("Tom");
    HandOrigin.Question old = origin.next();
    scores.remove("Tom");
    CompletableFuture<ByteView> after = scores.getAsync("Tom");
    HandOrigin.Question anew = origin.next();

    old.is("old");
    assertEquals("old", value(before));
    assertFalse(after.isDone());
    anew.is("new");

    assertEquals("new", value(after));
    assertEquals("new", scores.get("Tom").toUtf8());
    assertEquals(1, scores.stats().events().notKept());
  }

  @Test
  void theOldLoadMayEvenLandAfterTheNewOne() throws Exception {
    CompletableFuture<ByteView> before = scores.getAsync("Tom");
    HandOrigin.Question old = origin.next();
    scores.remove("Tom");
    loaded("Tom", "new");

    old.is("old");

    assertEquals("old", value(before));
    assertEquals("new", scores.get("Tom").toUtf8());
  }

  @Test
  void aPutValueIsAnsweredWithoutALoadAndEndsWithItsTtl() throws Exception {
    scores.put("Tom", bytes("630"), Duration.ofSeconds(5));

    assertEquals("630", scores.get("Tom").toUtf8());
    assertEquals(0, origin.runs());
    time.pass(Duration.ofSeconds(5));
    assertNull(scores.peek("Tom"));
  }

  @Test
  void theTtlOfAPutOverridesTheGroupsAndIsNotShortened() {
    GroupConfig config = GroupConfig.builder().ttl(Duration.ofHours(1)).ttlJitter(1).build();
    Group group = node.addAsyncGroup("teams", config, origin);

    group.put("short", bytes("1"), Duration.ofMinutes(1));
    group.put("long", bytes("2"), Duration.ofDays(1));
    group.put("for ever", bytes("3"), Duration.ofSeconds(Long.MAX_VALUE));

    GroupEndpoint endpoint = group.forServers();
    assertEquals(Duration.ofMinutes(1), endpoint.remainingTtl(group.peek("short")));
    assertEquals(Duration.ofDays(1), endpoint.remainingTtl(group.peek("long")));
    assertNull(endpoint.remainingTtl(group.peek("for ever")));
  }

  @Test
  void aPutDuringALoadIsNotOverwrittenByIt() throws Exception {
    CompletableFuture<ByteView> before = scores.getAsync("Tom");
    HandOrigin.Question old = origin.next();

    scores.put("Tom", bytes("new"));
    old.is("old");

    assertEquals("old", value(before));
    assertEquals("new", scores.get("Tom").toUtf8());
  }

  @Test
  void clearForgetsEveryKeyAndEveryLoadInFlight() throws Exception {
    loaded("Tom", "630");
    loaded("Jack", "589");
    CompletableFuture<ByteView> before = scores.getAsync("Sam");
    HandOrigin.Question old = origin.next();

    scores.clear();
    old.is("567");

    assertEquals("567", value(before));
    assertEquals(0, scores.stats().mainCache().items());
  }

  @Test
  void aBadKeyIsRefusedAtOnce() {
    assertThrows(IllegalArgumentException.class, () -> scores.remove(""));
    assertThrows(IllegalArgumentException.class, () -> scores.put("", bytes("630")));
  }

  @Test
  void aTtlThatIsNotLongerThanZeroIsRefusedAtOnce() {
    for (Duration ttl : List.of(Duration.ZERO, Duration.ofNanos(-1))) {
      Executable put = () -> scores.put("Tom", bytes("630"), ttl);
      String message = assertThrows(IllegalArgumentException.class, put).getMessage();
      assertEquals("ttl: " + ttl + " (expected: > 0)", message);
    }
    assertThrows(NullPointerException.class, () -> scores.put("Tom", bytes("630"), null));
  }

  // In a fleet: who is told

  @Test
  void theOwnerIsAskedToCoordinate() {
    fleet(one.peer(), two.peer(), HandPicker.SELF);

    assertTrue(scores.remove("Tom").isEverywhere());
    assertTrue(scores.put("Tom", bytes("630")).isEverywhere());

    assertEquals(List.of("one remove Tom", "one put Tom"), log);
  }

  @Test
  void theOwnerChangesItselfThenTheNextOwnerThenAllOthersTwice() throws Exception {
    fleet(HandPicker.SELF, one.peer(), two.peer(), three.peer());
    loaded("Tom", "630");
    one.byHand = true;

    CompletableFuture<Applied> removal = scores.removeAsync("Tom");

    assertNull(scores.peek("Tom"));
    assertEquals(List.of("one forget Tom"), log);
    one.unanswered.get(0).accept(OperationResult.done(List.of()));
    assertEquals(
        List.of(
            "one forget Tom",
            "two forget Tom",
            "three forget Tom",
            "two forget Tom",
            "three forget Tom"),
        log);
    assertEquals(List.of(), removal.get().unreached());
  }

  @Test
  void aMemberThatIsNotReachedIsNamedAndTheOthersAreToldAllTheSame() {
    fleet(HandPicker.SELF, one.peer(), two.peer(), three.peer());
    one.answer = Status.NOT_ASKED;
    two.answer = Status.UNKNOWN;

    assertEquals(List.of("one", "two"), scores.remove("Tom").unreached());
    assertTrue(log.contains("three forget Tom"));
  }

  @Test
  void ifTheOwnerCannotBeAskedTheNextOwnerCoordinates() {
    fleet(one.peer(), two.peer(), three.peer(), HandPicker.SELF);
    one.answer = Status.NOT_ASKED;

    assertTrue(scores.remove("Tom").isEverywhere());

    assertEquals(List.of("one remove Tom", "two remove Tom"), log);
  }

  @Test
  void ifNoOwnerCanBeAskedThisNodeCoordinatesAndTellsTheOwnersBeforeItself() throws Exception {
    fleet(one.peer(), two.peer(), three.peer(), HandPicker.SELF);
    one.answer = Status.NOT_ASKED;
    two.answer = Status.NOT_ASKED;

    Applied applied = scores.put("Tom", bytes("630"));

    assertEquals(List.of("one", "two"), applied.unreached());
    assertEquals(
        List.of(
            "one put Tom",
            "two put Tom",
            "one forget Tom",
            "two forget Tom",
            "three forget Tom",
            "three forget Tom"),
        log);
    assertNull(scores.peek("Tom")); // what others own is not put here
  }

  @Test
  void anAnswerThatWasLostIsToldAsUnknown() {
    fleet(one.peer(), two.peer(), HandPicker.SELF);
    one.answer = Status.UNKNOWN;

    assertThrows(OutcomeUnknownException.class, () -> scores.remove("Tom"));
    assertEquals(List.of("one remove Tom"), log);
  }

  @Test
  void afterAnOwnerThatTellsNobodyThisNodeTellsTheOthers() {
    fleet(one.peer(), two.peer(), HandPicker.SELF);
    one.answer = Status.DONE_ALONE;

    scores.put("Tom", bytes("630"));

    assertEquals(List.of("one put Tom", "two forget Tom"), log);
  }

  @Test
  void ifTheOwnerCouldNotReachThisNodeItHearsFromTheAnswer() throws Exception {
    HandPicker picker = new HandPicker(HandPicker.SELF);
    node.registerPeerPicker(picker);
    CompletableFuture<ByteView> before = scores.getAsync("Tom");
    HandOrigin.Question old = origin.next();
    picker.change(one.peer(), HandPicker.SELF);
    one.byHand = true;

    CompletableFuture<Applied> removal = scores.removeAsync("Tom");
    one.unanswered.get(0).accept(OperationResult.done(List.of("http://self:1", "two")));
    old.is("old");

    assertEquals("old", value(before));
    assertEquals(List.of("two"), removal.get().unreached());
    assertNull(scores.peek("Tom"));
  }

  @Test
  void changesOfOneKeyTakeTurnsAndOthersDoNotWait() throws Exception {
    fleet(HandPicker.SELF, one.peer());
    one.byHand = true;

    CompletableFuture<Applied> first = scores.removeAsync("Tom");
    CompletableFuture<Applied> second = scores.putAsync("Tom", bytes("630"));
    CompletableFuture<Applied> other = scores.removeAsync("Jack");

    assertEquals(List.of("one forget Tom"), log); // Jack waits for the payment to one
    assertNull(scores.peek("Tom"));
    one.byHand = false;
    one.unanswered.get(0).accept(OperationResult.done(List.of()));
    first.get();
    other.get();
    second.get();
    assertEquals("630", scores.get("Tom").toUtf8());
  }

  @Test
  void manyChangesOfOneKeyAllEnd() throws Exception {
    fleet(HandPicker.SELF, one.peer());

    List<CompletableFuture<Applied>> changes =
        IntStream.range(0, 5_000).mapToObj(i -> scores.removeAsync("Tom")).toList();

    for (CompletableFuture<Applied> change : changes) {
      assertTrue(change.get().isEverywhere());
    }
  }

  private CompletableFuture<OperationResult> coordinated(Operation operation) {
    CompletableFuture<OperationResult> result = new CompletableFuture<>();
    scores.forServers().coordinate(operation, result::complete);
    return result;
  }

  @Test
  void theTtlOfAPutCountsWhileItWaitsForItsTurn() throws Exception {
    fleet(HandPicker.SELF, one.peer());
    one.byHand = true;
    var first = coordinated(Operation.remove("scores", "Tom"));
    var second =
        coordinated(Operation.put("scores", "Tom", bytes("630"), Duration.ofSeconds(9).toNanos()));
    time.pass(Duration.ofSeconds(5));

    one.byHand = false;
    one.unanswered.get(0).accept(OperationResult.done(List.of()));

    assertEquals(Status.DONE, first.get().status());
    assertEquals(Status.DONE, second.get().status());
    assertEquals(Duration.ofSeconds(4), scores.forServers().remainingTtl(scores.peek("Tom")));
  }

  @Test
  void aPutWhoseTtlIsOverBeforeItsTurnIsARemoval() throws Exception {
    fleet(HandPicker.SELF, one.peer());
    one.byHand = true;
    var first = coordinated(Operation.remove("scores", "Tom"));
    loaded("Tom", "630");
    var second =
        coordinated(Operation.put("scores", "Tom", bytes("631"), Duration.ofSeconds(1).toNanos()));
    time.pass(Duration.ofSeconds(1));
    assertNotNull(scores.peek("Tom"));

    one.byHand = false;
    one.unanswered.get(0).accept(OperationResult.done(List.of()));

    assertEquals(Status.DONE, first.get().status());
    assertEquals(Status.DONE, second.get().status());
    assertNull(scores.peek("Tom"));
  }

  @Test
  void theTtlOfAPutCountsWhileOwnersCannotBeAsked() throws Exception {
    fleet(one.peer(), two.peer(), HandPicker.SELF);
    one.byHand = true;
    var put = scores.putAsync("Tom", bytes("630"), Duration.ofSeconds(9));
    time.pass(Duration.ofSeconds(2));

    one.byHand = false;
    one.unanswered.get(0).accept(OperationResult.of(Status.NOT_ASKED, "gone"));

    assertTrue(put.get().isEverywhere());
    assertEquals(
        List.of(Duration.ofSeconds(9), Duration.ofSeconds(7)), List.of(one.lastTtl, two.lastTtl));
  }

  @Test
  void aChangeWhoseTurnComesWhenNobodyWaitsForItAnyMoreIsNotMade() throws Exception {
    fleet(HandPicker.SELF, one.peer());
    one.byHand = true;
    var first = coordinated(Operation.remove("scores", "Tom"));
    var second = coordinated(Operation.put("scores", "Tom", bytes("630"), Long.MAX_VALUE));
    time.pass(Duration.ofSeconds(9));
    var third = coordinated(Operation.put("scores", "Tom", bytes("631"), Long.MAX_VALUE));
    time.pass(Duration.ofSeconds(2));

    one.byHand = false;
    one.unanswered.get(0).accept(OperationResult.done(List.of()));

    assertEquals(Status.DONE, first.get().status());
    assertEquals(OperationResult.of(Status.UNKNOWN, "its turn did not come in 10 s"), second.get());
    assertEquals(Status.DONE, third.get().status());
    assertEquals("631", scores.get("Tom").toUtf8());
    assertEquals(List.of("one forget Tom", "one forget Tom"), log);
  }

  @Test
  void soManyChangesOfAKeyMayWaitAndNoMore() throws Exception {
    fleet(HandPicker.SELF, one.peer());
    one.byHand = true;
    Operation removal = Operation.remove("scores", "Tom");
    for (int i = 0; i <= ChangeQueue.MOST_WAITING; i++) {
      assertFalse(coordinated(removal).isDone()); // the first has its turn
    }

    OperationResult refused = coordinated(removal).get();

    assertEquals(Status.UNKNOWN, refused.status());
    assertEquals("too many changes are waiting", refused.detail());
    assertEquals(List.of("one forget Tom"), log);
  }

  @Test
  void soManyBytesOfValuesMayWaitAndNoMore() throws Exception {
    fleet(HandPicker.SELF, one.peer());
    one.byHand = true;
    ByteView half = ByteView.copyOf(new byte[(int) (ChangeQueue.MOST_WAITING_BYTES / 2)]);
    Operation put = Operation.put("scores", "Tom", half, Long.MAX_VALUE);
    List<CompletableFuture<OperationResult>> puts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      puts.add(coordinated(put)); // the first has its turn
    }

    assertEquals(Status.UNKNOWN, coordinated(put).get().status());
    var removal = coordinated(Operation.remove("scores", "Tom"));
    one.byHand = false;
    one.unanswered.get(0).accept(OperationResult.done(List.of()));
    for (CompletableFuture<OperationResult> ended : puts) {
      assertEquals(Status.DONE, ended.get().status());
    }
    assertEquals(Status.DONE, removal.get().status());

    one.byHand = true;
    for (int i = 0; i < 2; i++) { // the removal has been told, but its turn need not be over yet
      assertFalse(coordinated(put).isDone()); // there is room again
    }
  }

  @Test
  void aClearIsToldToEveryMemberTwice() {
    fleet(HandPicker.SELF, one.peer(), two.peer());
    two.answer = Status.NOT_ASKED;

    assertEquals(List.of("two"), scores.clear().unreached());

    assertEquals(List.of("one forget all", "two forget all", "one forget all"), log);
  }

  // Who was not reached

  @Test
  void aMemberHearsWhatItMissedBeforeItIsAskedAnything() throws Exception {
    HandPicker picker = new HandPicker(HandPicker.SELF, one.peer());
    node.registerPeerPicker(picker);
    one.answer = Status.NOT_ASKED;
    scores.remove("Tom");
    scores.remove("Jack");
    log.clear();
    picker.change(one.peer(), HandPicker.SELF);
    one.answer = Status.DONE;

    CompletableFuture<ByteView> future = scores.getAsync("Sam");

    assertEquals(List.of("one forget Tom Jack", "one fetch Sam"), log);
    one.fetches.get(0).accept(PeerResult.value(bytes("567")));
    assertEquals("567", value(future));
  }

  private void oneMissedAChangeAndOwnsAllNow() {
    HandPicker picker = new HandPicker(HandPicker.SELF, one.peer());
    node.registerPeerPicker(picker);
    one.answer = Status.NOT_ASKED;
    scores.remove("Tom");
    picker.change(one.peer(), HandPicker.SELF);
    one.byHand = true;
  }

  private void oneHearsAfter(Duration time) {
    this.time.pass(time);
    one.unanswered.get(0).accept(OperationResult.done(List.of()));
  }

  @Test
  void theTimeItTookToHearIsTakenOffWhatItHasToAnswer() {
    oneMissedAChangeAndOwnsAllNow();
    CompletableFuture<ByteView> single = scores.getAsync("Sam", Duration.ofSeconds(3));
    var many = scores.getAllAsync(List.of("Jack", "Ben"), Duration.ofSeconds(5));

    oneHearsAfter(Duration.ofSeconds(2));

    assertEquals(
        List.of(Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(3)),
        one.fetchTimeouts);
    one.fetches.forEach(fetch -> fetch.accept(PeerResult.value(bytes("567"))));
    assertEquals("567", value(single));
    assertTrue(many.join().values().stream().allMatch(GetResult::isFound));
  }

  @Test
  void aMemberIsNotAskedWhatItHasNoTimeToAnswer() {
    oneMissedAChangeAndOwnsAllNow();
    CompletableFuture<ByteView> single = scores.getAsync("Sam", Duration.ofSeconds(2));
    var many = scores.getAllAsync(List.of("Jack", "Ben"), Duration.ofSeconds(2));

    oneHearsAfter(Duration.ofSeconds(2));

    failure(GetTimeoutException.class, single);
    many.join()
        .values()
        .forEach(result -> assertInstanceOf(GetTimeoutException.class, result.error()));
    assertEquals(List.of(), one.fetchTimeouts);
  }

  @Test
  void aMemberThatStillCannotHearIsNotAskedEither() throws Exception {
    HandPicker picker = new HandPicker(HandPicker.SELF, one.peer());
    node.registerPeerPicker(picker);
    one.answer = Status.NOT_ASKED;
    scores.remove("Tom");
    picker.change(one.peer(), HandPicker.SELF);
    log.clear();

    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    origin.next().is("630"); // loaded here

    assertEquals("630", value(future));
    assertEquals(List.of("one forget Tom"), log);
  }

  @Test
  void aMemberThatTakesNoOperationsIsNamedAndAskedAllTheSame() {
    HandPicker picker = new HandPicker(HandPicker.SELF, one.peer());
    node.registerPeerPicker(picker);
    one.answer = Status.NOT_UNDERSTOOD;
    assertEquals(List.of("one"), scores.remove("Tom").unreached());
    picker.change(one.peer(), HandPicker.SELF);
    log.clear();

    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    one.fetches.get(0).accept(PeerResult.value(bytes("630")));

    assertEquals("630", value(future));
    assertEquals(List.of("one fetch Tom"), log);
  }

  @Test
  void aPutThatTheOwnerCouldNotBeAskedForNamesTheOwnerThoughItHasForgotten() {
    fleet(one.peer(), HandPicker.SELF);
    one.refusesToCoordinate = true;

    assertEquals(List.of("one"), scores.put("Tom", bytes("630")).unreached());
    assertEquals(List.of("one put Tom", "one forget Tom"), log);
  }

  @Test
  void whatAMemberMissedIsTriedAgainEverySecond() {
    fleet(HandPicker.SELF, one.peer());
    one.answer = Status.NOT_ASKED;
    scores.remove("Tom");
    log.clear();

    time.pass(Duration.ofSeconds(3));
    int tries = log.size();
    one.answer = Status.DONE;
    time.pass(Duration.ofSeconds(3));

    assertTrue(tries >= 2 && tries <= 4, log.toString());
    assertEquals(tries + 1, log.size());
  }

  @Test
  void aMemberThatMissedTooMuchIsToldToForgetTheGroup() {
    fleet(HandPicker.SELF, one.peer());
    one.answer = Status.NOT_ASKED;
    for (int i = 0; i <= ChangedKeys.MOST_KEYS; i++) {
      var unused = scores.removeAsync("key-" + i);
    }
    one.answer = Status.DONE;
    log.clear();

    time.pass(Duration.ofSeconds(2));

    assertEquals(List.of("one forget all"), log);
  }

  @Test
  void whatIsOwedToThoseWhoLeftIsNotKeptAndHeardIfTheyComeBack() {
    HandPicker picker = new HandPicker(HandPicker.SELF, one.peer());
    node.registerPeerPicker(picker);
    one.answer = Status.NOT_ASKED;
    scores.remove("Tom");
    picker.change(HandPicker.SELF);
    assertEquals(Set.of(), scores.handOff().membersWithHints());
    log.clear();

    one.answer = Status.DONE;
    picker.change(one.peer(), HandPicker.SELF);
    assertTrue(scores.remove("Jack").isEverywhere());

    assertEquals(List.of("one forget Tom", "one remove Jack"), log);
  }

  @Test
  void theTimerHoldsNoLockWhenItTellsWhatIsOwed() {
    HandPicker picker = new HandPicker(HandPicker.SELF, one.peer());
    node.registerPeerPicker(picker);
    one.answer = Status.NOT_ASKED;
    scores.remove("Tom");
    List<Boolean> held = new ArrayList<>();
    picker.whenListed(() -> held.add(Thread.holdsLock(node)));

    time.pass(Duration.ofSeconds(2));

    assertFalse(held.isEmpty());
    assertFalse(held.contains(true));
  }

  @Test
  void whoWakesTheNodeUpDoesNotDoTheTimersWork() {
    fleet(HandPicker.SELF, one.peer());
    one.answer = Status.NOT_ASKED;
    scores.remove("Tom");
    log.clear();

    time.stopFor(Duration.ofSeconds(2));
    node.wakeUp();
    assertEquals(List.of(), log);
    node.tick();

    assertEquals(List.of("one forget Tom"), log);
  }

  @Test
  void aMemberThatThrowsIsNotReached() {
    PeerGetter thrower =
        new PeerGetter() {
          @Override
          public void fetch(PeerRequest request, Consumer<? super PeerResult> callback) {
            throw new IllegalStateException("fetch");
          }

          @Override
          public void forget(
              Forget what, Duration timeout, Consumer<? super OperationResult> callback) {
            throw new IllegalStateException("forget");
          }
        };
    fleet(HandPicker.SELF, new Owner.Remote("thrower", thrower), one.peer());

    assertEquals(List.of("thrower"), scores.remove("Tom").unreached());
    assertEquals(List.of("one forget Tom"), log);
  }

  @Test
  void aMemberThatTakesNoOperationsIsNamed() {
    FakePeer old = new FakePeer("old");
    fleet(HandPicker.SELF, old.peer());

    assertEquals(List.of("old"), scores.remove("Tom").unreached());
  }

  // What becomes of entries when owners change

  @Test
  void aValueThatAnotherOwnsNowAnswersForTheHotTtl() throws Exception {
    HandPicker picker = new HandPicker(HandPicker.SELF);
    node.registerPeerPicker(picker);
    loaded("Tom", "630");

    picker.change(one.peer(), HandPicker.SELF);

    assertEquals("630", scores.get("Tom").toUtf8());
    time.pass(Duration.ofSeconds(10));
    assertNull(scores.peek("Tom"));
    failureOfFetch();
  }

  private void failureOfFetch() {
    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    one.fetches.get(0).accept(PeerResult.of(PeerResult.Status.FAILED, "down"));
    failure(GetFailedException.class, future);
  }

  @Test
  void aCopyOfWhatThisNodeOwnsNowGoes() throws Exception {
    HandPicker picker = new HandPicker(one.peer(), HandPicker.SELF);
    node.registerPeerPicker(picker);
    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    one.fetches.get(0).accept(PeerResult.value(bytes("630"), Long.MAX_VALUE, false, 1000));
    assertEquals("630", value(future));
    assertNotNull(scores.peek("Tom"));

    picker.change(HandPicker.SELF);

    assertNull(scores.peek("Tom"));
  }

  // Pickers that break their contract

  @Test
  void aPickerThatThrowsFailsTheGetAndTheChangeAndStrandsNothing() throws Exception {
    HandPicker picker = new HandPicker(HandPicker.SELF);
    node.registerPeerPicker(picker);
    picker.whenAsked(
        key -> {
          throw new IllegalStateException("picker");
        });

    failure(GetFailedException.class, scores.getAsync("Tom"));
    assertInstanceOf(
        GetFailedException.class,
        scores.getAllAsync(List.of("Tom"), null).get().get("Tom").error());
    for (int i = 0; i < 2; i++) { // the second would wait for ever for the first one's turn
      CompletableFuture<OperationResult> change = new CompletableFuture<>();
      scores.forServers().coordinate(Operation.remove("scores", "Tom"), change::complete);
      assertEquals(Status.UNKNOWN, change.get().status());
    }
    picker.whenAsked(key -> {});
    loaded("Tom", "630");
  }

  private final List<OperationResult> ended = new ArrayList<>();

  private void removeTom() {
    scores.coordinator().submit(Operation.remove("scores", "Tom"), ended::add);
  }

  private void assertUnknown(int count) {
    assertEquals(count, ended.size());
    ended.forEach(result -> assertEquals(Status.UNKNOWN, result.status()));
  }

  private static void fail() {
    throw new IllegalStateException("picker");
  }

  @Test
  void anInterruptedChangeSaysThatItsOutcomeIsUnknown() {
    node.registerPeerPicker(new HandPicker(one.peer(), HandPicker.SELF));
    one.byHand = true;
    Map<String, Runnable> changes =
        Map.of(
            "remove scores/Tom", () -> scores.remove("Tom"),
            "put scores/Tom", () -> scores.put("Tom", bytes("630")),
            "clear scores", scores::clear);

    changes.forEach(
        (what, change) -> {
          Thread.currentThread().interrupt();
          OutcomeUnknownException unknown =
              assertThrows(OutcomeUnknownException.class, change::run);
          assertTrue(Thread.interrupted(), "it leaves the interrupt status set");
          assertEquals(what + ": interrupted before its outcome was known", unknown.getMessage());
        });
    while (!one.unanswered.isEmpty()) { // an answer may have the next change ask
      one.unanswered.remove(0).accept(OperationResult.done(List.of()));
    }
  }

  @Test
  void aPickerThatThrowsWhenTheOwnerHasAnsweredStrandsNoChange() {
    HandPicker picker = new HandPicker(one.peer(), HandPicker.SELF);
    node.registerPeerPicker(picker);
    one.byHand = true;
    removeTom();
    picker.whenListed(ChangeTest::fail);

    one.unanswered.get(0).accept(OperationResult.done(List.of()));

    assertUnknown(1);
  }

  @Test
  void norOneThatThrowsBeforeAnOwnerIsAsked() {
    HandPicker picker = new HandPicker(one.peer(), HandPicker.SELF);
    picker.whenListed(ChangeTest::fail); // so nobody is known to be present
    assertThrows(IllegalStateException.class, () -> node.registerPeerPicker(picker));
    removeTom();
    assertUnknown(1);

    picker.whenListed(() -> {});
    scores.rehome();
    picker.changeSilently(one.peer(), two.peer(), HandPicker.SELF); // two is not, yet
    one.byHand = true;
    removeTom();
    picker.whenListed(ChangeTest::fail);
    one.unanswered.get(0).accept(OperationResult.of(Status.NOT_ASKED, "gone"));

    assertUnknown(2);
  }

  @Test
  void norOneThatThrowsAtTheEndOfAChangeOfANodeThatIsNoMember() {
    HandPicker picker = new HandPicker(one.peer());
    node.registerPeerPicker(picker);
    Operation put = Operation.put("scores", "Tom", bytes("630"), Long.MAX_VALUE);
    for (int i = 1; i <= 2; i++) { // the second would wait for ever for the first one's turn
      one.byHand = true;
      scores.coordinator().coordinate(put, ended::add);
      picker.whenAsked(key -> fail());
      one.byHand = false;
      one.unanswered.remove(0).accept(OperationResult.done(List.of()));
      picker.whenAsked(key -> {});
      assertUnknown(i);
    }
  }

  @Test
  void norOneThatThrowsDuringAClear() {
    HandPicker picker = new HandPicker(one.peer());
    node.registerPeerPicker(picker);
    one.byHand = true;
    scores.coordinator().clear(ended::add);
    one.unanswered.remove(0).accept(OperationResult.done(List.of()));
    picker.whenListed(ChangeTest::fail);
    one.unanswered.remove(0).accept(OperationResult.done(List.of()));
    assertUnknown(1);

    scores.coordinator().clear(ended::add);

    assertUnknown(2);
  }
}
