package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.dawncache.core.CacheNode;
import io.dawncache.core.EventStats;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import io.dawncache.server.testing.Books;
import io.dawncache.server.testing.LeakExtension;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** A fleet in two zones: the first two nodes in one, the third in the other. */
@ParameterizedClass(name = "peerFrames: {0}")
@ValueSource(booleans = {true, false})
@Timeout(60)
@ExtendWith(LeakExtension.class)
class ZonesIT {
  private static final int BYTES = 100;

  private final boolean peerFrames;
  private final List<CacheNode> nodes = new ArrayList<>();
  private final List<CacheServer> servers = new ArrayList<>();

  ZonesIT(boolean peerFrames) {
    this.peerFrames = peerFrames;
  }

  @AfterEach
  void stop() {
    servers.forEach(CacheServer::close);
    nodes.forEach(CacheNode::close);
    nodes.forEach(Books::check);
  }

  private void startFleet(GroupConfig group, @Nullable String... zones) throws IOException {
    for (String zone : zones) {
      CacheNode node = CacheNode.create();
      nodes.add(node);
      node.addGroup("scores", group, key -> Loaded.ofUtf8("6".repeat(BYTES)));
      ServerConfig.Builder config = ServerConfig.builder().peerFrames(peerFrames);
      servers.add(CacheServer.start(node, (zone == null ? config : config.zone(zone)).build()));
    }
    List<String> members = servers.stream().map(CacheServer::self).toList();
    servers.forEach(server -> server.setMembers(members));
    for (int asked = 0; asked < zones.length; asked++) {
      for (int other = 0; other < zones.length; other++) {
        while (other != asked && !Objects.equals(zones[other], zoneOf(other, asked))) {
          Thread.onSpinWait(); // until the test's time-out
        }
      }
    }
  }

  /** Returns in which zone node {@code asked} believes the other one to be. */
  private @Nullable String zoneOf(int other, int asked) {
    return servers.get(asked).peers().stream()
        .filter(peer -> peer.url().equals(servers.get(other).self()))
        .findAny()
        .orElseThrow()
        .zone();
  }

  private Group group(int index) {
    return Objects.requireNonNull(nodes.get(index).group("scores"));
  }

  private String keyOwnedBy(int index) {
    return Fleet.keyOwnedBy(servers.get(index).self(), servers.get(0).members());
  }

  private void assertBytes(long within, long across) {
    EventStats events = group(0).stats().events();
    assertEquals(within, events.bytesWithinZone());
    assertEquals(across, events.bytesAcrossZones());
  }

  @Test
  void theBytesOfValuesFromTheOtherZoneAreCountedApart() throws IOException {
    startFleet(Fleet.WITHOUT_COPIES, "a", "a", "b");

    group(0).get(keyOwnedBy(0));
    group(0).get(keyOwnedBy(1));
    assertBytes(BYTES, 0);
    group(0).get(keyOwnedBy(2));
    assertBytes(BYTES, BYTES);
  }

  @Test
  void thoseOfGetsOfManyKeysToo() throws IOException {
    startFleet(Fleet.WITHOUT_COPIES, "a", "a", "b");
    List<String> members = servers.get(0).members();
    List<String> keys = new ArrayList<>();
    for (int owner = 0; owner < 3; owner++) {
      keys.addAll(keysOwnedBy(members.get(owner), members, owner + 2));
    }

    var unused = group(0).getAll(keys);

    assertBytes(3 * BYTES, 4 * BYTES);
  }

  private static List<String> keysOwnedBy(String member, List<String> members, int count) {
    List<String> keys = new ArrayList<>();
    for (int i = 0; keys.size() < count; i++) {
      String key = "one of many, " + i;
      if (Fleet.ownerOf(key, members).equals(member)) {
        keys.add(key);
      }
    }
    return keys;
  }

  @Test
  void aNodeThatHasNoZoneIsInNoOther() throws IOException {
    startFleet(Fleet.WITHOUT_COPIES, "a", null);

    group(0).get(keyOwnedBy(1));

    assertBytes(BYTES, 0);
    assertNull(zoneOf(1, 0));
  }

  /** Though it would be nearer. */
  @Test
  void aCopyWithinTheZoneAnswersNoOtherNode() throws IOException {
    startFleet(GroupConfig.builder().build(), "a", "a", "b");
    String key = keyOwnedBy(2);
    group(0).get(key);
    assertNotNull(group(0).peek(key));

    group(1).get(key);

    assertEquals(0, group(0).stats().serverRequests());
    assertEquals(2, group(2).stats().serverRequests());
    assertEquals(1, group(2).stats().localLoads());
  }
}
