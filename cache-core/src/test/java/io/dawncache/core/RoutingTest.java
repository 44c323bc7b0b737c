package io.dawncache.core;

import static io.dawncache.core.Answers.failure;
import static io.dawncache.core.Answers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.Answers.Told;
import io.dawncache.core.HandOrigin.Question;
import io.dawncache.core.PeerResult.Status;
import io.dawncache.core.consistenthash.Scheme;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

/** Who is asked for a key: this node, its owner, the next owner; and what each answer leads to. */
@Timeout(60)
class RoutingTest {
  private static final GroupConfig DEFAULTS = GroupConfig.builder().build();

  @RegisterExtension final Books books = new Books();

  private final CacheNode node = books.keepFor(CacheNode.create());
  private final HandOrigin origin = new HandOrigin();
  private final Group scores = node.addAsyncGroup("scores", DEFAULTS, origin);
  private final FakePeer one = new FakePeer("http://one:1");
  private final FakePeer two = new FakePeer("http://two:1");
  private final FakePeer three = new FakePeer("http://three:1");

  private HandPicker owners(Owner... owners) {
    var picker = new HandPicker(owners);
    node.registerPeerPicker(picker);
    return picker;
  }

  @Test
  void theOwnerIsAskedAndItsValueIsNotKeptHere() {
    owners(one.peer(), two.peer(), HandPicker.SELF);

    CompletableFuture<ByteView> first = scores.getAsync("Tom");
    one.is("630");
    assertEquals("630", value(first));
    CompletableFuture<ByteView> second = scores.getAsync("Tom");
    one.is("631");
    assertEquals("631", value(second));

    assertEquals(2, one.requests().size());
    assertEquals(List.of(), two.requests());
    assertEquals(0, origin.runs());
    assertEquals(new Counts(2, 0, 2, 2, 0, 0, 2, 0, 0, 0), Counts.of(scores));
  }

  @Test
  void theOwnerHasTheLoadTimeoutAndASecondToAnswer() {
    CacheNode still = books.keepFor(new HandClock().node()); // it takes no time to ask
    still.registerPeerPicker(new HandPicker(one.peer()));
    Group scores = still.addAsyncGroup("scores", GroupConfig.builder().build(), origin);
    Group slow =
        still.addAsyncGroup(
            "slow", GroupConfig.builder().loadTimeout(Duration.ofSeconds(3)).build(), origin);

    CompletableFuture<ByteView> byDefault = scores.getAsync("Tom");
    one.is("630");
    CompletableFuture<ByteView> bySlow = slow.getAsync("Tom", Duration.ofMinutes(1));
    one.is("630");

    assertEquals("630", value(byDefault));
    assertEquals("630", value(bySlow));
    assertEquals(
        List.of(
            new PeerRequest("scores", "Tom", Duration.ofSeconds(11)),
            new PeerRequest("slow", "Tom", Duration.ofSeconds(4))),
        one.requests());
  }

  @Test
  void anEmptyValueOfTheOwnerIsAValue() {
    owners(one.peer());

    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    one.answer(PeerResult.value(ByteView.empty()));

    assertEquals("", value(future));
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.class,
      mode = Mode.INCLUDE,
      names = {"NOT_FOUND", "REJECTED", "FAILED", "OVERLOADED"})
  void whatTheOwnerSaysOfItsOwnLoadIsFinal(Status status) {
    owners(one.peer(), two.peer());

    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    one.answer(PeerResult.of(status, "because"));

    GetException e =
        switch (status) {
          case NOT_FOUND -> failure(NotFoundException.class, future);
          case REJECTED -> failure(RejectedException.class, future);
          case FAILED -> failure(GetFailedException.class, future);
          default -> failure(OverloadedException.class, future);
        };
    assertEquals(
        "fetch scores/Tom from http://one:1: "
            + (status == Status.NOT_FOUND ? "not found" : "because"),
        e.getMessage());
    assertEquals(List.of(), two.requests());
    assertEquals(0, origin.runs());
    assertEquals(status == Status.NOT_FOUND ? 1 : 0, scores.stats().peerLoads());
    assertEquals(status == Status.NOT_FOUND ? 0 : 1, scores.stats().peerErrors());
  }

