package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.Explanation.OnGet;
import io.dawncache.core.Loaded;
import io.dawncache.core.NotFoundException;
import io.dawncache.core.PeerResult;
import io.dawncache.server.testing.LeakExtension;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What servers report of themselves and of each other. */
@Timeout(60)
@ExtendWith(LeakExtension.class)
class ServerStatsIT {
  private static PeerStats peer(Fleet fleet, int of, int by) {
    return fleet.server(by).stats().peers().stream()
        .filter(peer -> peer.health().url().equals(fleet.server(of).self()))
        .findAny()
        .orElseThrow();
  }

  @Test
  void theReportNamesTheFleetAndCountsEachWayAFetchEnds() throws Exception {
    try (Fleet fleet =
        Fleet.of(
            2, index -> key -> key.startsWith("key") ? Loaded.ofUtf8(key) : Loaded.notFound())) {
      String found = fleet.keyOwnedBy(1);
      String missing = fleet.keyOwnedInTurnBy("no-", List.of(1, 0));
      fleet.group(0).get(found);
      fleet.group(0).getAll(List.of(found));
      assertThrows(NotFoundException.class, () -> fleet.group(0).get(missing));

      ServerStats stats = fleet.server(0).stats();
      assertEquals(fleet.server(0).self(), stats.self());
      assertEquals(fleet.server(0).members(), stats.members());
      assertEquals("native", stats.ring().name());
      assertNull(stats.discovery());
      assertFalse(stats.draining());
      assertEquals(0, stats.ejections());
      assertEquals(List.of(), stats.membersWithHints());
      assertFalse(stats.uptime().isNegative());
      assertTrue(stats.bytesInFlight().maxBytes() > 0);
      ServerStats.GroupReport group = stats.groups().get(0);
      assertEquals(Fleet.GROUP, group.name());
      assertEquals(fleet.stats(0).gets(), group.stats().gets());
      assertEquals(
          Map.of(PeerResult.Status.VALUE, 2L, PeerResult.Status.NOT_FOUND, 1L),
          peer(fleet, 1, 0).fetches());
      assertTrue(fleet.server(1).stats().connections() > 0);
    }
  }

  @Test
  void manyKeysCountOneByOne() throws Exception {
    try (Fleet fleet = Fleet.of(2, index -> Loaded::ofUtf8)) {
      List<String> keys =
          List.of(
              fleet.keyOwnedInTurnBy("a-", List.of(1, 0)),
              fleet.keyOwnedInTurnBy("b-", List.of(1, 0)));
      fleet.group(0).getAll(keys);

      assertEquals(1, fleet.stats(1).events().bulkRequests());
      assertEquals(Map.of(PeerResult.Status.VALUE, 2L), peer(fleet, 1, 0).fetches());
    }
  }

  @Test
  void aServerIsShownWithItsUrlAndItsState() throws Exception {
    try (Fleet fleet = Fleet.of(2, index -> Loaded::ofUtf8)) {
      CacheServer server = fleet.server(0);
      assertEquals("server " + server.self() + ", members 2, ready", server.toString());
      server.close();
      assertEquals(
          "server " + server.self() + ", members 2, stopping or stopped", server.toString());
    }
  }

  @Test
  void anEjectionIsCounted() throws Exception {
    try (Fleet fleet = Fleet.of(3, index -> Loaded::ofUtf8)) {
      String key = fleet.keyOwnedBy(2);
      Fleet.kill(fleet.server(2));
      fleet.group(0).get(key);
      while (peer(fleet, 2, 0).health().state() != PeerHealth.State.EJECTED) {
        Thread.onSpinWait();
      }
      assertEquals(1, fleet.server(0).stats().ejections());
    }
  }

  @Test
  void aNodeThatStopsAtOnceNotifiesNoMember() throws Exception {
    try (Fleet fleet = Fleet.of(2, index -> Loaded::ofUtf8)) {
      CacheServer stopped = fleet.server(1);
      fleet.group(0).get(fleet.keyOwnedBy(1)); // so that they are connected

      stopped.closeNow();
      stopped.closeNow();
      stopped.close();

      assertNotEquals(PeerHealth.State.LEAVING, peer(fleet, 1, 0).health().state());
      assertThrows(IOException.class, () -> new RawClient(stopped.address()));
    }
  }

  @Test
  void aDrainedNodeMayStopAtOnce() throws Exception {
    try (Fleet fleet = Fleet.of(2, index -> Loaded::ofUtf8)) {
      fleet.server(1).drain();
      fleet.server(1).closeNow();

      assertEquals(PeerHealth.State.LEAVING, peer(fleet, 1, 0).health().state());
    }
  }

  @Test
  void aDrainedNodeIsNotReadyAndItsGetsGoToOthers() throws Exception {
    AtomicInteger loadsOfTheDrained = new AtomicInteger();
    try (Fleet fleet =
        Fleet.of(
            2,
            index ->
                key -> {
                  loadsOfTheDrained.addAndGet(index);
                  return Loaded.ofUtf8(key);
                })) {
      String key = fleet.keyOwnedBy(1);
      CacheServer drained = fleet.server(1);
      assertNotEquals(OnGet.FETCH, fleet.group(1).explain(key).onGet(), "it owns the key");

      drained.drain();
      drained.drain();

      assertFalse(drained.isReady());
      assertTrue(drained.stats().draining());
      assertEquals(PeerHealth.State.LEAVING, peer(fleet, 1, 0).health().state());
      assertEquals(fleet.server(0).self(), fleet.group(1).explain(key).from());
      assertEquals(key, fleet.group(1).get(key).toUtf8());
      assertEquals(0, loadsOfTheDrained.get());
      assertEquals(Map.of(PeerResult.Status.VALUE, 1L), peer(fleet, 0, 1).fetches());
    }
  }
}
