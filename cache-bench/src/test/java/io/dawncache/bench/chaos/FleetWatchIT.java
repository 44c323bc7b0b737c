package io.dawncache.bench.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.dawncache.core.Operation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is made of the answers of a node, which is a server that answers as the test says. */
@Timeout(60)
final class FleetWatchIT {
  private static final String PAGE =
      """
      {"members": ["http://a"], "otherLists": [], "groups": {"chaos": {"mainCache": {"items": 7}}}}
      """;

  private final HttpServer server =
      HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  private final ChaosNode node =
      Nodes.at(InetSocketAddress.createUnresolved("127.0.0.1", server.getAddress().getPort()));
  private final long beganNanos = System.nanoTime();
  private volatile int status = 200;
  private volatile String body = PAGE;

  FleetWatchIT() throws IOException {
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Test
  void aNodeIsReadyIfItSaysSo() throws Exception {
    assertTrue(Direct.isReady(node));
    assertEquals(7, Direct.stats(node).mainItems());

    status = 503;
    assertFalse(Direct.isReady(node));

    server.stop(0);
    assertFalse(Direct.isReady(node));
    assertThrows(IOException.class, () -> Direct.stats(node));
  }

  @Test
  void anAnswerThatIsNoValueNamesTheNodeAndTheKey() {
    status = 500;

    IOException get = assertThrows(IOException.class, () -> Client.HTTP.get(node, "Tom"));
    assertEquals(node.url() + ": Tom: status 500", get.getMessage());
    Operation remove = Operation.remove(ChaosNode.GROUP, "Tom");
    IOException change = assertThrows(IOException.class, () -> Client.HTTP.change(node, remove));
    assertEquals(node.url() + ": a change: status 500", change.getMessage());
  }

  @Test
  void aNodeIsInTheRotationWhileItIsReadyAndIsSeenThen() {
    Target target = new Target(node);
    target.setReady(false);
    try (FleetWatch watch = new FleetWatch(List.of(node))) {
      watch.balance(node, target);
      await(target, true);
      status = 503;
      await(target, false);
      status = 200;
      body = "no page"; // which says nothing, and does not end the watch
      await(target, true);
      body = PAGE;
      int seen = watch.sights().in(Scene.since(beganNanos)).size();
      while (watch.sights().in(Scene.since(beganNanos)).size() == seen) {
        Thread.onSpinWait();
      }
      watch.sights().in(Scene.since(beganNanos)).forEach(sight -> assertEquals(node, sight.node()));
    }
  }

  private static void await(Target target, boolean ready) {
    while (target.isReady() != ready) {
      Thread.onSpinWait();
    }
  }
}