  @Test
  void anOwnerThatCannotBeAskedIsPassedOver() {
    owners(one.peer(), two.peer(), three.peer());

    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    one.cannotBeAsked();
    assertFalse(future.isDone());
    two.is("630");

    assertEquals("630", value(future));
    PeerRequest first = one.requests().get(0);
    PeerRequest second = two.requests().get(0);
    assertEquals(first.group(), second.group());
    assertEquals(first.key(), second.key());
    // The journey has one time-out; the second owner gets what the first left of it.
    assertTrue(second.timeout().compareTo(first.timeout()) <= 0);
    assertEquals(List.of(), three.requests());
    assertEquals(0, origin.runs());
    assertEquals(1, scores.stats().peerErrors());
    assertEquals(1, scores.stats().peerLoads());
  }

  @Test
  void whatAnOwnerLeavesUnclearIsLoadedHereAndNoOtherOwnerIsAsked() throws Exception {
    owners(one.peer(), two.peer(), three.peer());

    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    one.answer(PeerResult.of(Status.UNCLEAR, "status 500, boom"));
    origin.next().is("630");

    assertEquals("630", value(future));
    assertEquals(List.of(), two.requests());
    assertEquals(1, origin.runs());
    assertEquals(1, scores.stats().peerErrors());
  }

  @Test
  void theNextOwnersAnswerIsFinalToo() {
    owners(one.peer(), two.peer(), three.peer());

    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    one.cannotBeAsked();
    two.answer(PeerResult.of(Status.NOT_FOUND, ""));

    assertEquals(
        "fetch scores/Tom from http://two:1: not found",
        failure(NotFoundException.class, future).getMessage());
    assertEquals(0, origin.runs());
  }

  @Test
  void afterTwoOwnersThatCannotBeAskedTheValueIsLoadedHere() throws Exception {
    owners(one.peer(), two.peer(), three.peer());

    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    one.cannotBeAsked();
    two.cannotBeAsked();
    origin.next().is("630");

    assertEquals("630", value(future));
    assertEquals(List.of(), three.requests());
    assertEquals(new Counts(1, 0, 1, 3, 1, 0, 0, 2, 0, 1), Counts.of(scores));
    assertEquals(1, scores.stats().mainCache().items(), "a guest");
  }

  @Test
  void aLoneOwnerThatCannotBeAskedIsLoadedForHere() throws Exception {
    owners(one.peer());

    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    one.cannotBeAsked();
    origin.next().answer().complete(Loaded.notFound());

    assertEquals(
        "load scores/Tom: not found", failure(NotFoundException.class, future).getMessage());
  }

  @Test
  void asTheNextOwnerThisNodeLoadsAnothersKey() throws Exception {
    owners(one.peer(), HandPicker.SELF, two.peer());

    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    one.cannotBeAsked();
    origin.next().is("630");

    assertEquals("630", value(future));
    assertEquals(List.of(), two.requests());
    assertEquals(1, scores.stats().mainCache().items(), "a guest");
  }

  @Test
  void ourOwnKeyIsLoadedAndKeptAndNobodyAsked() throws Exception {
    owners(HandPicker.SELF, one.peer());

    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    origin.next().is("630");

    assertEquals("630", value(future));
    assertEquals("630", scores.get("Tom").toUtf8());
    assertEquals(List.of(), one.requests());
  }

  @Test
  void aPickerWithoutOwnersLeavesEveryKeyToThisNode() throws Exception {
    owners();

    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    origin.next().is("630");

    assertEquals("630", value(future));
    assertEquals(1, scores.stats().mainCache().items());
  }

  static Stream<Throwable> whatMayBeThrown() {
    return Stream.of(
        new IllegalStateException("pool closed"),
        new StackOverflowError("deep"),
        new NoClassDefFoundError("shaded"));
  }

  @ParameterizedTest
  @MethodSource("whatMayBeThrown")
  void aPeerGetterThatThrowsCountsAsNotAsked(Throwable thrown) {
    owners(new Owner.Remote("http://bad:1", throwing(thrown)), two.peer());

    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    two.is("630");

    assertEquals("630", value(future));
    assertEquals(1, scores.stats().peerErrors());
  }

  @ParameterizedTest
  @MethodSource("whatMayBeThrown")
  void aNextOwnersPeerGetterThatThrowsStrandsNobody(Throwable thrown) throws Exception {
    owners(one.peer(), new Owner.Remote("http://bad:1", throwing(thrown)));

    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    one.cannotBeAsked(); // on this thread, as if it were the first peer's event loop
    origin.next().is("630");

    assertEquals("630", value(future));
    assertEquals(2, scores.stats().peerErrors());
  }

