package io.dawncache.bench.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.bench.workload.Zipf;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.GroupStats;
import io.dawncache.core.Loaded;
import io.dawncache.core.Membership;
import io.dawncache.core.PeerResult;
import io.dawncache.core.consistenthash.Scheme;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

/** A simulated fleet. */
class FleetTest {
  private static final int KEYS = 2_000;
  private static final long GETS = 50_000;

  @Test
  void oneSeedDrawsOneFleetAndAnotherSeedAnother() {
    Traffic first = fleet(10, 1).run(GETS);

    assertEquals(first, fleet(10, 1).run(GETS));
    assertNotEquals(first, fleet(10, 2).run(GETS));
  }

  @Test
  void everyGetIsAnsweredByItsOwnerOrACopyAndEachKeyIsLoadedOnce() {
    Fleet fleet = fleet(10, 1);
    Traffic traffic = fleet.run(GETS);

    assertEquals(GETS, traffic.own() + traffic.copyHits() + traffic.fetches());
    assertTrue(traffic.copyHits() > 0, traffic::toString);
    assertEquals(fleet.resident(), traffic.loads());
    assertEquals(0, traffic.peeks());
    assertTrue(traffic.busiest() >= 1, traffic::toString);
  }

  @Test
  void aNodeThatJoinsPeeksAndLoadsNothingThatTheFleetHeld() {
    Fleet fleet = fleet(10, 1);
    fleet.run(GETS);
    long resident = fleet.resident();
    int moved = fleet.join();
    Traffic after = fleet.run(GETS);

    assertTrue(moved > 0 && moved < 1.2 * KEYS / 11, () -> moved + " keys");
    assertTrue(after.peeks() > 0 && after.peeks() <= moved, after::toString);
    assertEquals(fleet.resident() - resident, after.loads());
  }

  @Test
  void whatAMemberHoldsOfTheKeysOfOneThatJoinsIsOfferedSoon() {
    Fleet fleet = new Fleet(10, KEYS, 1.0, 1_000, true, 1);
    fleet.fill();
    fleet.join();
    fleet.run(5_000); // half a second
    Traffic after = fleet.run(GETS);

    assertEquals(0, after.peeks());
    assertEquals(0, after.loads());
  }

  @Test
  void theKeysOfAKilledNodeAreLoadedOnceMoreAndThoseOfALeaverAreNot() {
    Fleet fleet = new Fleet(10, KEYS, 1.0, 1_000, true, 1);
    fleet.fill();
    int lost = fleet.kill(3);

    assertEquals(KEYS - lost, fleet.resident());
    Traffic after = fleet.run(GETS);
    assertEquals(fleet.resident() - (KEYS - lost), after.loads());
    assertTrue(after.loads() > 0, after::toString);
    fleet.start(3);
    assertTrue(fleet.run(2_000).peeks() > 0, "it comes back and takes its keys");
    fleet.fill();
    fleet.leave(3);
    assertEquals(0, fleet.run(GETS).loads());
    fleet.start(3);
    assertEquals(0, fleet.run(GETS).loads());
  }

  /** What groups of two nodes fetch and load, against what is simulated. */
  @Test
  void realGroupsFetchAndLoadAsTheSimulationSays() {
    try (CacheNode one = CacheNode.create();
        CacheNode other = CacheNode.create()) {
      List<Group> groups = List.of(group(one), group(other));
      one.registerPeerPicker(membership(0, groups));
      other.registerPeerPicker(membership(1, groups));
      Zipf zipf = new Zipf(KEYS, 1.0);
      var random = new SplittableRandom(1);
      for (int get = 0; get < 5_000; get++) {
        String key = "key" + (KEYS + zipf.draw(random));
        assertEquals(key, groups.get(random.nextInt(2)).get(key).toUtf8());
      }

      Traffic simulated = fleet(2, 1).run(5_000);
      double crossing = sum(groups, GroupStats::peerLoads) / 5_000;
      double all = (double) (simulated.fetches() + simulated.copyHits()) / simulated.gets();
      assertEquals(crossing, all, 0.05);
      double loads = sum(groups, GroupStats::localLoads);
      assertEquals(loads, (double) simulated.loads(), 0.05 * loads);
    }
  }

  private static Group group(CacheNode node) {
    GroupConfig withoutCopies = GroupConfig.builder().hotBytes(0).build();
    return node.addGroup("scores", withoutCopies, key -> Loaded.ofUtf8(key));
  }

  private static Membership membership(int self, List<Group> groups) {
    List<String> members = List.of("http://10.0.0.0:8001", "http://10.0.0.1:8001");
    Membership membership =
        new Membership(
            members.get(self),
            Scheme.NATIVE,
            Membership.REPLICAS,
            url ->
                (request, callback) ->
                    callback.accept(PeerResult.value(groups.get(1 - self).get(request.key()))));
    membership.set(members);
    return membership;
  }

  private static double sum(List<Group> groups, ToLongFunction<GroupStats> figure) {
    return groups.stream().mapToLong(group -> figure.applyAsLong(group.stats())).sum();
  }

  private static Fleet fleet(int size, long seed) {
    return new Fleet(size, KEYS, 1.0, 1_000, false, seed);
  }
}
