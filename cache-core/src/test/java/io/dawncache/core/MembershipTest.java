package io.dawncache.core;

import static io.dawncache.core.Answers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.consistenthash.Ring;
import io.dawncache.core.consistenthash.Scheme;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The member list and what its changes do: to the ways to members, and to what is kept. */
@Timeout(60)
class MembershipTest {
  /** What another owns is not kept at all; {@code ChangeTest} and {@code CopyTest} keep it. */
  private static GroupConfig.Builder withoutCopies() {
    return GroupConfig.builder().hotBytes(0);
  }

  private static final String SELF = "http://self:1";
  private static final String ONE = "http://one:1";
  private static final String TWO = "http://two:1";

  @RegisterExtension final Books books = new Books();

  private final CacheNode node = books.keepFor(CacheNode.create());

  /** Every way that was ever made, in order. */
  private final List<FakePeer> connected = new ArrayList<>();

  private final Membership members = membership(this::connect);

  private static Membership membership(PeerConnector connector) {
    return new Membership(SELF, Scheme.DAWNCACHE, Membership.REPLICAS, connector);
  }

  /** What others say changes the ring only when a test runs this. */
  private final Queue<Runnable> said = new ArrayDeque<>();

  private void runWhatWasSaid() {
    for (Runnable next = said.poll(); next != null; next = said.poll()) {
      next.run();
    }
  }

  private Membership agreeing() {
    return new Membership(
        SELF, Scheme.NATIVE, Scheme.DAWNCACHE, Membership.REPLICAS, this::connect, said::add);
  }

  private static MemberList listOf(String url, List<String> members, Rings rings) {
    return MemberList.of(url, 1, members, rings);
  }

  private static void assertRing(Scheme scheme, Membership membership) {
    Ring ring = Ring.of(scheme, Membership.REPLICAS, membership.members());
    assertEquals(scheme, membership.scheme());
    for (String key : keys()) {
      assertEquals(ring.owner(key), membership.owners(key).next().url());
    }
  }

  @Test
  void thePreferredRingIsInForceUntilAMemberSaysThatItDoesNotKnowIt() {
    Membership agreeing = agreeing();
    agreeing.set(List.of(SELF, ONE, TWO));
    var changes = new AtomicInteger();
    agreeing.onChange(changes::incrementAndGet);
    assertRing(Scheme.NATIVE, agreeing);

    agreeing.ringsReported(ONE, List.of("native"));
    agreeing.ringsReported("http://stranger:1", List.of());
    assertTrue(said.isEmpty());
    agreeing.ringsReported(TWO, List.of());
    assertRing(Scheme.NATIVE, agreeing);
    runWhatWasSaid();

    assertRing(Scheme.DAWNCACHE, agreeing);
    assertEquals(1, changes.get());
    assertEquals(List.of(TWO), agreeing.ringLackedBy());
    assertEquals(new Rings(List.of("native"), "", List.of(TWO)), agreeing.list().rings());
    assertEquals(2, connected.size(), "no new ways");
  }

  @Test
  void thePreferredRingComesBackWhenTheMemberLeavesOrHasLearntIt() {
    Membership agreeing = agreeing();
    agreeing.set(List.of(SELF, ONE, TWO));
    agreeing.ringsReported(TWO, List.of());
    runWhatWasSaid();
    assertRing(Scheme.DAWNCACHE, agreeing);

    agreeing.ringsReported(TWO, List.of("native"));
    runWhatWasSaid();
    assertRing(Scheme.NATIVE, agreeing);

    agreeing.ringsReported(TWO, List.of());
    runWhatWasSaid();
    assertRing(Scheme.DAWNCACHE, agreeing);
    agreeing.set(List.of(SELF, ONE));
    assertRing(Scheme.NATIVE, agreeing);
    agreeing.set(List.of(SELF, ONE, TWO));
    assertRing(Scheme.NATIVE, agreeing);
    assertEquals(Set.of(ONE, TWO), Set.copyOf(agreeing.membersWithUnknownRings()));
  }

  @Test
  void theFingerprintTellsTheRingsApartAndIsThatOfOlderNodesOnTheirs() {
    Membership agreeing = agreeing();
    agreeing.set(List.of(SELF, ONE));
    members.set(List.of(SELF, ONE));
    assertNotEquals(members.list().fingerprint(), agreeing.list().fingerprint());

    agreeing.listReported(listOf(ONE, List.of(SELF, ONE), Rings.NONE));
    runWhatWasSaid();

    assertEquals(members.list().fingerprint(), agreeing.list().fingerprint());
    assertEquals(List.of(), agreeing.otherLists());
  }