  @Test
  void aPeerGetterThatTellsNothingAtAllCountsAsNotAsked() throws Exception {
    owners(one.peer());

    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    one.answer(null);
    origin.next().is("630");

    assertEquals("630", value(future));
    assertEquals(1, scores.stats().peerErrors());
  }

  @Test
  void aPeerGetterThatTellsNothingBeforeItReturnsStrandsNobody() throws Exception {
    owners(new Owner.Remote("http://bad:1", (request, callback) -> callback.accept(null)));

    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    origin.next().is("630");

    assertEquals("630", value(future));
  }

  @Test
  void aPeerGetterThatTellsTwiceIsHeardOnce() {
    owners(one.peer(), two.peer());

    CompletableFuture<ByteView> first = scores.getAsync("Tom");
    one.is("630");
    one.cannotBeAsked();
    one.is("631");
    assertEquals("630", value(first));
    assertEquals(List.of(), two.requests());

    CompletableFuture<ByteView> second = scores.getAsync("Tom");
    one.cannotBeAsked();
    one.cannotBeAsked();
    one.is("stale");
    assertEquals(1, two.requests().size());
    two.is("632");
    assertEquals("632", value(second));
    assertEquals(2, scores.stats().peerLoads());
    assertEquals(1, scores.stats().peerErrors());
  }

  @Test
  void aPeerGetterThatAnswersAndThenThrowsHasAnswered() {
    owners(
        new Owner.Remote(
            "http://one:1",
            (request, callback) -> {
              callback.accept(PeerResult.value(ByteView.ofUtf8("630")));
              throw new IllegalStateException("too late");
            }),
        two.peer());

    assertEquals("630", value(scores.getAsync("Tom")));
    assertEquals(List.of(), two.requests());
  }

  @Test
  void ownersThatRunOutBadlyStrandNobody() throws Exception {
    // An iterator of the user's own that promises a next owner and has none.
    node.registerPeerPicker(
        new PeerPicker() {
          @Override
          public Iterator<Owner> owners(String key) {
            return new Iterator<>() {
              private boolean given;

              @Override
              public boolean hasNext() {
                return true;
              }

              @Override
              public Owner next() {
                if (given) {
                  throw new NoSuchElementException("no more");
                }
                given = true;
                return one.peer();
              }
            };
          }

          @Override
          public Collection<Owner> peers() {
            return List.of(one.peer());
          }

          @Override
          public void onChange(Runnable listener) {}
        });

    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    one.cannotBeAsked();

    failure(GetFailedException.class, future);
  }

  @Test
  void aPickerThatThrowsWhenTheValueIsKeptStrandsNoQueuedLoad() throws Exception {
    //   1. Tom's load holds the only permit, Jack's waits for its turn;
    //   2. Tom's value is there, and the picker is asked whether to keep it: it throws;
    //   3. Jack's load must start all the same.
    HandPicker picker = owners(HandPicker.SELF);
    Group narrow = node.addAsyncGroup("narrow", GroupConfig.builder().maxLoads(1).build(), origin);
    CompletableFuture<ByteView> tom = narrow.getAsync("Tom");
    CompletableFuture<ByteView> jack = narrow.getAsync("Jack");
    picker.whenAsked(
        key -> {
          picker.whenAsked(k -> {});
          throw new IllegalStateException("picker");
        });

    Question first = origin.next();
    first.is("630");

    assertEquals("630", value(tom), "who asked gets the value, kept or not");
    Question second = origin.next();
    second.is("589");
    assertEquals("589", value(jack));
  }

  @Test
  void concurrentMissesForAnothersKeyFetchOnce() {
    owners(one.peer());
    List<CompletableFuture<ByteView>> futures =
        IntStream.range(0, 200).mapToObj(i -> scores.getAsync("Tom")).toList();
    assertEquals(1, one.requests().size());

    one.is("630");

    assertTrue(futures.stream().map(Answers::value).allMatch("630"::equals));
    assertEquals(1, one.requests().size());
    assertEquals(new Counts(200, 0, 200, 1, 0, 0, 1, 0, 0, 0), Counts.of(scores));
  }

  @Test
  void aCallerOfAFetchEndsItsOwnWaitAlone() {
    owners(one.peer());
    CompletableFuture<ByteView> cancelled = scores.getAsync("Tom");
    CompletableFuture<ByteView> hasty = scores.getAsync("Tom", Duration.ofMillis(1));
    CompletableFuture<ByteView> patient = scores.getAsync("Tom");

    assertTrue(cancelled.cancel(true));
    failure(GetFailedException.class, hasty);
    assertThrows(GetFailedException.class, () -> scores.get("Tom", Duration.ofMillis(1)));

    assertFalse(patient.isDone());
    one.is("630");
    assertEquals("630", value(patient));
    assertEquals(1, one.requests().size());
  }

