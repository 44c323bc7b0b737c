package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.Entry;
import io.dawncache.core.EventStats;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.GroupEndpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a node that stops gracefully leaves to the others, and what it finds when it returns. */
@Timeout(120)
class LeaveIT extends CountingFleet {
  LeaveIT() {
    super(GroupConfig.builder().maxBytes(16 << 20).hotBytes(0).build()); // no copies: owners answer
  }

  private EventStats events(int index) {
    return group(index).stats().events();
  }

  private void close(int index) {
    servers.get(index).close();
    nodes.get(index).close();
  }

  private static PeerHealth.State stateOf(CacheServer seen, CacheServer by) {
    return by.peers().stream()
        .filter(peer -> peer.url().equals(seen.self()))
        .findAny()
        .orElseThrow()
        .state();
  }

  private static void await(PeerHealth.State state, CacheServer seen, CacheServer by) {
    while (stateOf(seen, by) != state) {
      Thread.onSpinWait();
    }
  }

  @Test
  void whatALeaverHoldsIsTakenOverAndNotLoadedAgain() throws IOException {
    startFleet(3);
    getAll(0);
    assertEquals(KEYS, loads.get());

    close(2);
    getAll(0);
    getAll(1);

    assertEquals(KEYS, loads.get(), "nothing is loaded again");
    long taken = events(0).taken() + events(1).taken();
    assertTrue(taken > 0, "none was taken");
    assertEquals(events(2).offered(), taken);
    assertEquals(KEYS, heldForGood(0) + heldForGood(1), "as good as loads");
  }

  /** Returns how many values a node owns that do not end by themselves. */
  private int heldForGood(int index) {
    GroupEndpoint endpoint = group(index).forServers();
    int count = 0;
    for (String key : keys()) {
      Entry held = endpoint.peekForPeer(key);
      count += held != null && endpoint.remainingTtl(held) == null ? 1 : 0;
    }
    return count;
  }

  /** One member has never answered, so nobody knows whether it holds changes for the leaver. */
  @Test
  void whatIsTakenWhileAMemberHasNotReportedEndsAsACopyWould() throws IOException {
    startFleet(3);
    CacheServer silent = start(ServerConfig.builder().build());
    silent.close();
    List<String> members = servers.stream().map(CacheServer::self).toList();
    servers.subList(0, 3).forEach(server -> server.setMembers(members));
    getAll(0);
    for (int i = 0; i < 3; i++) {
      getAll(i);
      while (stateOf(silent, servers.get(i)) != PeerHealth.State.EJECTED) {
        Thread.onSpinWait(); // until the test's time-out
      }
    }
    int before = heldForGood(0) + heldForGood(1);

    close(2);

    long taken = events(0).taken() + events(1).taken();
    assertTrue(taken > 0, "none was taken");
    assertEquals(before, heldForGood(0) + heldForGood(1));
  }

  @Test
  void allNodesAreRestartedOneAfterTheOtherAndNothingIsLoadedAgain() throws IOException {
    startFleet(3);
    List<String> members = servers.get(0).members();
    getAll(0);

    for (int i = 0; i < 3; i++) {
      CacheServer left = servers.remove(0);
      int port = left.address().getPort();
      left.close();
      nodes.remove(0).close();
      CacheServer back = start(ServerConfig.builder().port(port).members(members).build());
      await(PeerHealth.State.UP, back, servers.get(0));
      await(PeerHealth.State.UP, back, servers.get(1));
      getAll(0);
      getAll(2);
    }

    assertEquals(KEYS, loads.get(), "nothing is loaded again");
  }

  @Test
  void withoutFramesItsKeysAndChangesAreHandedOnButNoValues() throws IOException {
    startFleet(3, ServerConfig.builder().peerFrames(false).build());
    getAll(0);
    String key = Fleet.keyOwnedBy(servers.get(2).self(), servers.get(2).members());
    Fleet.kill(servers.get(1));
    assertFalse(group(2).remove(key).isEverywhere());

    close(2);

    assertEquals(PeerHealth.State.LEAVING, stateOf(servers.get(2), servers.get(0)));
    assertEquals(0, events(2).offered());
    assertEquals(2, events(2).handedOver());
    assertTrue(nodes.get(0).membersWithHints().contains(servers.get(1).self()));
  }