  @Test
  void aMembershipThatIsClosedChangesItsRingNoMore() {
    Membership agreeing = agreeing();
    agreeing.set(List.of(SELF, ONE));
    agreeing.ringsReported(ONE, List.of());

    agreeing.close();
    runWhatWasSaid();

    assertEquals(Scheme.NATIVE, agreeing.scheme());
  }

  @Test
  void valuesOfKeysThatAnotherRingGivesAwayAreDropped() {
    Membership agreeing = agreeing();
    node.registerPeerPicker(agreeing);
    Group scores = node.addGroup("scores", withoutCopies().build(), Loaded::ofUtf8);
    agreeing.set(List.of(SELF));
    keys().forEach(scores::get);
    agreeing.set(List.of(SELF, ONE));

    agreeing.ringsReported(ONE, List.of());
    runWhatWasSaid();

    for (String key : keys()) {
      if (scores.gets().lookUp(key) != null) {
        assertEquals(SELF, agreeing.owners(key).next().url());
      }
    }
  }

  @Test
  void aMembershipThatIsClosedGivesWayToAnother() {
    Group scores = node.addGroup("scores", withoutCopies().build(), key -> Loaded.ofUtf8("here"));
    node.registerPeerPicker(members);
    members.set(List.of(SELF, ONE));
    members.close();
    Membership other = membership(this::connect);

    node.registerPeerPicker(other);
    other.set(List.of(TWO));

    var future = scores.getAsync("Tom");
    connected.get(1).is("there");
    assertEquals("there", value(future));
    assertEquals(TWO, connected.get(1).url);
  }

  private PeerGetter connect(String url) {
    if (url.contains("bad")) {
      throw new IllegalArgumentException("url: " + url + " (expected: a node's)");
    }
    var peer = new FakePeer(url);
    connected.add(peer);
    return peer;
  }

  private FakePeer way(String url) {
    return connected.stream().filter(peer -> peer.url.equals(url)).findFirst().orElseThrow();
  }

  private static List<Owner> ownersOf(PeerPicker picker, String key) {
    List<Owner> owners = new ArrayList<>();
    picker.owners(key).forEachRemaining(owners::add);
    return owners;
  }

  private boolean owns(String key) {
    Iterator<Owner> owners = members.owners(key);
    return !owners.hasNext() || owners.next() instanceof Owner.Self;
  }

  /** Returns how many keys the group answers from memory; without copies, those it owns. */
  private static long answered(Group group) {
    return keys().stream().filter(key -> group.peek(key) != null).count();
  }

  private static List<String> keys() {
    return IntStream.range(0, 200).mapToObj(i -> "key " + i).toList();
  }

  @Test
  void beforeTheFirstListThisNodeOwnsEveryKey() {
    node.registerPeerPicker(members);
    Group scores = node.addGroup("scores", Loaded::ofUtf8);

    assertEquals(List.of(), members.members());
    assertEquals(List.of(), ownersOf(members, "Tom"));
    assertEquals("Tom", scores.get("Tom").toUtf8());
    assertEquals(1, scores.stats().mainCache().items());
  }

  @Test
  void anEmptyListToo() {
    node.registerPeerPicker(members);
    Group scores = node.addGroup("scores", Loaded::ofUtf8);
    members.set(List.of(ONE));

    members.set(List.of());

    assertEquals("Tom", scores.get("Tom").toUtf8());
    assertEquals(1, scores.stats().mainCache().items());
    assertEquals(1, way(ONE).timesClosed());
  }

  @Test
  void aListWithoutThisNodeLeavesItNothing() {
    node.registerPeerPicker(members);
    Group scores = node.addGroup("scores", withoutCopies().build(), Loaded::ofUtf8);
    assertEquals("Tom", scores.get("Tom").toUtf8());

    members.set(List.of(ONE));

    assertNull(scores.peek("Tom"));
    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    way(ONE).is("there");
    assertEquals("there", value(future));
    assertNull(scores.peek("Tom"));
  }

