package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import io.dawncache.core.Membership;
import io.dawncache.core.consistenthash.Ring;
import io.dawncache.core.consistenthash.Scheme;
import io.dawncache.server.testing.LeakExtension;
import io.dawncache.server.testing.LogRecorder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which ring divides the keys of a fleet whose nodes do not all know the same ones. */
@Timeout(60)
@ExtendWith(LeakExtension.class)
class RingIT {
  private final List<CacheNode> nodes = new ArrayList<>();
  private final List<CacheServer> servers = new ArrayList<>();
  private int drawn; // how many keys have been used

  @AfterEach
  void stop() {
    servers.forEach(CacheServer::close);
    nodes.forEach(CacheNode::close);
  }

  private CacheServer start(ServerConfig.Builder config) throws IOException {
    CacheNode node = CacheNode.create();
    nodes.add(node);
    String name = "node " + nodes.size();
    GroupConfig withoutCopies = GroupConfig.builder().hotBytes(0).build();
    node.addGroup("scores", withoutCopies, key -> Loaded.ofUtf8(name));
    CacheServer server = CacheServer.start(node, config.build());
    servers.add(server);
    return server;
  }

  private static ServerConfig.Builder config(boolean frames) {
    return ServerConfig.builder().peerFrames(frames);
  }

  private static void setMembers(List<CacheServer> servers) {
    List<String> urls = servers.stream().map(CacheServer::self).toList();
    servers.forEach(server -> server.setMembers(urls));
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.onSpinWait(); // until the test's time-out
    }
  }

  private static void awaitRing(Scheme scheme, List<CacheServer> servers) {
    servers.forEach(server -> await(() -> server.ring().equals(scheme)));
    servers.forEach(server -> await(() -> server.otherLists().isEmpty()));
  }

  /** Each node gets keys that are new, and receives each from the owner that the ring names. */
  private void assertDivided(Scheme scheme, List<CacheServer> fleet) {
    Ring ring =
        Ring.of(scheme, Membership.REPLICAS, fleet.stream().map(CacheServer::self).toList());
    List<String> keys = IntStream.range(0, 50).mapToObj(i -> "key " + drawn++).toList();
    for (CacheServer asked : fleet) {
      for (String key : keys) {
        assertEquals(nameOf(ring.owner(key), fleet), get(asked, key), key);
      }
    }
  }

  private String get(CacheServer asked, String key) {
    return scores(asked).get(key).toUtf8();
  }

  private Group scores(CacheServer server) {
    return Objects.requireNonNull(nodes.get(servers.indexOf(server)).group("scores"));
  }

  private String nameOf(@Nullable String url, List<CacheServer> fleet) {
    CacheServer server =
        fleet.stream().filter(one -> one.self().equals(url)).findFirst().orElseThrow();
    return "node " + (servers.indexOf(server) + 1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFleetOfNodesThatAllKnowTheNativeRingUsesIt(boolean frames) throws IOException {
    for (int i = 0; i < 3; i++) {
      start(config(frames));
    }
    setMembers(servers);

    assertDivided(Scheme.NATIVE, servers);
    awaitRing(Scheme.NATIVE, servers);
    servers.forEach(server -> assertEquals(List.of(), server.ringLackedBy()));
  }

  /** No request is made, so they have to find out by themselves. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aNodeThatDoesNotKnowItMovesAllToTheSeedsAsLongAsItIsAMember(boolean frames)
      throws IOException {
    try (LogRecorder log = LogRecorder.of(CacheServer.class)) {
      for (int i = 0; i < 3; i++) {
        start(config(frames));
      }
      List<CacheServer> three = List.copyOf(servers);
      setMembers(three);
      CacheServer other = start(config(frames).ring(Scheme.DAWNCACHE));

      setMembers(servers);

      awaitRing(Scheme.DAWNCACHE, servers);
      assertDivided(Scheme.DAWNCACHE, servers);
      three.forEach(server -> assertEquals(List.of(other.self()), server.ringLackedBy()));
      String why = "INFO ring: seed is in force, " + other.self() + " does not know native";
      await(() -> log.lines().stream().filter(why::equals).count() == three.size());

      setMembers(three);

      three.forEach(server -> await(() -> server.ring().equals(Scheme.NATIVE)));
      assertDivided(Scheme.NATIVE, three);
      assertTrue(
          log.lines().contains("INFO ring: native is in force, no member is known to lack it"));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aMemberThatIsReplacedByANewerProcessBringsTheNativeRing(boolean frames) throws IOException {
    start(config(frames));
    start(config(frames));
    CacheServer old = start(config(frames).ring(Scheme.DAWNCACHE));
    setMembers(servers);
    awaitRing(Scheme.DAWNCACHE, servers);
    List<String> members = servers.get(0).members();

    old.close();
    start(config(frames).port(old.address().getPort()).members(members));

    List<CacheServer> present = List.of(servers.get(0), servers.get(1), servers.get(3));
    awaitRing(Scheme.NATIVE, present);
    assertDivided(Scheme.NATIVE, present);
  }

  /** It has met those who were told what the member that is down does not know. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aNodeThatStartsWhileSuchAMemberIsDownUsesTheRingOfTheOthers(boolean frames)
      throws IOException {
    start(config(frames));
    start(config(frames));
    CacheServer old = start(config(frames).ring(Scheme.DAWNCACHE));
    setMembers(servers);
    awaitRing(Scheme.DAWNCACHE, servers);
    List<String> members = servers.get(0).members();
    old.close();
    servers.get(1).close();

    CacheServer again =
        start(config(frames).port(servers.get(1).address().getPort()).members(members));

    awaitRing(Scheme.DAWNCACHE, List.of(servers.get(0), again));
    assertEquals(List.of(old.self()), again.ringLackedBy());
  }

  /** The last node is replaced by one of an older release, so that only the ring changes. */
  @Test
  void anotherRingLoadsNothingAgainThatAPresentMemberHolds() throws IOException {
    for (int i = 0; i < 4; i++) {
      start(config(true));
    }
    setMembers(servers);
    List<String> members = servers.get(0).members();
    List<CacheServer> staying = List.copyOf(servers.subList(0, 3));
    Ring before = Ring.of(Scheme.NATIVE, Membership.REPLICAS, members);
    Ring after = Ring.of(Scheme.DAWNCACHE, Membership.REPLICAS, members);
    Set<String> urls = staying.stream().map(CacheServer::self).collect(Collectors.toSet());
    List<String> keys =
        IntStream.range(0, 500)
            .mapToObj(i -> "key " + i)
            .filter(key -> urls.contains(before.owner(key)) && urls.contains(after.owner(key)))
            .toList();
    keys.forEach(key -> get(servers.get(0), key));

    servers.get(3).close();
    ServerConfig.Builder older = config(true).ring(Scheme.DAWNCACHE).members(members);
    start(older.port(servers.get(3).address().getPort()));
    awaitRing(Scheme.DAWNCACHE, staying);

    for (String key : keys) {
      assertEquals(nameOf(before.owner(key), staying), get(servers.get(1), key), key);
    }
    long peeked =
        staying.stream().mapToLong(server -> scores(server).stats().events().peekHits()).sum();
    assertTrue(peeked > keys.size() / 3, "peeked: " + peeked + " of " + keys.size());
  }

  @Test
  void aNodeOfAGoDialectHasTheRingOfTheDialect() throws IOException {
    start(ServerConfig.builder().dialect(Dialect.GROUPCACHE));
    start(ServerConfig.builder().dialect(Dialect.GROUPCACHE));
    setMembers(servers);

    assertDivided(Scheme.GROUPCACHE, servers);
    assertEquals(Scheme.GROUPCACHE, servers.get(0).ring());
  }
}