  @Test
  void aPeersGetIsLoadedHereAndNeverFetched() throws Exception {
    owners(one.peer(), two.peer());
    CompletableFuture<ByteView> client = scores.getAsync("Tom"); // waits for its owner
    var peer = new Told();

    scores.forServers().getForPeer("Tom", null, 0, peer);
    origin.next().is("here");

    assertEquals("here", value(peer.answer));
    assertFalse(client.isDone(), "the fetch is a flight of its own");
    assertEquals(1, one.requests().size());
    one.is("there");
    assertEquals("there", value(client));
    assertEquals(1, scores.stats().mainCache().items(), "a guest");
    assertEquals(1, scores.stats().serverRequests());
  }

  @Test
  void clientsAndPeersShareTheLoadOfOurOwnKey() throws Exception {
    owners(HandPicker.SELF, one.peer());
    CompletableFuture<ByteView> client = scores.getAsync("Tom");
    var peer = new Told();
    scores.forServers().getForPeer("Tom", null, 0, peer);

    origin.next().is("630");

    assertEquals("630", value(client));
    assertEquals("630", value(peer.answer));
    assertEquals(1, origin.runs());
    assertEquals(1, scores.stats().mainCache().items());
  }

  @Test
  void aFetchThatComesHomeJoinsTheLoadThatRunsHere() throws Exception {
    owners(one.peer());
    var peer = new Told();
    scores.forServers().getForPeer("Tom", null, 0, peer);
    Question question = origin.next();
    CompletableFuture<ByteView> client = scores.getAsync("Tom");

    one.cannotBeAsked();
    question.is("630");

    assertEquals("630", value(client));
    assertEquals("630", value(peer.answer));
    assertEquals(1, origin.runs());
  }

  @Test
  void twoNodesThatNameEachOtherBothAnswerWithOneLoadEach() throws Exception {
    CacheNode other = books.keepFor(CacheNode.create());
    var otherOrigin = new HandOrigin();
    Group otherScores = other.addAsyncGroup("scores", DEFAULTS, otherOrigin);
    owners(new Owner.Remote("http://other:1", new Neighbour(other)));
    other.registerPeerPicker(
        new HandPicker(new Owner.Remote("http://self:1", new Neighbour(node))));

    List<CompletableFuture<ByteView>> here =
        IntStream.range(0, 100).mapToObj(i -> scores.getAsync("Tom")).toList();
    List<CompletableFuture<ByteView>> there =
        IntStream.range(0, 100).mapToObj(i -> otherScores.getAsync("Tom")).toList();
    origin.next().is("630"); // loads for the other, while it waits for the other
    otherOrigin.next().is("630");

    assertTrue(here.stream().map(Answers::value).allMatch("630"::equals));
    assertTrue(there.stream().map(Answers::value).allMatch("630"::equals));
    assertEquals(1, origin.runs());
    assertEquals(1, otherOrigin.runs());
    for (Group group : List.of(scores, otherScores)) {
      assertEquals(new Counts(101, 0, 101, 2, 1, 0, 1, 0, 1, 1), Counts.of(group));
    }
  }

  @Test
  void failuresKeepTheirKindFromNodeToNode() throws Exception {
    CacheNode owner = books.keepFor(CacheNode.create());
    var ownersOrigin = new HandOrigin();
    GroupConfig narrow = GroupConfig.builder().maxLoads(1).maxQueuedLoads(0).build();
    Group ownersScores = owner.addAsyncGroup("scores", narrow, ownersOrigin);
    owners(new Owner.Remote("http://owner:1", new Neighbour(owner)));

    CompletableFuture<ByteView> notFound = scores.getAsync("Nobody");
    ownersOrigin.next().answer().complete(Loaded.notFound());
    failure(NotFoundException.class, notFound);
    CompletableFuture<ByteView> failed = scores.getAsync("Tom");
    ownersOrigin.next().answer().completeExceptionally(new IOException("disk"));
    assertEquals(
        "fetch scores/Tom from http://owner:1: disk",
        failure(GetFailedException.class, failed).getMessage());
    CompletableFuture<ByteView> busy = ownersScores.getAsync("Jack");
    failure(OverloadedException.class, scores.getAsync("Sam"));

    ownersOrigin.next().is("589");
    assertEquals("589", value(busy));
    assertEquals(0, origin.runs());
  }

