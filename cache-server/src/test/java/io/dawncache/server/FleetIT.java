package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Entry;
import io.dawncache.core.GetFailedException;
import io.dawncache.core.GetTimeoutException;
import io.dawncache.core.Getter;
import io.dawncache.core.Group;
import io.dawncache.core.Loaded;
import io.dawncache.core.NotFoundException;
import io.dawncache.core.OverloadedException;
import io.dawncache.server.RawClient.Answer;
import io.dawncache.server.wire.Escape;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Several real nodes in one process, over real sockets. */
@ParameterizedClass(name = "peerFrames: {0}")
@ValueSource(booleans = {true, false})
class FleetIT {
  private final boolean peerFrames;

  FleetIT(boolean peerFrames) {
    this.peerFrames = peerFrames;
  }

  private ServerConfig.Builder config() {
    return ServerConfig.builder().peerFrames(peerFrames);
  }

  private final AtomicInteger loads = new AtomicInteger();

  /** Getters that answer {@code nodeIndex:key} and count their runs. */
  private Getter counting(int index) {
    return key -> {
      loads.incrementAndGet();
      return Loaded.ofUtf8(index + ":" + key);
    };
  }

  private static String path(String key) {
    return "/_dawncache/" + Fleet.GROUP + "/" + Escape.path(key);
  }

  @Test
  void keysOfAnyCharactersSurviveEveryHop() throws IOException {
    List<String> keys =
        List.of(
            "a b",
            "a+b",
            "a/b",
            "a//b",
            "/",
            "//",
            ".",
            "..",
            "../x",
            "%2F",
            "%",
            "?",
            "a?b=c",
            "#",
            "🎈",
            "é",
            "日本語",
            "\0",
            "\r\nX: y",
            "x".repeat(8 << 10));
    try (Fleet fleet = Fleet.of(3, config(), this::counting)) {
      for (String key : keys) {
        String expected = fleet.ownerOf(key) + ":" + key;
        for (int i = 0; i < 3; i++) {
          assertEquals(expected, fleet.group(i).get(key).toUtf8());
          assertEquals(expected, RawClient.get(fleet.server(i), path(key)).value());
        }
      }
      assertEquals(keys.size(), loads.get());
    }
  }

  @Test
  void groupsOfAnyCharactersSurviveEveryHop() throws IOException {
    List<String> names = List.of("a b", "a+b", "a/b", "..", "%2F", "?", "🎈");
    try (Fleet fleet = Fleet.of(2, config(), this::counting)) {
      for (String name : names) {
        for (int i = 0; i < 2; i++) {
          int index = i;
          fleet.node(i).addGroup(name, key -> Loaded.ofUtf8(index + ":" + name));
        }
        Group group = fleet.node(0).group(name);
        assertEquals("1:" + name, group.get(fleet.keyOwnedBy(1)).toUtf8());
      }
    }
  }

  @Test
  void aLargeValueCrossesAHopUnharmed() throws IOException {
    byte[] bytes = new byte[3 << 20];
    new Random(42).nextBytes(bytes);
    try (Fleet fleet = Fleet.of(2, config(), i -> key -> Loaded.of(ByteView.copyOf(bytes)))) {
      assertArrayEquals(bytes, fleet.group(0).get(fleet.keyOwnedBy(1)).toByteArray());
    }
  }

  @Test
  void twoHundredClientsOfThreeNodesLoadAColdKeyOnce() throws Exception {
    CountDownLatch allHaveAsked = new CountDownLatch(1);
    IntFunction<Getter> held =
        index ->
            key -> {
              assertTrue(allHaveAsked.await(Fleet.PATIENCE.toSeconds(), TimeUnit.SECONDS));
              return counting(index).load(key);
            };
    List<RawClient> clients = new ArrayList<>();
    try (Fleet fleet = Fleet.of(3, config(), held)) {
      for (int i = 0; i < 200; i++) {
        RawClient client = new RawClient(fleet.server(i % 3).address());
        clients.add(client.send("GET " + path("cold") + " HTTP/1.1\r\nHost: t\r\n\r\n"));
      }
      allHaveAsked.countDown();
      for (RawClient client : clients) {
        assertEquals(fleet.ownerOf("cold") + ":cold", client.answer().value());
        client.close();
      }
      assertEquals(1, loads.get());
    }
  }

