package io.dawncache.core;

import static io.dawncache.core.Answers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Gets of many keys at once. */
class BulkTest {
  @RegisterExtension final Books books = new Books();

  private final CacheNode node = books.keepFor(CacheNode.create());
  private final HandOrigin origin = new HandOrigin();
  private final Group scores = node.addAsyncGroup("scores", GroupConfig.builder().build(), origin);

  /** An owner that takes requests for many keys and answers when the test says so. */
  private static final class BulkOwner implements PeerGetter {
    final List<List<String>> asked = new ArrayList<>();
    final Map<String, PeerRequest> requests = new HashMap<>();
    BiConsumer<PeerRequest, ? super PeerResult> callback = (request, result) -> {};
    final List<String> askedAlone = new ArrayList<>();

    @Override
    public void fetch(PeerRequest request, Consumer<? super PeerResult> callback) {
      askedAlone.add(request.key());
      callback.accept(PeerResult.value(ByteView.ofUtf8(request.key())));
    }

    @Override
    public void fetchAll(
        List<PeerRequest> all, BiConsumer<PeerRequest, ? super PeerResult> callback) {
      asked.add(all.stream().map(PeerRequest::key).toList());
      all.forEach(request -> requests.put(request.key(), request));
      this.callback = callback;
    }

    void is(String key, PeerResult result) {
      callback.accept(requests.get(key), result);
    }

    void is(String key) {
      is(key, PeerResult.value(ByteView.ofUtf8(key)));
    }
  }

  private static List<String> keys(int count) {
    return IntStream.range(0, count).mapToObj(i -> "key-" + i).toList();
  }

  @Test
  void eachKeyEndsByItselfAndOnlyOnce() throws Exception {
    Map<String, GetResult> results = new LinkedHashMap<>();
    node.addGroup("names", Loaded::ofUtf8);
    scores.put("held", ByteView.ofUtf8("in memory"));

    scores.getAll(List.of("Tom", "held", "Tom", "Jack"), null, results::put);
    assertEquals(Set.of("held"), results.keySet());
    HandOrigin.Question first = origin.next();
    HandOrigin.Question second = origin.next();
    second.answer().complete(Loaded.notFound());
    assertEquals(2, results.size());
    first.is("630");

    assertEquals(3, results.size());
    assertEquals("in memory", results.get("held").value().toUtf8());
    assertEquals("630", results.get(first.key()).value().toUtf8());
    assertInstanceOf(NotFoundException.class, results.get(second.key()).error());
    assertEquals(2, origin.runs());
  }

  @Test
  void aKeyThatIsInFlightIsJoined() throws Exception {
    CompletableFuture<ByteView> single = scores.getAsync("Tom");
    HandOrigin.Question question = origin.next();

    CompletableFuture<Map<String, GetResult>> all = scores.getAllAsync(List.of("Tom"), null);
    question.is("630");

    assertEquals("630", value(single));
    assertEquals("630", all.get().get("Tom").value().toUtf8());
    assertEquals(1, origin.runs());
  }

  @Test
  void aKeyThatAPeerNamesTwiceIsAnsweredTwiceAlsoIfItIsForgottenInBetween() throws Exception {
    scores.put("held", ByteView.ofUtf8("in memory"));
    PeerRequest first = new PeerRequest("scores", "Tom", Duration.ofHours(1), 1);
    PeerRequest held = new PeerRequest("scores", "held", Duration.ofHours(1), 0);
    PeerRequest second = new PeerRequest("scores", "Tom", Duration.ofHours(1), 2);
    List<PeerRequest> told = new CopyOnWriteArrayList<>();

    scores
        .forServers()
        .getAllForPeer(
            List.of(first, held, second),
            (request, result) -> {
              assertEquals(PeerResult.Status.VALUE, result.status());
              told.add(request);
              if (request.equals(held)) {
                scores.forServers().forget(Forget.key("scores", "Tom"));
              }
            });
    origin.next().is("630");

    assertEquals(List.of(held, first, second), told);
    assertEquals(1, origin.runs());
  }

  @Test
  void theMostGetsThatAPeerMayReportAreCounted() {
    scores.put("Tom", ByteView.ofUtf8("630"));
    List<Double> rates = new ArrayList<>();

    scores
        .forServers()
        .getAllForPeer(
            List.of(new PeerRequest("scores", "Tom", Duration.ofHours(1), Long.MAX_VALUE)),
            (request, result) -> rates.add(result.minuteQps()));

    assertTrue(rates.get(0) > 1_000_000, "" + rates);
  }