  @Test
  void twoHundredClientsOfThreeNodesLoadAColdKeyOnceInTheFleet() throws Exception {
    Fleet fleet = new Fleet(3);
    var ready = new CountDownLatch(200);
    var answers = new ArrayList<CompletableFuture<String>>();
    for (int i = 0; i < 200; i++) {
      Group asked = fleet.groups.get(i % 3);
      var answer = new CompletableFuture<String>();
      answers.add(answer);
      new Thread(
              () -> {
                CompletableFuture<ByteView> future = asked.getAsync("Tom");
                ready.countDown();
                answer.complete(value(future));
              })
          .start();
    }
    ready.await(); // all have asked; the origin has not answered

    origin.next().is("630");

    for (CompletableFuture<String> answer : answers) {
      assertEquals("630", answer.get());
    }
    assertEquals(1, origin.runs());
    assertEquals(1, fleet.sum(GroupStats::localLoads));
    assertEquals(1, fleet.items());
  }

  @Test
  void everyKeyAskedOfEveryNodeIsLoadedOnceInTheFleetAndKeptByItsOwner() {
    Fleet fleet = new Fleet(3);
    for (int i = 0; i < 300; i++) {
      String key = "key " + i;
      List<CompletableFuture<ByteView>> futures =
          fleet.groups.stream().map(group -> group.getAsync(key)).toList();
      answerNext(key);
      futures.forEach(future -> assertEquals(key, value(future)));
      fleet.groups.forEach(group -> assertEquals(key, value(group.getAsync(key))));
    }

    assertEquals(300, origin.runs());
    assertEquals(300, fleet.sum(GroupStats::localLoads));
    assertEquals(300, fleet.items());
    for (int i = 0; i < 3; i++) {
      Group group = fleet.groups.get(i);
      assertTrue(group.stats().mainCache().items() > 0);
      Membership members = fleet.memberships.get(i);
      for (int k = 0; k < 300; k++) {
        boolean ours = members.owners("key " + k).next() instanceof Owner.Self;
        Entry held = group.peek("key " + k);
        assertEquals(ours, held != null && held instanceof Entry.Own);
      }
    }
    assertEquals(
        fleet.sum(GroupStats::serverRequests),
        fleet.sum(GroupStats::peerLoads),
        "every fetch arrived");
  }

  @Test
  void anOwnerHasAUrlAndARemoteOneAGetter() {
    assertThrows(NullPointerException.class, () -> new Owner.Self(null));
    assertThrows(NullPointerException.class, () -> new Owner.Remote(null, one));
    assertThrows(NullPointerException.class, () -> new Owner.Remote("http://one:1", null));
  }

  @Test
  void anEndWithoutAValueCannotBeCalledAValue() {
    var e =
        assertThrows(IllegalArgumentException.class, () -> PeerResult.of(Status.VALUE, "detail"));
    assertEquals("status: VALUE (expected: an end without a value)", e.getMessage());
    assertEquals(ByteView.empty(), PeerResult.of(Status.FAILED, "detail").value());
  }

  private void answerNext(String value) {
    try {
      origin.next().is(value);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static PeerGetter throwing(Throwable thrown) {
    return (request, callback) -> {
      throw GroupTest.<RuntimeException>sneaky(thrown);
    };
  }

  /** Nodes in one process that agree about their members and share this test's origin. */
  private final class Fleet {
    final List<Group> groups = new ArrayList<>();
    final List<Membership> memberships = new ArrayList<>();

    Fleet(int size) {
      Map<String, CacheNode> nodes = new HashMap<>();
      List<String> urls = IntStream.range(0, size).mapToObj(i -> "http://10.0.0." + i).toList();
      for (String url : urls) {
        CacheNode member = books.keepFor(CacheNode.create());
        nodes.put(url, member);
        groups.add(member.addAsyncGroup("scores", DEFAULTS, origin));
        Membership membership =
            new Membership(
                url,
                Scheme.DAWNCACHE,
                Membership.REPLICAS,
                other -> (r, c) -> new Neighbour(nodes.get(other)).fetch(r, c));
        memberships.add(membership);
        member.registerPeerPicker(membership);
      }
      memberships.forEach(membership -> membership.set(urls));
    }

    long sum(ToLongFunction<GroupStats> counter) {
      return groups.stream().map(Group::stats).mapToLong(counter).sum();
    }

    long items() {
      return sum(stats -> stats.mainCache().items());
    }
  }
}
