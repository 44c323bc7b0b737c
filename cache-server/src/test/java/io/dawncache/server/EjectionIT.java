package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.core.GetFailedException;
import io.dawncache.core.Group;
import io.dawncache.core.Loaded;
import io.dawncache.core.Membership;
import io.dawncache.core.consistenthash.Ring;
import io.dawncache.server.PeerHealth.State;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers of which some can no longer be asked, though they stay in the list. */
@Timeout(120)
class EjectionIT {
  private final List<CacheNode> nodes = new ArrayList<>();
  private final List<CacheServer> servers = new ArrayList<>();
  private final Map<String, Integer> loads = new ConcurrentHashMap<>();
  private volatile boolean originIsDown;

  private CacheServer start(Consumer<ServerConfig.Builder> settings) throws IOException {
    CacheNode node = CacheNode.create();
    nodes.add(node);
    node.addGroup("scores", key -> load(key));
    ServerConfig.Builder config = ServerConfig.builder();
    settings.accept(config);
    CacheServer server = CacheServer.start(node, config.build());
    servers.add(server);
    return server;
  }

  private Loaded load(String key) throws IOException {
    loads.merge(key, 1, Integer::sum);
    if (originIsDown) {
      throw new IOException("down");
    }
    return Loaded.ofUtf8("value of " + key);
  }

  @BeforeEach
  void startThree() throws IOException {
    startFleet(config -> {});
  }

  private void startFleet(Consumer<ServerConfig.Builder> settings) throws IOException {
    stop();
    for (int i = 0; i < 3; i++) {
      start(settings);
    }
    List<String> members = servers.stream().map(CacheServer::self).toList();
    servers.forEach(server -> server.setMembers(members));
  }

  @AfterEach
  void stop() {
    servers.forEach(CacheServer::close);
    nodes.forEach(CacheNode::close);
    servers.clear();
    nodes.clear();
  }

  private Group group(int index) {
    Group group = nodes.get(index).group("scores");
    assertTrue(group != null);
    return group;
  }

  private @Nullable State stateOf(int peer, int at) {
    String url = servers.get(peer).self();
    return servers.get(at).peers().stream()
        .filter(health -> health.url().equals(url))
        .map(PeerHealth::state)
        .findFirst()
        .orElse(null);
  }

  /** Asks a node for keys until the condition holds, or the test's time is over. */
  private void askUntil(int index, BooleanSupplier condition) {
    for (int i = 0; !condition.getAsBoolean(); i++) {
      var unused = group(index).getAsync("asked-" + i % 1_000);
    }
  }

  private Ring ring() {
    return Ring.of(servers.get(0).ring(), Membership.REPLICAS, servers.get(0).members());
  }

  /** Returns keys whose first two owners are these. */
  private List<String> keysOf(int first, int second) {
    Ring ring = ring();
    String firstUrl = servers.get(first).self();
    String secondUrl = servers.get(second).self();
    return IntStream.iterate(0, i -> i + 1)
        .mapToObj(i -> "key-" + i)
        .filter(
            key -> {
              Iterator<String> owners = ring.owners(key);
              return owners.next().equals(firstUrl) && owners.next().equals(secondUrl);
            })
        .limit(20)
        .toList();
  }

  @Test
  void theKeysOfAnEjectedMemberHaveOneActingOwnerWhichKeepsThem() {
    List<String> keys = keysOf(2, 1);
    Fleet.kill(servers.get(2));
    askUntil(0, () -> stateOf(2, 0) == State.EJECTED);
    askUntil(1, () -> stateOf(2, 1) == State.EJECTED);

    for (String key : keys) {
      assertEquals("value of " + key, group(0).get(key).toUtf8());
      assertEquals("value of " + key, group(1).get(key).toUtf8());
      assertEquals("value of " + key, group(0).get(key).toUtf8());
      assertEquals(1, loads.get(key), key);
    }
    assertEquals(servers.get(0).self(), servers.get(0).members().get(0), "the list is as it was");
    assertEquals(3, servers.get(0).members().size());
  }

  /** As behind a proxy whose node is down. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aMemberThatAcceptsConnectionsAndClosesThemIsEjected(boolean frames) throws Exception {
    startFleet(config -> config.peerFrames(frames));
    Thread thread;
    try (ServerSocket closing = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      thread = new Thread(() -> closeEach(closing));
      thread.start();
      String url = "http://127.0.0.1:" + closing.getLocalPort();
      List<String> members =
          Stream.concat(servers.stream().map(CacheServer::self), Stream.of(url)).toList();
      servers.forEach(server -> server.setMembers(members));

      askUntil(
          0,
          () ->
              servers.get(0).peers().stream()
                  .anyMatch(peer -> peer.url().equals(url) && peer.state() == State.EJECTED));
    }
    thread.join();
  }

  private static void closeEach(ServerSocket listener) {
    try {
      while (true) {
        listener.accept().close();
      }
    } catch (IOException e) {
      // The test has closed it.
    }
  }

  @Test
  void aMemberThatIsAskedInPlaceOfAnotherFindsOutByItself() {
    List<String> keys = keysOf(2, 1);
    Fleet.kill(servers.get(2));
    askUntil(0, () -> stateOf(2, 0) == State.EJECTED);

    for (int i = 0; stateOf(2, 1) != State.EJECTED; i++) {
      var unused = group(0).getAsync(keys.get(i % keys.size()));
      group(1).clear();
      assertTrue(i < 1_000_000, "the acting owner never asked the owner by itself");
    }
  }

  @Test
  void aMemberThatComesBackOwnsItsKeysAgain() throws IOException {
    List<String> keys = keysOf(2, 1);
    int port = servers.get(2).address().getPort();
    Fleet.kill(servers.get(2));
    askUntil(0, () -> stateOf(2, 0) == State.EJECTED);
    List<String> members = servers.get(0).members();

    CacheServer back = start(config -> config.port(port).members(members));

    askUntil(0, () -> stateOf(2, 0) == State.UP);
    Map<String, Integer> before = new HashMap<>(loads);
    keys.forEach(group(0)::get);
    assertEquals(servers.get(2).self(), back.self());
    long asked = group(3).stats().serverRequests();
    assertTrue(asked >= keys.size(), "asked: " + asked);
    assertTrue(before.size() <= loads.size());
  }

  @Test
  void anOriginThatIsDownEjectsNobody() {
    originIsDown = true;
    for (int i = 0; i < 300; i++) {
      String key = "key-" + i;
      assertThrows(GetFailedException.class, () -> group(0).get(key));
    }

    for (int peer : List.of(1, 2)) {
      assertEquals(State.UP, stateOf(peer, 0));
    }
  }

  @Test
  void noMoreThanTheConfiguredPartIsEjected() throws IOException {
    startFleet(config -> config.maxEjectedPercent(34));
    Fleet.kill(servers.get(1));
    Fleet.kill(servers.get(2));

    askUntil(
        0,
        () ->
            List.of(1, 2).stream().filter(peer -> stateOf(peer, 0) == State.EJECTED).count() == 1
                && List.of(1, 2).stream().noneMatch(peer -> stateOf(peer, 0) == State.UP));

    for (int i = 0; i < 100; i++) {
      assertEquals("value of here-" + i, group(0).get("here-" + i).toUtf8());
    }
    assertEquals(
        1, servers.get(0).peers().stream().filter(peer -> peer.state() == State.EJECTED).count());
  }
}