  @Test
  void theBlockingFormKeepsTheOrderOfTheKeys() {
    Group names = node.addGroup("names", Loaded::ofUtf8);

    assertEquals(keys(500), List.copyOf(names.getAll(keys(500)).keySet()));
    assertEquals(Map.of(), names.getAll(List.of()));
  }

  @Test
  void aBadKeyIsRefusedBeforeAnythingIsAsked() {
    assertThrows(
        IllegalArgumentException.class,
        () -> scores.getAll(List.of("Tom", ""), null, (k, r) -> {}));
    assertEquals(0, origin.runs());
    assertEquals(0, scores.stats().gets());
  }

  @Test
  void eachOwnerIsAskedOnceForAllOfItsKeysAndASlowOneDelaysNoOther() {
    BulkOwner owner = new BulkOwner();
    node.registerPeerPicker(new HandPicker(new Owner.Remote("owner", owner)));
    List<String> ended = new CopyOnWriteArrayList<>();

    scores.getAll(List.of("a", "b", "c"), null, (key, result) -> ended.add(key));
    assertEquals(List.of(List.of("a", "b", "c")), owner.asked);
    owner.is("c");
    owner.is("a", PeerResult.of(PeerResult.Status.NOT_FOUND, ""));

    assertEquals(List.of("c", "a"), ended);
    owner.is("b", PeerResult.of(PeerResult.Status.FAILED, "slow"));
    assertEquals(List.of("c", "a", "b"), ended);
  }

  @Test
  void aKeyThatTheOwnerCouldNotBeAskedForIsAskedOfTheNextOwner() {
    BulkOwner owner = new BulkOwner();
    BulkOwner next = new BulkOwner();
    node.registerPeerPicker(
        new HandPicker(new Owner.Remote("owner", owner), new Owner.Remote("next", next)));
    Map<String, String> values = new HashMap<>();

    scores.getAll(
        List.of("a", "b"), null, (key, result) -> values.put(key, result.value().toUtf8()));
    owner.is("a");
    owner.is("b", PeerResult.of(PeerResult.Status.NOT_ASKED, "connection lost"));

    assertEquals(Map.of("a", "a", "b", "b"), values);
    assertEquals(List.of("b"), next.askedAlone);
  }

  @Test
  void aSingleGetJoinsTheBatch() {
    BulkOwner owner = new BulkOwner();
    node.registerPeerPicker(new HandPicker(new Owner.Remote("owner", owner)));
    scores.getAll(List.of("a", "b"), null, (key, result) -> {});

    CompletableFuture<ByteView> single = scores.getAsync("a");
    owner.is("a");
    owner.is("b");

    assertEquals("a", value(single));
    assertEquals(List.of(), owner.askedAlone);
  }

  @Test
  void anOwnerThatThrowsStrandsNobody() throws Exception {
    PeerGetter thrower =
        new PeerGetter() {
          @Override
          public void fetch(PeerRequest request, Consumer<? super PeerResult> callback) {
            throw new IllegalStateException("fetch");
          }
        };
    node.registerPeerPicker(new HandPicker(new Owner.Remote("thrower", thrower), HandPicker.SELF));

    CompletableFuture<Map<String, GetResult>> all = scores.getAllAsync(List.of("a", "b"), null);
    origin.next().is("here");
    origin.next().is("here");

    assertEquals("here", all.get().get("a").value().toUtf8());
    assertEquals("here", all.get().get("b").value().toUtf8());
  }

  @Test
  void aBulkGetterIsAskedOnceAndWhatItLeavesOutIsNotFound() {
    List<Set<String>> asked = new CopyOnWriteArrayList<>();
    Group group =
        node.addGroup(
            "bulk",
            new BulkGetter() {
              @Override
              public Loaded load(String key) {
                throw new AssertionError("alone: " + key);
              }

              @Override
              public Map<String, Loaded> loadAll(Set<String> keys) {
                asked.add(Set.copyOf(keys));
                return Map.of("a", Loaded.ofUtf8("1"), "more", Loaded.ofUtf8("2"));
              }
            });

    Map<String, GetResult> results = group.getAll(List.of("a", "b"));

    assertEquals(List.of(Set.of("a", "b")), asked);
    assertEquals("1", results.get("a").value().toUtf8());
    assertInstanceOf(NotFoundException.class, results.get("b").error());
    assertEquals("1", group.get("a").toUtf8());
    assertEquals(2, group.stats().localLoads());
  }

  /**
   * A getter that says that there is nothing, and remembers for which keys it was asked at once.
   */
  private static final class EmptyOrigin implements Getter, BulkGetter {
    final List<Set<String>> asked = new CopyOnWriteArrayList<>();