  @Test
  void aListMayGiveThisNodeAnotherText() {
    members.set(List.of(SELF, ONE, TWO));

    members.set(ONE, List.of(ONE, TWO));

    assertEquals(ONE, members.self());
    assertEquals(ONE, members.list().self());
    assertTrue(
        members.peers().stream()
            .anyMatch(peer -> peer instanceof Owner.Self self && self.url().equals(ONE)));
    assertEquals(1, way(ONE).timesClosed());
    assertEquals(0, way(TWO).timesClosed());

    members.set(SELF, List.of(SELF, ONE));

    assertTrue(
        members.peers().stream()
            .anyMatch(peer -> peer instanceof Owner.Remote remote && remote.url().equals(ONE)));
  }

  @Test
  void ownersComeInTheOrderOfTheRing() {
    List<String> urls = List.of(SELF, ONE, TWO);
    members.set(urls);
    Ring ring = Ring.of(Scheme.DAWNCACHE, Membership.REPLICAS, urls);

    for (String key : keys()) {
      List<String> expected = new ArrayList<>();
      ring.owners(key).forEachRemaining(expected::add);
      List<Owner> owners = ownersOf(members, key);
      assertEquals(expected, owners.stream().map(Owner::url).toList());
      for (Owner owner : owners) {
        Owner wanted =
            owner.url().equals(SELF)
                ? new Owner.Self(SELF)
                : new Owner.Remote(owner.url(), way(owner.url()));
        assertEquals(wanted, owner);
      }
    }
    assertEquals(urls, members.members());
    assertEquals(SELF, members.self());
  }

  @Test
  void anIteratorInUseStaysWithTheListItCameFrom() {
    members.set(List.of(ONE, TWO));
    Iterator<Owner> owners = members.owners("Tom");
    Owner first = owners.next();

    members.set(List.of(SELF));

    assertNotSame(first.url(), owners.next().url());
    assertFalse(owners.hasNext());
  }

  @Test
  void noWayToThisNodeItselfIsMadeNorASecondOneToAMember() {
    members.set(List.of(SELF, ONE, ONE, SELF, TWO, ONE));

    assertEquals(List.of(ONE, TWO), connected.stream().map(peer -> peer.url).toList());
    assertEquals(List.of(SELF, ONE, TWO), members.members());
  }

  @Test
  void whoStaysKeepsItsWayAndWhoLeavesHasItClosed() {
    members.set(List.of(SELF, ONE, TWO));
    FakePeer one = way(ONE);
    FakePeer two = way(TWO);

    members.set(List.of(TWO, SELF, "http://three:1"));

    assertEquals(1, one.timesClosed());
    assertEquals(0, two.timesClosed());
    assertEquals(0, way("http://three:1").timesClosed());
    assertEquals(3, connected.size());
    for (String key : keys()) {
      for (Owner owner : ownersOf(members, key)) {
        assertNotEquals(new Owner.Remote(owner.url(), one), owner);
        assertTrue(!owner.url().equals(TWO) || owner.equals(new Owner.Remote(TWO, two)));
      }
    }
  }

  @Test
  void whoComesBackGetsANewWay() {
    members.set(List.of(ONE));
    members.set(List.of(SELF));
    members.set(List.of(ONE));

    assertEquals(List.of(ONE, ONE), connected.stream().map(peer -> peer.url).toList());
    assertEquals(1, connected.get(0).timesClosed());
    assertEquals(0, connected.get(1).timesClosed());
    assertEquals(new Owner.Remote(ONE, connected.get(1)), ownersOf(members, "Tom").get(0));
  }

  @Test
  void aBadUrlLeavesEverythingAsItWasAndClosesWhatItOpened() {
    node.registerPeerPicker(members);
    Group scores = node.addGroup("scores", Loaded::ofUtf8);
    members.set(List.of(SELF, ONE));
    for (String key : keys()) {
      CompletableFuture<ByteView> future = scores.getAsync(key);
      if (!owns(key)) {
        way(ONE).is(key);
      }
      assertEquals(key, value(future));
    }
    long items = scores.stats().mainCache().items();
    var changes = new AtomicInteger();
    members.onChange(changes::incrementAndGet);

    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> members.set(List.of(TWO, "http://bad", "http://three:1")));

