package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.Loaded;
import io.dawncache.server.testing.LogRecorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers whose members are found and not set. */
@Timeout(120)
class DiscoveryIT {
  @TempDir private Path folder;

  private final List<CacheNode> nodes = new ArrayList<>();
  private final List<CacheServer> servers = new ArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(CacheServer::close);
    nodes.forEach(CacheNode::close);
  }

  private CacheServer start(ServerConfig config) throws IOException {
    CacheNode node = CacheNode.create();
    nodes.add(node);
    int number = nodes.size();
    node.addGroup("scores", key -> Loaded.ofUtf8(key + " from " + number));
    CacheServer server = CacheServer.start(node, config);
    servers.add(server);
    return server;
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.onSpinWait(); // until the test's time-out
    }
  }

  /** Reports what the test says. */
  private static final class Told implements Discovery {
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicInteger looks = new AtomicInteger();
    private @Nullable Listener listener;

    @Override
    public void start(String self, Listener listener) {
      this.listener = listener;
    }

    @Override
    public void lookAgain() {
      looks.incrementAndGet();
    }

    Listener listener() {
      return Objects.requireNonNull(listener);
    }

    @Override
    public void close() {
      closed.set(true);
    }

    @Override
    public String toString() {
      return "told";
    }
  }

  @Test
  void nodesThatWatchOneFileFindEachOtherAndFollowIt() throws IOException {
    Path file = folder.resolve("members");
    for (int i = 0; i < 3; i++) {
      start(ServerConfig.builder().discovery(Discoveries.file(file)).build());
    }
    servers.forEach(server -> assertFalse(server.isReady()));
    servers.forEach(server -> assertEquals("file:" + file, server.discovery()));
    List<String> all = servers.stream().map(CacheServer::self).toList();

    Files.writeString(file, String.join("\n", all));
    servers.forEach(
        server -> {
          await(server::isReady);
          assertEquals(all, server.members());
        });
    Group first = Objects.requireNonNull(nodes.get(0).group("scores"));
    long elsewhere =
        java.util.stream.IntStream.range(0, 100)
            .filter(i -> !first.get("key" + i).toUtf8().endsWith("from 1"))
            .count();
    assertTrue(elsewhere > 0, "all keys were loaded here (expected: at their owners)");

    List<String> two = all.subList(0, 2);
    Files.writeString(file, String.join("\n", two));
    servers.forEach(server -> await(() -> server.members().equals(two)));
    servers.forEach(server -> await(() -> server.otherLists().isEmpty()));
  }

  /** Those that stay ask no node that has left, so the one that leaves has to tell them. */
  @Test
  @Timeout(30) // half of the time after which a node's last report counts no more
  void aNodeThatLeavesTellsTheOthersThatItHoldsTheirList() throws IOException {
    for (int i = 0; i < 3; i++) {
      start(ServerConfig.builder().build());
    }
    List<String> all = servers.stream().map(CacheServer::self).toList();
    servers.forEach(server -> server.setMembers(all));
    Group scores = Objects.requireNonNull(nodes.get(0).group("scores"));
    for (int i = 0; i < 20; i++) {
      scores.get("key" + i);
    }
    List<String> two = all.subList(0, 2);

    servers.get(2).setMembers(two); // before the others, whose lists it hears of first
    servers.get(0).setMembers(two);
    servers.get(1).setMembers(two);

    servers.forEach(server -> await(() -> server.otherLists().isEmpty()));
  }

  /** Also if no request tells the nodes that the others have changed their lists, too. */
  @Test
  void nodesThatChangedOneAfterTheOtherKnowSoonThatTheyAgree() throws IOException {
    for (int i = 0; i < 2; i++) {
      start(ServerConfig.builder().build());
    }
    List<String> both = servers.stream().map(CacheServer::self).toList();
    servers.forEach(server -> server.setMembers(both));
    nodes.forEach(
        node -> {
          Group scores = Objects.requireNonNull(node.group("scores"));
          for (int i = 0; i < 20; i++) {
            scores.get("key" + i);
          }
        });
    List<String> three = List.of(both.get(0), both.get(1), "http://127.0.0.1:1");

    servers.get(0).setMembers(three);
    assertTrue(servers.get(0).otherLists().contains(both.get(1)));
    servers.get(1).setMembers(three);

    servers.forEach(server -> await(() -> server.otherLists().isEmpty()));
  }

  @Test
  void aListThatCannotBeUsedLeavesTheLastOneInForceAndIsLoggedOnce() throws IOException {
    Told told = new Told();
    try (LogRecorder log = LogRecorder.of(CacheServer.class)) {
      CacheServer server = start(ServerConfig.builder().discovery(told).build());
      List<String> good = List.of(server.self(), "http://127.0.0.1:1");
      told.listener().failed("told: nothing yet");
      assertEquals("told: nothing yet", server.discoveryTrouble());
      told.listener().found(good);
      await(() -> server.isReady() && server.discoveryTrouble() == null);

      for (int i = 0; i < 3; i++) {
        told.listener().found(List.of("http://127.0.0.1:1", "no url"));
        await(() -> server.discoveryTrouble() != null);
      }
      assertEquals(good, server.members());
      assertTrue(server.isReady());

      told.listener().found(List.of());
      await(() -> String.valueOf(server.discoveryTrouble()).startsWith("told: no member"));
      told.listener().found(good);
      await(() -> server.discoveryTrouble() == null);

      assertEquals(
          List.of(
              "WARNING told: nothing yet; the node is not ready without a list",
              "INFO told: a list that can be used again",
              "WARNING told: node URL: no url (expected: http://HOST:PORT, such as"
                  + " http://10.0.0.1:8001); the last list stays in force",
              "WARNING told: no member (expected: one at least); the last list stays in force",
              "INFO told: a list that can be used again"),
          log.lines().stream().filter(line -> line.contains(" told: ")).toList());
    }
  }

  @Test
  void aNodeIsFoundInTheListByItsAddressAndPort() throws IOException {
    Told told = new Told();
    CacheServer server = start(ServerConfig.builder().host("0.0.0.0").discovery(told).build());
    int port = server.address().getPort();

    told.listener().found(List.of("http://LOCALHOST:" + port + "/", "http://127.0.0.1:1"));
    await(server::isReady);

    assertEquals("http://localhost:" + port, server.self());
    assertEquals(List.of("http://localhost:" + port, "http://127.0.0.1:1"), server.members());
  }

  @Test
  void aMemberThatCannotBeAskedMakesTheDiscoveryLookAgain() throws IOException {
    Told told = new Told();
    CacheServer server = start(ServerConfig.builder().discovery(told).build());
    told.listener().found(List.of(server.self(), "http://127.0.0.1:1"));
    await(server::isReady);
    assertEquals(0, told.looks.get());
    Group scores = Objects.requireNonNull(nodes.get(0).group("scores"));

    for (int i = 0; i < 100; i++) {
      scores.get("key" + i);
    }

    assertTrue(told.looks.get() > 0, "no look (expected: one at least)");
  }

  @Test
  void ofManyListsInAMomentTheLastCounts() throws IOException {
    Told told = new Told();
    try (LogRecorder log = LogRecorder.of(CacheServer.class)) {
      CacheServer server = start(ServerConfig.builder().discovery(told).build());
      told.listener().found(List.of(server.self()));
      await(server::isReady);
      for (int i = 1; i <= 1000; i++) {
        told.listener().found(List.of(server.self(), "http://127.0.0.1:" + i));
      }
      await(() -> server.members().contains("http://127.0.0.1:1000"));

      long changes = log.lines().stream().filter(line -> line.contains("members: added")).count();
      assertTrue(changes < 100, changes + " changes (expected: few)");
    }
  }

  @Test
  void aServerThatStopsIsNotReadyAndClosesItsDiscovery() throws IOException {
    Told told = new Told();
    CacheServer server = start(ServerConfig.builder().discovery(told).build());
    told.listener().found(List.of(server.self()));
    await(server::isReady);

    server.close();

    assertTrue(told.closed.get());
    assertFalse(server.isReady());
    told.listener().found(List.of("http://127.0.0.1:1"));
  }

  @Test
  void aServerWithoutADiscoveryIsReadyFromItsStart() throws IOException {
    CacheServer server = start(ServerConfig.builder().build());

    assertTrue(server.isReady());
    assertNull(server.discovery());
    assertNull(server.discoveryTrouble());
  }

  @Test
  void membersBesideADiscoveryAreRefused() {
    ServerConfig.Builder both =
        ServerConfig.builder().members(List.of("http://127.0.0.1:1")).discovery(new Told());

    assertEquals(
        "members: [http://127.0.0.1:1] beside discovery told (expected: one of them)",
        assertThrows(IllegalArgumentException.class, both::build).getMessage());
  }
}