    @Override
    public Loaded load(String key) {
      return Loaded.notFound();
    }

    @Override
    public Map<String, Loaded> loadAll(Set<String> keys) {
      asked.add(Set.copyOf(keys));
      return Map.of();
    }
  }

  @Test
  void whatWasNotFoundMeanwhileIsNotAskedForAgain() {
    EmptyOrigin empty = new EmptyOrigin();
    GroupConfig config = GroupConfig.builder().negativeTtl(Duration.ofHours(1)).build();
    Group names = node.addGroup("names", config, empty);
    HandPicker picker = new HandPicker(HandPicker.SELF);
    node.registerPeerPicker(picker);
    picker.whenAsked(
        key -> {
          if (key.equals("Jack")) { // when Tom's flight has begun and stands still
            names.forServers().forget(Forget.key("names", "Tom"));
            assertThrows(NotFoundException.class, () -> names.get("Tom"));
          }
        });

    Map<String, GetResult> results = names.getAll(List.of("Tom", "Jack", "Sam"));

    assertEquals(List.of(Set.of("Jack", "Sam")), empty.asked);
    results.values().forEach(result -> assertInstanceOf(NotFoundException.class, result.error()));
  }

  @Test
  void aBulkGetterThatThrowsFailsEachOfItsKeys() {
    Group group =
        node.addGroup(
            "bulk",
            new BulkGetter() {
              @Override
              public Loaded load(String key) {
                throw new AssertionError("alone: " + key);
              }

              @Override
              public Map<String, Loaded> loadAll(Set<String> keys) {
                throw new IllegalStateException("down");
              }
            });

    Map<String, GetResult> results = group.getAll(keys(10));

    for (GetResult result : results.values()) {
      assertInstanceOf(GetFailedException.class, result.error());
    }
    assertEquals(10, group.stats().localLoadErrs());
  }

  /** All that is told before the flights that were begun fly is that a get was refused. */
  @Test
  void aBulkGettersMapThatThrowsFailsThatKeyAndNoOther() throws Exception {
    Group group =
        node.addGroup(
            "odd maps",
            new BulkGetter() {
              @Override
              public Loaded load(String key) {
                return Loaded.ofUtf8(key);
              }

              @Override
              public Map<String, Loaded> loadAll(Set<String> keys) {
                return new HashMap<>() {
                  private static final long serialVersionUID = 1;

                  @Override
                  public Loaded get(Object key) {
                    if (key.equals("key-1")) {
                      throw new IllegalStateException("this row is broken");
                    }
                    return Loaded.ofUtf8("value of " + key);
                  }
                };
              }
            });

    Map<String, GetResult> results =
        group.getAllAsync(keys(4), Duration.ofMinutes(1)).get(1, TimeUnit.MINUTES);

    results.forEach(
        (key, result) -> {
          if (key.equals("key-1")) {
            assertInstanceOf(GetFailedException.class, result.error());
            assertTrue(result.error().getMessage().contains("this row is broken"));
          } else {
            assertEquals("value of " + key, result.value().toUtf8());
          }
        });
    assertEquals("key-1", group.get("key-1").toUtf8(), "the key is not stuck");
    assertEquals(3 + 1, group.stats().localLoads());
    assertEquals(1, group.stats().localLoadErrs());
  }

  @Test
  void aGetOfMoreKeysThanTheQueueHoldsLoadsThemAll() throws Exception {
    GroupConfig config = GroupConfig.builder().maxLoads(4).maxQueuedLoads(10).build();
    Group group = node.addGroup("many", config, key -> Loaded.ofUtf8("value of " + key));
    Map<String, GetResult> results = group.getAllAsync(keys(3_000), null).get();
    results.forEach((key, result) -> assertEquals("value of " + key, result.value().toUtf8()));
    assertEquals(3_000, group.stats().localLoads());

    Group forPeers = node.addGroup("many for peers", config, key -> Loaded.ofUtf8(key));
    CountDownLatch answers = new CountDownLatch(3_000);
    List<PeerRequest> requests =
        keys(3_000).stream()
            .map(key -> new PeerRequest("many for peers", key, Duration.ofMinutes(1), 0))
            .toList();
    List<PeerResult.Status> others = new CopyOnWriteArrayList<>();
    forPeers
        .forServers()
        .getAllForPeer(
            requests,
            (request, result) -> {
              if (result.status() != PeerResult.Status.VALUE) {
                others.add(result.status());
              }
              answers.countDown();
            });
    answers.await();
    assertEquals(List.of(), others);
  }