    assertEquals("url: http://bad (expected: a node's)", e.getMessage());
    assertEquals(List.of(SELF, ONE), members.members());
    assertEquals(List.of(ONE, TWO), connected.stream().map(peer -> peer.url).toList());
    assertEquals(1, way(TWO).timesClosed());
    assertEquals(0, way(ONE).timesClosed());
    assertEquals(0, changes.get());
    assertEquals(items, scores.stats().mainCache().items());
  }

  @Test
  void anEmptyOrMissingUrlIsRefusedBeforeAnyWayIsMade() {
    assertThrows(IllegalArgumentException.class, () -> members.set(List.of(ONE, "")));
    assertThrows(NullPointerException.class, () -> members.set(Arrays.asList(ONE, null)));
    assertThrows(NullPointerException.class, () -> members.set(null));

    assertEquals(List.of(), connected);
    assertEquals(List.of(), members.members());
  }

  @Test
  void aConnectorThatMakesNoWayIsRefused() {
    // Without a way the member would pass for this node itself, which then kept another's keys.
    Membership careless = membership(url -> null);

    assertThrows(NullPointerException.class, () -> careless.set(List.of(SELF, ONE)));
    assertEquals(List.of(), careless.members());
  }

  @Test
  void whateverAConnectorThrowsClosesWhatItOpened() {
    var opened = new FakePeer(ONE);
    Membership membership =
        membership(
            url -> {
              if (url.equals(ONE)) {
                return opened;
              }
              throw new NoClassDefFoundError("shaded");
            });

    assertThrows(NoClassDefFoundError.class, () -> membership.set(List.of(ONE, TWO)));

    assertEquals(1, opened.timesClosed());
    assertEquals(List.of(), membership.members());
  }

  @Test
  void aWayThatFailsToCloseKeepsNoOtherOpen() {
    var closed = new ArrayList<String>();
    Membership membership =
        membership(
            url ->
                new PeerGetter() {
                  @Override
                  public void fetch(PeerRequest request, Consumer<? super PeerResult> callback) {}

                  @Override
                  public void close() {
                    closed.add(url);
                    throw new IllegalStateException("close " + url);
                  }
                });
    membership.set(List.of(ONE, TWO, "http://three:1"));

    assertThrows(IllegalStateException.class, () -> membership.set(List.of(SELF)));

    assertEquals(3, closed.size());
    assertEquals(List.of(SELF), membership.members());
  }

  @Test
  void aListenerThatThrowsKeepsNoOtherFromHearingAndNoWayOpen() {
    members.set(List.of(ONE));
    var heard = new AtomicInteger();
    members.onChange(
        () -> {
          throw new IllegalStateException("listener");
        });
    members.onChange(heard::incrementAndGet);

    assertThrows(IllegalStateException.class, () -> members.set(List.of(SELF)));

    assertEquals(1, heard.get());
    assertEquals(1, way(ONE).timesClosed());
  }

  @Test
  void listenersHearOfAChangeOnceItCanBeSeen() {
    var seen = new ArrayList<List<String>>();
    members.onChange(() -> seen.add(members.members()));

    members.set(List.of(SELF, ONE));
    members.set(List.of(SELF));

    assertEquals(List.of(List.of(SELF, ONE), List.of(SELF)), seen);
    assertThrows(NullPointerException.class, () -> members.onChange(null));
  }

  @Test
  void aListenerThatComesWhileAChangeIsMadeHearsOfIt() {
    //   1. A change has begun, and is making a way to a new member;
    //   2. a node registers, and drops nothing by the list of before;
    //   3. the new list is published: the node must hear of it.
    Group scores = node.addGroup("scores", withoutCopies().build(), Loaded::ofUtf8);
    keys().forEach(scores::get);
    Membership[] changing = new Membership[1];
    changing[0] =
        membership(
            url -> {
              node.registerPeerPicker(changing[0]);
              return new FakePeer(url);
            });

    changing[0].set(List.of(ONE));

    assertEquals(0, answered(scores));
  }

  @Test
  void listenersRunUnderNoLock() {
    members.onChange(
        () -> {
          if (members.members().contains(ONE)) {
            var other = new Thread(() -> members.set(List.of(SELF)));
            other.start();
            try {
              other.join(); // for ever, if this ran under a lock that the other needs
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          }
        });

    members.set(List.of(SELF, ONE));

    assertEquals(List.of(SELF), members.members());
    assertEquals(1, way(ONE).timesClosed());
  }

  @Test
  void closingClosesEveryWayOnceAndKeepsTheList() {
    members.set(List.of(SELF, ONE, TWO));

    members.close();

    assertEquals(1, way(ONE).timesClosed());
    assertEquals(1, way(TWO).timesClosed());
    assertEquals(List.of(SELF, ONE, TWO), members.members());
  }

  @ParameterizedTest
  @EnumSource
  void underANewListThisNodeDoesNotAnswerWhatItNoLongerOwns(CachePolicy policy) {
    node.registerPeerPicker(members);
    members.set(List.of(SELF));
    Group scores = node.addGroup("scores", withoutCopies().policy(policy).build(), Loaded::ofUtf8);
    Group teams = node.addGroup("teams", withoutCopies().build(), Loaded::ofUtf8);
    for (String key : keys()) {
      scores.get(key);
      teams.get(key);
    }
    assertEquals(200, scores.stats().mainCache().items());

    members.set(List.of(SELF, ONE));

    long owned = keys().stream().filter(this::owns).count();
    assertTrue(owned > 0 && owned < 200, "owned: " + owned);
    for (Group group : List.of(scores, teams)) {
      assertEquals(owned, answered(group));
      assertEquals(0, group.stats().mainCache().evictions(), "dropped, not evicted");
      for (String key : keys()) {
        assertEquals(owns(key), group.gets().lookUp(key) != null);
      }
    }
  }

  @Test
  void registeringThePickerIsAChangeOfTheListToo() {
    Group scores = node.addGroup("scores", withoutCopies().build(), Loaded::ofUtf8);
    keys().forEach(scores::get);
    members.set(List.of(SELF, ONE));

    node.registerPeerPicker(members);

    assertEquals(keys().stream().filter(this::owns).count(), answered(scores));
  }

  @ParameterizedTest
  @EnumSource
  void aValueThatLandsWhileTheListChangesIsNoLongerOurs(CachePolicy policy) throws Exception {
    //   1. Tom is loaded, and the picker says that this node owns him;
    //   2. a new list is published, and the sweep does not see him;
    //   3. he is put, asked about once more, and dropped.
    var picker = new HandPicker(HandPicker.SELF);
    node.registerPeerPicker(picker);
    var origin = new HandOrigin();
    Group scores = node.addAsyncGroup("scores", withoutCopies().policy(policy).build(), origin);
    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    picker.whenAsked(
        key -> {
          picker.whenAsked(k -> {});
          assertEquals(0, scores.stats().mainCache().items(), "asked before the put");
          picker.change(new FakePeer(ONE).peer());
        });

    origin.next().is("630");

    assertEquals("630", value(future));
    assertNull(scores.gets().lookUp("Tom"));
  }

  @ParameterizedTest
  @EnumSource
  void aValueThatLandsJustBeforeTheListChangesIsSwept(CachePolicy policy) throws Exception {
    //   1. Tom is loaded, owned and put;
    //   2. the picker is asked the second time, and answers by the old list;
    //   3. a new list is published: its sweep comes after the put and sees him.
    var picker = new HandPicker(HandPicker.SELF);
    node.registerPeerPicker(picker);
    var origin = new HandOrigin();
    Group scores = node.addAsyncGroup("scores", withoutCopies().policy(policy).build(), origin);
    CompletableFuture<ByteView> future = scores.getAsync("Tom");
    picker.whenAsked(
        first ->
            picker.whenAsked(
                second -> {
                  picker.whenAsked(k -> {});
                  assertEquals(1, scores.stats().mainCache().items(), "asked after the put");
                  picker.change(new FakePeer(ONE).peer());
                }));

    origin.next().is("630");

    assertEquals("630", value(future));
    assertNull(scores.gets().lookUp("Tom"));
  }

  @Test
  void aKeyThatBecomesOursWhileItIsFetchedIsNotKeptFromTheFetch() {
    var picker = new HandPicker(new FakePeer(TWO).peer());
    node.registerPeerPicker(picker);
    Group scores = node.addGroup("scores", key -> Loaded.ofUtf8("here"));
    var owner = new FakePeer(ONE);
    picker.change(owner.peer());
    CompletableFuture<ByteView> future = scores.getAsync("Tom");

    picker.change(HandPicker.SELF);
    owner.is("there");

    assertEquals("there", value(future));
    assertEquals("here", scores.get("Tom").toUtf8());
    assertNotNull(scores.gets().lookUp("Tom"));
  }
}