  @Test
  void twoNodesThatNameEachOtherAsOwnerBothAnswerAtOnce() throws Exception {
    try (Fleet fleet = Fleet.strangers(2, config(), this::counting)) {
      fleet.server(0).setMembers(List.of(fleet.server(1).self()));
      fleet.server(1).setMembers(List.of(fleet.server(0).self()));
      CompletableFuture<ByteView> first = fleet.group(0).getAsync("k");
      CompletableFuture<ByteView> second = fleet.group(1).getAsync("k");
      assertEquals("1:k", first.get(Fleet.PATIENCE.toSeconds(), TimeUnit.SECONDS).toUtf8());
      assertEquals("0:k", second.get(Fleet.PATIENCE.toSeconds(), TimeUnit.SECONDS).toUtf8());
      assertEquals(1, fleet.stats(0).localLoads());
      assertEquals(1, fleet.stats(1).localLoads());
    }
  }

  @Test
  void anOwnersWordIsFinal() throws IOException {
    IntFunction<Getter> origin =
        index ->
            key -> {
              loads.incrementAndGet();
              if (index == 0) {
                throw new AssertionError("the asking node must not load");
              }
              return switch (key.charAt(key.length() - 1)) {
                case '0', '2', '4', '6', '8' -> Loaded.notFound();
                default -> throw new IOException("the origin is on fire");
              };
            };
    try (Fleet fleet = Fleet.of(2, config(), origin)) {
      String even = keyOwnedByOne(fleet, "02468");
      String odd = keyOwnedByOne(fleet, "13579");
      assertThrows(NotFoundException.class, () -> fleet.group(0).get(even));
      GetFailedException failed =
          assertThrows(GetFailedException.class, () -> fleet.group(0).get(odd));
      assertEquals(
          "fetch scores/" + odd + " from " + fleet.server(1).self() + ": the origin is on fire",
          failed.getMessage());
      assertEquals(2, loads.get());
    }
  }

  private static List<String> keysOwnedByOne(Fleet fleet, int count) {
    return IntStream.iterate(0, i -> i + 1)
        .mapToObj(Integer::toString)
        .filter(key -> fleet.ownerOf(key) == 1)
        .limit(count)
        .toList();
  }

  private static String keyOwnedByOne(Fleet fleet, String lastDigits) {
    return IntStream.range(0, 1000)
        .mapToObj(Integer::toString)
        .filter(key -> fleet.ownerOf(key) == 1)
        .filter(key -> lastDigits.indexOf(key.charAt(key.length() - 1)) >= 0)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void anOverloadedOwnerIsNotAskedTwiceNorStoodInFor() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try (Fleet fleet = Fleet.of(2, config(), this::counting)) {
      var tight = io.dawncache.core.GroupConfig.builder().maxLoads(1).maxQueuedLoads(0).build();
      Group asking =
          fleet.node(0).addGroup("tight", tight, key -> Loaded.ofUtf8("loaded at the asking node"));
      Group owning =
          fleet
              .node(1)
              .addGroup(
                  "tight",
                  tight,
                  key -> {
                    running.countDown();
                    release.await();
                    return Loaded.ofUtf8("at last");
                  });
      CompletableFuture<ByteView> first = owning.getAsync(fleet.keyOwnedBy(1));
      running.await();
      assertThrows(OverloadedException.class, () -> asking.get(keyOwnedByOne(fleet, "0")));
      release.countDown();
      assertEquals("at last", first.get(30, TimeUnit.SECONDS).toUtf8());
    }
  }