  @Test
  void itsPeersHoldItAsLeavingAtOnceAndPassTheFloorOfEjections() throws IOException {
    startFleet(2, ServerConfig.builder().maxEjectedPercent(0).build());

    close(1);

    assertEquals(PeerHealth.State.LEAVING, stateOf(servers.get(1), servers.get(0)));
    getAll(0);
    assertEquals(0, group(0).stats().peerErrors(), "none was asked in vain");
    assertFalse(servers.get(1).isReady());
  }

  @Test
  void withoutTimeNothingIsOffered() throws IOException {
    startFleet(3, ServerConfig.builder().handOverTimeout(Duration.ZERO).build());
    getAll(0);

    close(2);

    assertEquals(0, events(2).offered());
    assertEquals(0, events(0).taken() + events(1).taken());
  }

  @Test
  void noMoreIsOfferedThanTheLimit() throws IOException {
    startFleet(3, ServerConfig.builder().handOverBytes(2_000).build());
    getAll(0);
    long held = group(2).stats().mainCache().items();

    close(2);

    long offered = events(2).offered();
    assertTrue(offered > 0 && offered < 2_000 / 50 && offered < held, "offered: " + offered);
  }

  @Test
  void noRequestFailsWhileANodeLeaves() throws Exception {
    startFleet(3);
    AtomicBoolean left = new AtomicBoolean();
    AtomicInteger rounds = new AtomicInteger();
    CompletableFuture<Void> clients =
        CompletableFuture.runAsync(
            () -> {
              while (!left.get() || rounds.get() < 2) {
                getAll(0);
                getAll(1);
                rounds.incrementAndGet();
              }
            });
    while (rounds.get() == 0 && !clients.isDone()) {
      Thread.onSpinWait();
    }

    close(2);
    left.set(true);

    clients.get(); // none has failed
  }

  @Test
  void theLastNodesLeaveTogetherAndOfferNothing()
      throws ExecutionException, InterruptedException, IOException {
    startFleet(3);
    getAll(0);

    CompletableFuture.allOf(
            IntStream.range(0, 3)
                .mapToObj(i -> CompletableFuture.runAsync(servers.get(i)::close))
                .toArray(CompletableFuture<?>[]::new))
        .get();

    servers.forEach(server -> assertFalse(server.isReady()));
  }

  @Test
  void aNodeThatReturnsIsReadmittedAndTakesItsKeysBack() throws IOException {
    startFleet(3);
    getAll(0);
    int port = servers.get(2).address().getPort();
    close(2);

    start(ServerConfig.builder().port(port).build());
    servers.remove(2);
    nodes.remove(2);
    setMembers();
    await(PeerHealth.State.UP, servers.get(2), servers.get(0));
    await(PeerHealth.State.UP, servers.get(2), servers.get(1));
    getAll(0);
    getAll(2);

    assertEquals(KEYS, loads.get(), "nothing is loaded again");
    assertTrue(events(2).peekHits() > 0);
  }

  @Test
  void itsChangesAreHandedOver() throws IOException {
    startFleet(3);
    getAll(0);
    Fleet.kill(servers.get(1));
    List<String> unreached =
        keys().stream().flatMap(key -> group(2).remove(key).unreached().stream()).toList();
    assertTrue(unreached.contains(servers.get(1).self()));
    assertTrue(nodes.get(2).membersWithHints().contains(servers.get(1).self()));

    close(2);

    assertEquals(2, events(2).handedOver(), "the hints and the journal");
    assertEquals(0, events(2).notHandedOver());
    assertTrue(nodes.get(0).membersWithHints().contains(servers.get(1).self()));
  }

  @Test
  void changesThatNobodyTakesAreCounted() throws IOException {
    startFleet(2);
    Fleet.kill(servers.get(1));
    assertFalse(group(0).remove("Tom").isEverywhere());

    close(0);

    assertEquals(0, events(0).handedOver());
    assertEquals(2, events(0).notHandedOver());
  }
}
