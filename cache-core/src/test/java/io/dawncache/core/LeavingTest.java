package io.dawncache.core;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.consistenthash.Scheme;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a node that leaves hands over, and what one that stays takes. */
class LeavingTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final String A = "http://a:1";
  private static final String B = "http://b:1";
  private static final String C = "http://c:1";

  private final Map<String, CacheNode> nodes = new HashMap<>();
  private final Map<String, Membership> memberships = new HashMap<>();
  private final Map<String, AtomicInteger> loads = new HashMap<>();
  private final List<Offer> offers = new ArrayList<>();
  private final List<PastChanges> handedOver = new ArrayList<>();
  private final Set<String> down = new HashSet<>();

  /** A way to a neighbour that may be down, and notes what leavers send. */
  private final class Way implements PeerGetter {
    private final String url;

    Way(String url) {
      this.url = url;
    }

    private PeerGetter there() {
      return new Neighbour(requireNonNull(nodes.get(url)));
    }

    @Override
    public void fetch(PeerRequest request, Consumer<? super PeerResult> callback) {
      if (down.contains(url)) {
        callback.accept(PeerResult.of(PeerResult.Status.NOT_ASKED, "down"));
      } else {
        there().fetch(request, callback);
      }
    }

    @Override
    public void peek(PeerRequest request, Consumer<? super PeerResult> callback) {
      there().peek(request, callback);
    }

    @Override
    public void forget(Forget what, Duration timeout, Consumer<? super OperationResult> callback) {
      if (down.contains(url)) {
        callback.accept(OperationResult.of(OperationResult.Status.NOT_ASKED, "down"));
      } else {
        there().forget(what, timeout, callback);
      }
    }

    @Override
    public void offer(Offer offer, Duration timeout, Consumer<? super OperationResult> callback) {
      offers.add(offer);
      there().offer(offer, timeout, callback);
    }

    @Override
    public void handOver(
        PastChanges changes, Duration timeout, Consumer<? super OperationResult> callback) {
      if (down.contains(url)) {
        callback.accept(OperationResult.of(OperationResult.Status.NOT_ASKED, "down"));
      } else {
        handedOver.add(changes);
        there().handOver(changes, timeout, callback);
      }
    }
  }

  private void start(CachePolicy policy, String... urls) {
    for (String url : urls) {
      CacheNode node = CacheNode.create();
      nodes.put(url, node);
      AtomicInteger count = new AtomicInteger();
      loads.put(url, count);
      node.addGroup(
          "scores",
          GroupConfig.builder().maxBytes(16 << 20).hotBytes(0).policy(policy).build(),
          key -> {
            count.incrementAndGet();
            return Loaded.ofUtf8("value of " + key);
          });
      Membership membership = new Membership(url, Scheme.DAWNCACHE, 3, Way::new);
      memberships.put(url, membership);
      membership.set(List.of(urls));
      node.registerPeerPicker(membership);
    }
  }

  @AfterEach
  void close() {
    nodes.values().forEach(Books::check);
    nodes.values().forEach(CacheNode::close);
  }

  private Group group(String url) {
    return requireNonNull(requireNonNull(nodes.get(url)).group("scores"));
  }

  private Membership membership(String url) {
    return requireNonNull(memberships.get(url));
  }

  private int loads() {
    return loads.values().stream().mapToInt(AtomicInteger::get).sum();
  }

  private void leave(String leaver) {
    memberships.values().forEach(membership -> membership.leave(leaver));
  }

  private boolean offer(String leaver, long maxBytes, Duration timeout) {
    return offer(leaver, memberships.keySet(), maxBytes, timeout);
  }

  private boolean offer(String holder, Set<String> receivers, long maxBytes, Duration timeout) {
    AtomicInteger done = new AtomicInteger();
    requireNonNull(nodes.get(holder))
        .offerValues(receivers, maxBytes, timeout, done::incrementAndGet);
    return done.get() == 1;
  }

  private Set<String> handOver(String leaver) {
    List<Set<String>> lost = new ArrayList<>();
    requireNonNull(nodes.get(leaver)).handOverChanges(urls -> lost.add(Set.copyOf(urls)));
    assertEquals(1, lost.size());
    return lost.get(0);
  }

  private static List<String> keys(int count) {
    return IntStream.range(0, count).mapToObj(i -> "key-" + i).toList();
  }

  @Test
  void nextOwnersTakeWhatIsOfferedWithoutALoad() {
    for (CachePolicy policy : CachePolicy.values()) {
      offers.clear();
      start(policy, A, B, C);
      keys(2_000).forEach(key -> group(A).get(key));
      int before = loads();
      leave(C);

      assertTrue(offer(C, Long.MAX_VALUE, LONG));

      long offered = group(C).stats().events().offered();
      assertTrue(offered > Offer.MOST_KEYS, "offered: " + offered);
      assertEquals(offered, offers.stream().mapToInt(offer -> offer.keys().size()).sum());
      assertEquals(
          offered,
          group(A).stats().events().taken() + group(B).stats().events().taken(),
          "each to its next owner");
      keys(2_000).forEach(key -> group(A).get(key));
      assertEquals(before, loads());
      close();
      nodes.clear();
    }
  }

  @Test
  void theHottestAreOfferedFirstAndNoMoreThanTheLimit() {
    start(CachePolicy.LRU, A, B);
    keys(500).forEach(key -> group(B).get(key));
    List<String> own =
        keys(500).stream()
            .filter(key -> membership(B).owners(key).next() instanceof Owner.Self)
            .toList();
    String hottest = own.get(0);
    group(B).get(hottest);
    leave(B);

    assertTrue(offer(B, 1_000, LONG));

    assertEquals(1, offers.size());
    assertEquals(hottest, offers.get(0).keys().get(0));
    assertTrue(offers.get(0).keys().size() < 20);
  }

  /** As when these have come back, and others own their keys as before. */
  @Test
  void onlyTheGivenMembersAreOfferedTheValuesOfTheirKeys() {
    start(CachePolicy.LRU, A, B, C);
    leave(B);
    keys(500).forEach(key -> group(A).get(key));
    int before = loads();
    memberships.values().forEach(membership -> membership.readmit(B));
    membership(B).wasEjected();

    assertTrue(offer(A, Set.of(C), Long.MAX_VALUE, LONG));
    assertEquals(List.of(), offers);
    assertTrue(offer(A, Set.of(B), Long.MAX_VALUE, LONG));
    assertTrue(offer(C, Set.of(B), Long.MAX_VALUE, LONG));

    long own = keys(500).stream().filter(key -> ownerOf(key).equals(B)).count();
    assertEquals(own, group(B).stats().events().taken());
    keys(500).forEach(key -> group(B).get(key));
    assertEquals(before, loads());
    assertEquals(0, group(B).stats().events().peeks());
  }

  private String ownerOf(String key) {
    return membership(A).owners(key).next().url();
  }

  @Test
  void withoutTimeNothingIsOffered() {
    start(CachePolicy.LRU, A, B);
    keys(50).forEach(key -> group(B).get(key));
    leave(B);

    assertTrue(offer(B, Long.MAX_VALUE, Duration.ZERO));

    assertEquals(List.of(), offers);
  }

  @Test
  void nothingIsOfferedWhenAllLeave() {
    start(CachePolicy.LRU, A, B);
    keys(50).forEach(key -> group(B).get(key));
    leave(A);
    leave(B);

    assertTrue(offer(B, Long.MAX_VALUE, LONG));

    assertEquals(List.of(), offers);
  }

  @Test
  void anOfferOfKeysThatANodeDoesNotComeToOwnLeadsToNothing() {
    start(CachePolicy.LRU, A, B);
    AtomicInteger done = new AtomicInteger();

    assertTrue(
        group(A).forServers().offered(new Offer("scores", keys(256)), done::incrementAndGet));

    assertEquals(1, done.get());
    assertEquals(0, group(A).stats().events().taken());
    assertEquals(0, loads());
  }

  @Test
  void whatWasChangedAfterTheOfferIsNotTaken() {
    start(CachePolicy.LRU, A, B);
    String key =
        keys(500).stream()
            .filter(any -> membership(B).owners(any).next() instanceof Owner.Self)
            .findFirst()
            .orElseThrow();
    group(B).get(key);
    leave(B);
    group(A).forServers().forget(Forget.key("scores", key));

    assertTrue(offer(B, Long.MAX_VALUE, LONG));

    assertEquals(0, group(A).stats().events().taken());
  }

  @Test
  void hintsAndTheJournalGoToAMemberThatStays() {
    start(CachePolicy.LRU, A, B, C);
    down.add(B);
    assertEquals(Set.of(B), Set.copyOf(group(C).remove("Tom").unreached()));
    leave(C);

    assertEquals(Set.of(), handOver(C));

    Forget tom = Forget.key("scores", "Tom");
    assertEquals(
        Set.of(new PastChanges(tom, B), new PastChanges(tom, null)), Set.copyOf(handedOver));
    assertEquals(Set.of(B), requireNonNull(nodes.get(A)).membersWithHints());
    assertEquals(2, group(C).stats().events().handedOver());
  }

  @Test
  void aMemberThatIsReachedAfterAllGetsItsHintsItself() {
    start(CachePolicy.LRU, A, B, C);
    down.add(B);
    assertFalse(group(C).remove("Tom").isEverywhere());
    leave(C);
    down.remove(B);

    assertEquals(Set.of(), handOver(C));

    assertEquals(List.of(new PastChanges(Forget.key("scores", "Tom"), null)), handedOver);
    assertEquals(Set.of(), requireNonNull(nodes.get(A)).membersWithHints());
  }

  @Test
  void membersWhoseChangesNobodyTakesAreNamed() {
    start(CachePolicy.LRU, A, B);
    down.add(A);
    assertFalse(group(B).remove("Tom").isEverywhere());
    leave(B);

    assertEquals(Set.of(A), handOver(B));

    assertEquals(2, group(B).stats().events().notHandedOver());
  }

  @Test
  void whatAMemberThatLeavesHoldsAsItsListCountsNoMore() {
    start(CachePolicy.LRU, A, B, C);
    Membership own = membership(A);
    assertFalse(own.fingerprintReported(C, membership(C).list().fingerprint()));
    assertEquals(List.of(C), own.reporting());

    own.leave(C);
    own.listReported(membership(C).list());
    assertFalse(own.fingerprintReported(C, 7));

    assertEquals(List.of(), own.reporting());
    own.set(List.of(A, B));
    assertEquals(List.of(), own.otherLists());
  }

  /** Returns a key that the member owns, as A sees it. */
  private String keyOf(String url) {
    return keys(500).stream()
        .filter(key -> membership(A).owners(key).next().url().equals(url))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aNodeForgetsWhatItMissedItself() {
    start(CachePolicy.LRU, A, B);
    String key = keyOf(A);
    group(A).get(key);

    group(A).forServers().handedOver(new PastChanges(Forget.key("scores", key), A));

    group(A).get(key);
    assertEquals(2, loads());
  }

  @Test
  void theFormerOwnerIsKnownHoweverOftenOtherMembersComeAndGo() {
    start(CachePolicy.LRU, A, B, C);
    Membership own = membership(A);
    own.wasEjected();
    String key = keyOf(A);
    Owner.Remote acted = own.formerOwner(key);
    assertTrue(acted != null);
    String other = acted.url().equals(B) ? C : B;

    for (int i = 0; i < 20; i++) {
      own.leave(other);
      own.readmit(other);
    }
    own.eject(other, 1);

    assertEquals(acted, own.formerOwner(key));
  }

  @Test
  void aLeavingMemberIsPeekedButNotAskedAndPassesTheFloor() {
    start(CachePolicy.LRU, A, B);
    String key = keyOf(B);
    assertFalse(membership(A).eject(B, 2), "it is the last but one");

    membership(A).leave(B);

    assertTrue(membership(A).owners(key).next() instanceof Owner.Self);
    Owner.Remote former = membership(A).formerOwner(key);
    assertEquals(B, former == null ? null : former.url());
    assertEquals(Set.of(B), membership(A).leaving());
    assertTrue(membership(A).eject(B, 2), "it is out already");
    membership(A).readmit(B);
    assertEquals(Set.of(), membership(A).leaving());
    assertNull(membership(A).formerOwner(key));
    membership(A).leave("http://nobody:1");
    assertEquals(Set.of(), membership(A).leaving());
  }
}