  @Test
  void anOverloadedOwnerReceivesFewerFetchesOfThatGroupAndIsNotEjected() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try (Fleet fleet = Fleet.of(2, config(), this::counting)) {
      var tight = io.dawncache.core.GroupConfig.builder().maxLoads(1).maxQueuedLoads(0).build();
      Group asking = fleet.node(0).addGroup("tight", tight, Loaded::ofUtf8);
      Group owning =
          fleet
              .node(1)
              .addGroup(
                  "tight",
                  tight,
                  key -> {
                    running.countDown();
                    release.await();
                    return Loaded.ofUtf8(key);
                  });
      CompletableFuture<ByteView> first = owning.getAsync(fleet.keyOwnedBy(1));
      running.await();
      List<String> keys = keysOwnedByOne(fleet, 500);

      for (String key : keys) {
        assertThrows(OverloadedException.class, () -> asking.get(key));
      }

      assertTrue(owning.stats().serverRequests() < keys.size());
      assertEquals(PeerHealth.State.UP, fleet.server(0).peers().get(0).state());
      for (String key : keys) {
        assertEquals("1:" + key, fleet.group(0).get(key).toUtf8(), "of another group");
      }
      release.countDown();
      var unused = first.get(30, TimeUnit.SECONDS);
      int answered = 0;
      while (answered < keys.size()) {
        answered = isAnswered(asking, keys.get(answered)) ? answered + 1 : 0;
      }
    }
  }

  private static boolean isAnswered(Group group, String key) {
    try {
      return group.get(key).toUtf8().equals(key);
    } catch (OverloadedException e) {
      return false;
    }
  }

  @Test
  void theRemainingTtlTravelsWithTheValue() throws IOException {
    Duration ttl = Duration.ofHours(1);
    try (Fleet fleet = Fleet.of(2, config(), i -> key -> Loaded.ofUtf8(key).withTtl(ttl))) {
      String key = fleet.keyOwnedBy(1);
      Entry atTheOwner = fleet.group(1).getEntry(key, Fleet.PATIENCE);
      Entry fetched = fleet.group(0).getEntry(key, Fleet.PATIENCE);
      Duration left = fleet.group(1).forServers().remainingTtl(atTheOwner);
      assertTrue(fleet.group(0).forServers().remainingTtl(fetched).compareTo(ttl) < 0);
      assertTrue(left.compareTo(fleet.group(1).forServers().remainingTtl(atTheOwner)) >= 0);
    }
  }

  @Test
  void aDeadlineTravelsToTheOwnerAndEndsTheWaitThereWhileTheLoadGoesOn() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    IntFunction<Getter> held =
        index ->
            key -> {
              if (key.startsWith("key-")) {
                release.await();
              }
              return counting(index).load(key);
            };
    try (Fleet fleet = Fleet.of(2, config(), held)) {
      fleet.group(0).get(keyOwnedByOne(fleet, "0")); // so that the way to the owner is open
      String key = fleet.keyOwnedBy(1);
      assertThrows(
          GetTimeoutException.class, () -> fleet.group(0).get(key, Duration.ofMillis(500)));
      String fromPeer = "Dawncache-Peer: " + fleet.server(0).self() + "\r\n";
      for (String mark : List.of("", fromPeer)) {
        Answer late = RawClient.get(fleet.server(1), path(key), mark + "Dawncache-Timeout: 20\r\n");
        assertEquals(504, late.status(), late.text());
        assertEquals("timed-out", late.header("dawncache-status"));
      }
      release.countDown();
      assertEquals("1:" + key, fleet.group(0).get(key).toUtf8());
      assertEquals(2, loads.get());
    }
  }

  @Test
  void anOwnerWithoutTheGroupIsStoodInFor() throws IOException {
    try (Fleet fleet = Fleet.of(2, config(), this::counting)) {
      Group group = fleet.node(0).addGroup("only here", key -> Loaded.ofUtf8("here:" + key));
      String key = fleet.keyOwnedBy(1);
      assertEquals("here:" + key, group.get(key).toUtf8());
      assertEquals(1, group.stats().peerErrors());
    }
  }

  @Test
  void theKeysOfALostNodeAreLoadedByTheNextOwner() throws IOException {
    try (Fleet fleet = Fleet.of(3, config(), this::counting)) {
      String key = fleet.keyOwnedBy(2);
      assertEquals("2:" + key, fleet.group(0).get(key).toUtf8());
      Fleet.kill(fleet.server(2));
      String value = fleet.group(0).get(key).toUtf8();
      assertEquals(value, fleet.group(1).get(key).toUtf8());
      assertTrue(value.equals("0:" + key) || value.equals("1:" + key), value);
    }
  }

  @Test
  void aPeersRequestIsNeverForwarded() throws IOException {
    try (Fleet fleet = Fleet.of(2, config(), this::counting)) {
      String key = fleet.keyOwnedBy(1);
      String mark = "Dawncache-Peer: " + fleet.server(1).self() + "\r\n";
      assertEquals("0:" + key, RawClient.get(fleet.server(0), path(key), mark).value());
      assertEquals(1, fleet.stats(0).serverRequests());
      assertNull(fleet.group(0).peek(key));
      assertEquals(0, fleet.stats(1).gets());
    }
  }

  @Test
  void aGoClientIsAPeerOnlyWhereGoPeersAreToldOf() throws IOException {
    String goClient = "User-Agent: Go-http-client/1.1\r\n";
    try (Fleet fleet = Fleet.of(2, config().goPeers(true), this::counting)) {
      String key = fleet.keyOwnedBy(1);
      assertEquals("0:" + key, RawClient.get(fleet.server(0), path(key), goClient).value());
      assertEquals(
          "0:a b", RawClient.get(fleet.server(0), "/_dawncache/scores/a+b", goClient).value());
      assertEquals(2, fleet.stats(0).serverRequests());
    }
    try (Fleet fleet = Fleet.of(2, config(), this::counting)) {
      String key = fleet.keyOwnedBy(1);
      assertEquals("1:" + key, RawClient.get(fleet.server(0), path(key), goClient).value());
      assertEquals(0, fleet.stats(0).serverRequests());
    }
  }

  @Test
  void aGoClientFromAnotherAddressIsAClient() throws IOException {
    String goClient = "User-Agent: Go-http-client/1.1\r\n";
    try (Fleet fleet = Fleet.strangers(1, config().goPeers(true), this::counting)) {
      fleet.server(0).setMembers(List.of(fleet.server(0).self().replace("127.0.0.1", "127.0.0.2")));
      // The one member is at 127.0.0.2 and cannot be asked there; we come from 127.0.0.1.
      assertEquals(
          "0:a+b", RawClient.get(fleet.server(0), "/_dawncache/scores/a+b", goClient).value());
      assertEquals(0, fleet.stats(0).serverRequests());
    }
  }

  @Test
  void aNewMemberListMovesOnlyWhatItMust() throws IOException {
    try (Fleet fleet = Fleet.strangers(2, config(), this::counting)) {
      for (int i = 0; i < 100; i++) {
        fleet.group(0).get("key-" + i);
      }
      assertEquals(100, fleet.stats(0).mainCache().items());
      List<String> members = List.of(fleet.server(0).self(), fleet.server(1).self());
      fleet.server(0).setMembers(members);
      fleet.server(1).setMembers(members);
      Group scores = fleet.group(0);
      long kept = IntStream.range(0, 100).filter(i -> scores.peek("key-" + i) != null).count();
      assertTrue(kept > 0 && kept < 100, "kept " + kept);
      for (int i = 0; i < 100; i++) {
        int loadedAt = peerFrames ? 0 : fleet.ownerOf("key-" + i); // in frames it is taken over
        assertEquals(loadedAt + ":key-" + i, fleet.group(0).get("key-" + i).toUtf8());
      }
      assertEquals(kept, fleet.stats(0).cacheHits());
      assertEquals(peerFrames ? 100 : 200 - kept, loads.get());
    }
  }

  @Test
  void aStopAnswersWhatIsInFlightAndAcceptsNoMore() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    IntFunction<Getter> held =
        index ->
            key -> {
              running.countDown();
              release.await();
              return Loaded.ofUtf8("in time");
            };
    try (Fleet fleet = Fleet.of(1, config(), held);
        RawClient client = new RawClient(fleet.server(0).address())) {
      client.send("GET " + path("k") + " HTTP/1.1\r\nHost: t\r\n\r\n");
      running.await();
      var address = fleet.server(0).address();
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(fleet.server(0)::close);
      while (accepts(address)) {
        Thread.onSpinWait(); // the listener closes first; nothing tells when
      }
      release.countDown();
      Answer answer = client.answer();
      assertEquals("in time", answer.value());
      assertTrue(client.isClosedByServer());
      stopped.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void aStopEndsTheFetchesThatAreInFlightSoThatNobodyWaitsForEver() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    IntFunction<Getter> held =
        index ->
            key -> {
              if (index == 1 && key.startsWith("key-")) {
                running.countDown();
                release.await();
              }
              return Loaded.ofUtf8(index + ":" + key);
            };
    try (Fleet fleet = Fleet.of(2, config(), held)) {
      // So that the fetch in question goes out on a connection that was used before.
      String warm =
          IntStream.range(0, 1000)
              .mapToObj(i -> "warm-" + i)
              .filter(key -> fleet.ownerOf(key) == 1)
              .findFirst()
              .orElseThrow();
      assertEquals("1:" + warm, fleet.group(0).get(warm).toUtf8());
      String key = fleet.keyOwnedBy(1);
      CompletableFuture<ByteView> waiting = fleet.group(0).getAsync(key);
      running.await();
      Fleet.kill(fleet.server(0));
      assertEquals("0:" + key, waiting.get(30, TimeUnit.SECONDS).toUtf8());
      assertEquals("0:" + key, fleet.group(0).get(key).toUtf8());
      release.countDown();
    }
  }

  @Test
  void anOwnerThatStopsGracefullyIsWaitedForThoughItAcceptsNoProbes() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    IntFunction<Getter> held =
        index ->
            key -> {
              running.countDown();
              release.await();
              return Loaded.ofUtf8(index + ":" + key);
            };
    var patient = config().stopGrace(Fleet.PATIENCE);
    try (Fleet fleet = Fleet.of(2, patient, held)) {
      String key = fleet.keyOwnedBy(1);
      CompletableFuture<ByteView> waiting = fleet.group(0).getAsync(key);
      running.await();
      var address = fleet.server(1).address();
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(fleet.server(1)::close);
      while (accepts(address)) {
        Thread.onSpinWait(); // the listener closes first; nothing tells when
      }
      // Long enough for two probes to be refused, which must not end the fetch.
      assertThrows(TimeoutException.class, () -> waiting.get(1500, TimeUnit.MILLISECONDS));
      release.countDown();
      assertEquals("1:" + key, waiting.get(30, TimeUnit.SECONDS).toUtf8());
      stopped.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void hitsThatWaitBehindASlowMissLeaveInOrderThoughTheyFillTheConnection() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    String filling = "x".repeat(20_000);
    IntFunction<Getter> origin =
        index ->
            key -> {
              if (key.equals("slow")) {
                release.await();
              }
              return Loaded.ofUtf8(key + filling);
            };
    try (Fleet fleet = Fleet.of(1, config(), origin);
        RawClient client = new RawClient(fleet.server(0).address())) {
      int hits = 500;
      for (int i = 0; i < hits; i++) {
        fleet.group(0).get("hit-" + i);
      }
      client.send("GET " + path("slow") + " HTTP/1.1\r\nHost: t\r\n\r\n");
      for (int i = 0; i < hits; i++) {
        client.send("GET " + path("hit-" + i) + " HTTP/1.1\r\nHost: t\r\n\r\n");
      }
      release.countDown();
      assertEquals("slow" + filling, client.answer().value());
      for (int i = 0; i < hits; i++) {
        assertEquals("hit-" + i + filling, client.answer().value());
      }
    }
  }

  private static boolean accepts(java.net.InetSocketAddress address) throws IOException {
    try {
      new RawClient(address).close();
      return true;
    } catch (ConnectException e) {
      return false;
    } catch (SocketException e) {
      return true; // taken into the backlog just before the listener closed, and reset by that
    }
  }

  @Test
  void aBlockingGetIsRefusedOnAnEventLoop() throws Exception {
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    try (CacheNode node = CacheNode.create()) {
      Group group = node.addGroup("scores", key -> Loaded.ofUtf8("never"));
      ServerConfig config =
          config()
              .page(
                  "/blocking",
                  new Page(
                      "text/plain",
                      () -> {
                        try {
                          return group.get("k").toByteArray();
                        } catch (IllegalStateException e) {
                          thrown.complete(e);
                          return new byte[0];
                        }
                      }))
              .build();
      try (CacheServer server = CacheServer.start(node, config)) {
        RawClient.get(server, "/blocking");
      }
      assertTrue(thrown.get(30, TimeUnit.SECONDS) instanceof IllegalStateException);
    }
  }

  @Test
  void aPortInUseIsToldByNumber() throws IOException {
    try (Fleet fleet = Fleet.of(1, config(), this::counting);
        CacheNode node = CacheNode.create()) {
      int port = fleet.server(0).address().getPort();
      IOException failed =
          assertThrows(
              java.net.BindException.class,
              () -> CacheServer.start(node, config().port(port).build()));
      assertTrue(failed.getMessage().contains("127.0.0.1:" + port), failed.getMessage());
    }
  }
}
