package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.Loaded;
import io.dawncache.server.RawClient.Answer;
import io.dawncache.server.inbound.ConnectionLimit;
import io.dawncache.server.testing.LogRecorder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More connections than a server takes, by sockets. */
@Timeout(120)
class ConnectionLimitIT {
  private static final String GET = "GET /_dawncache/scores/Tom HTTP/1.1\r\nHost: test\r\n\r\n";

  private final CacheNode node = CacheNode.create();
  private final List<RawClient> clients = new ArrayList<>();

  ConnectionLimitIT() {
    node.addGroup("scores", Loaded::ofUtf8);
  }

  @AfterEach
  void close() throws IOException {
    for (RawClient client : clients) {
      client.close();
    }
    node.close();
  }

  private CacheServer start(int most, int mostFromOneAddress) throws IOException {
    return CacheServer.start(
        node,
        ServerConfig.builder()
            .maxConnections(most)
            .maxConnectionsFromOneAddress(mostFromOneAddress)
            .build());
  }

  /** Opens a connection from 127.0.0.{@code number}. */
  private RawClient open(CacheServer server, int number) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0." + number), 0));
    socket.connect(server.address());
    RawClient client = new RawClient(socket);
    clients.add(client);
    return client;
  }

  private static String value(RawClient client) throws IOException {
    return client.send(GET).answer().value();
  }

  private static void assertRefused(RawClient client) throws IOException {
    Answer answer = client.answer(); // whatever it asks
    assertEquals(503, answer.status());
    assertEquals("1", answer.header("retry-after"));
    assertEquals("overloaded", answer.header("dawncache-status"));
    assertEquals("close", answer.header("connection"));
    assertTrue(client.isClosedByServer());
  }

  @Test
  void oneMoreThanAllIsRefusedAndTheOthersAreServed() throws Exception {
    try (CacheServer server = start(3, 2)) {
      for (int number : List.of(1, 1, 2)) {
        assertEquals("Tom", value(open(server, number)));
      }

      assertRefused(open(server, 3));

      for (RawClient client : clients.subList(0, 3)) {
        assertEquals("Tom", value(client));
      }
      assertEquals(1, server.stats().refusedConnections());
    }
  }

  @Test
  void oneAddressDoesNotTakeThePlaceOfOthers() throws Exception {
    try (CacheServer server = start(100, 2)) {
      assertEquals("Tom", value(open(server, 1)));
      assertEquals("Tom", value(open(server, 1)));

      assertRefused(open(server, 1));
      RawClient asks = open(server, 1);
      asks.send(GET);
      assertRefused(asks);

      assertEquals("Tom", value(open(server, 2)));
    }
  }

  @Test
  void aClosedConnectionLeavesItsPlace() throws Exception {
    try (CacheServer server = start(1, 1)) {
      for (int i = 0; i < 10; i++) {
        RawClient client = open(server, 1);
        assertEquals("Tom", value(client));
        client.close();
        while (server.stats().connections() > 0) {
          Thread.onSpinWait();
        }
      }
    }
  }

  @Test
  void aFloodIsClosedWithoutAnAnswerAndLeavesNothingOpen() throws Exception {
    try (CacheServer server = start(1, 1)) {
      assertEquals("Tom", value(open(server, 1)));
      for (int i = 0; i < 600; i++) {
        var unused = open(server, 1);
      }
      while (server.stats().refusedConnections() < 600) {
        Thread.onSpinWait();
      }

      while (server.stats().connections() > 1) {
        Thread.onSpinWait();
      }
      assertEquals("Tom", value(clients.get(0)));
    }
  }

  @Test
  void theLogSaysOnceHowManyAreOpenAndFromWhere() throws Exception {
    try (LogRecorder log = LogRecorder.of(ConnectionLimit.class);
        CacheServer server = start(1, 1)) {
      assertEquals("Tom", value(open(server, 1)));
      assertRefused(open(server, 1));
      assertRefused(open(server, 1));

      assertEquals(
          List.of(
              "WARNING a connection from 127.0.0.1 is refused: 1 are open (expected: <= 1), 1 of them from"
                  + " there (expected: <= 1)"),
          log.lines());
    }
  }

  @Test
  void aPeerThatTakesNoMoreConnectionsIsNotEjected() throws Exception {
    try (CacheServer full = start(1, 1);
        CacheNode other = CacheNode.create();
        CacheServer asking = CacheServer.start(other, ServerConfig.builder().build())) {
      Group scores = other.addGroup("scores", Loaded::ofUtf8);
      assertEquals("Tom", value(open(full, 1)));
      asking.setMembers(List.of(asking.self(), full.self()));
      String key = Fleet.keyOwnedBy(full.self(), List.of(asking.self(), full.self()));

      var unused = scores.getAsync(key).handle((value, error) -> "ended").get();

      assertEquals(PeerHealth.State.UP, asking.peers().get(0).state());
    }
  }
}