  @Test
  void aGetOfManyKeysLeavesTheQueueToOthersAndEndsAtItsDeadline() throws Exception {
    GroupConfig config = GroupConfig.builder().maxLoads(2).maxQueuedLoads(1).build();
    Group group = node.addAsyncGroup("slow", config, origin);
    CompletableFuture<Map<String, GetResult>> all =
        group.getAllAsync(keys(100), Duration.ofMillis(50));
    HandOrigin.Question first = origin.next();
    HandOrigin.Question second = origin.next();
    CompletableFuture<ByteView> other = group.getAsync("other"); // there is room for it

    all.get()
        .values()
        .forEach(result -> assertInstanceOf(GetTimeoutException.class, result.error()));
    first.is("630");
    second.is("630");
    origin.next().is("631");

    assertEquals("631", value(other));
    assertEquals(3, origin.runs(), "nobody waits for the others");
  }

  /** Calls back for each key, and throws each time. */
  private static List<String> getAllThrowing(Group group, String... keys) {
    Thread thread = Thread.currentThread();
    Thread.UncaughtExceptionHandler before = thread.getUncaughtExceptionHandler();
    List<Throwable> uncaught = new ArrayList<>();
    thread.setUncaughtExceptionHandler((t, e) -> uncaught.add(e));
    List<String> told = new CopyOnWriteArrayList<>();
    try {
      group.getAll(
          List.of(keys),
          null,
          (key, result) -> {
            told.add(key);
            throw new IllegalStateException("callback");
          });
    } finally {
      thread.setUncaughtExceptionHandler(before);
    }
    assertEquals(told.size(), uncaught.size(), "what was thrown is reported");
    return told;
  }

  @Test
  void aCallbackThatThrowsAtARefusalIsCalledForTheOtherKeysAndStrandsNoFlight() throws Exception {
    Group bounded =
        node.addAsyncGroup("bounded", GroupConfig.builder().maxWaiters(1).build(), origin);
    bounded.put("held", ByteView.ofUtf8("in memory"));

    List<String> told = getAllThrowing(bounded, "Tom", "Jack", "held", "Sam");
    assertEquals(List.of("Jack", "Sam", "held"), told);
    origin.next().is("here");

    assertEquals("here", bounded.get("Tom").toUtf8());
    assertEquals(1, origin.runs());
  }

  @Test
  void aCallbackThatThrowsAtAHitStrandsNoFlight() throws Exception {
    scores.put("held", ByteView.ofUtf8("in memory"));

    assertEquals(List.of("held"), getAllThrowing(scores, "Tom", "held"));
    origin.next().is("here");

    assertEquals("here", scores.get("Tom").toUtf8());
    assertEquals(1, origin.runs());
  }

  @Test
  void aCallbackThatThrowsOnceTheGroupIsRemovedIsCalledForEachKey() {
    node.removeGroup("scores");

    assertEquals(List.of("a", "b", "c"), getAllThrowing(scores, "a", "b", "c"));
  }

  @Test
  void aDeadlineEndsTheWaitsThatAreLeft() throws Exception {
    scores.put("held", ByteView.ofUtf8("in memory"));
    CompletableFuture<Map<String, GetResult>> all =
        scores.getAllAsync(List.of("held", "Tom"), Duration.ofMillis(1));

    assertInstanceOf(GetTimeoutException.class, all.get().get("Tom").error());
    assertTrue(all.get().get("held").isFound());
    origin.next().is("630"); // the flight has gone on
  }

  @Test
  void aPeersRequestForManyKeysIsLoadedHereAndCountedOnce() throws Exception {
    Map<String, PeerResult> results = new ConcurrentHashMap<>();
    CountDownLatch ended = new CountDownLatch(3);
    scores.put("held", ByteView.ofUtf8("in memory"));
    node.registerPeerPicker(new HandPicker(HandPicker.SELF, new FakePeer("other").peer()));

    scores
        .forServers()
        .getAllForPeer(
            List.of(request("held"), request("Tom"), request("")),
            (request, result) -> {
              results.put(request.key(), result);
              ended.countDown();
            });
    origin.next().answer().complete(Loaded.notFound());
    ended.await();

    assertEquals("in memory", results.get("held").value().toUtf8());
    assertEquals(PeerResult.Status.NOT_FOUND, results.get("Tom").status());
    assertEquals(PeerResult.Status.FAILED, results.get("").status());
    assertEquals(1, scores.stats().events().bulkRequests());
    assertEquals(2, scores.stats().serverRequests());
  }

  private static PeerRequest request(String key) {
    return new PeerRequest("scores", key, Duration.ofSeconds(10), 0);
  }
}
