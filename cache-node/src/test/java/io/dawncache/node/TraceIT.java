package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.dawncache.core.GroupStats;
import io.dawncache.node.config.ConfigReader;
import io.dawncache.node.config.Mistakes;
import io.dawncache.node.config.NodeConfig;
import io.dawncache.node.origin.Origins;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The trace of a client's get at one real node, on its way over another to a real HTTP server. */
@Timeout(60)
class TraceIT {
  private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  private static final String STATE = "rojo=00f067aa0ba902b7";

  @TempDir private Path folder;

  private final HttpClient client = HttpClient.newHttpClient();
  private final BlockingQueue<String> asked = new LinkedBlockingQueue<>(); // of the HTTP server
  private HttpServer server;

  @BeforeEach
  void startTheServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stopTheServer() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    Map<String, List<String>> headers = exchange.getRequestHeaders();
    String path = exchange.getRequestURI().getPath();
    asked.add(path + " " + headers.get("Traceparent") + " " + headers.get("Tracestate"));
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  private StandaloneNode start(String frames) throws IOException {
    Path file = Files.createTempFile(folder, "node", ".yaml");
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/{key}";
    Files.writeString(
        file,
        String.join(
            "\n",
            "listen: 127.0.0.1:0",
            "peer-frames: '" + frames + "'",
            "groups: {scores: {origin: {http: '" + url + "'}}}"));
    Mistakes mistakes = new Mistakes();
    NodeConfig config = new ConfigReader(file, Map.of(), Map.of(), Map.of()).read(mistakes);
    OpenGroups opened = OpenGroups.open(config, Origins.onClassPath(), mistakes);
    assertEquals(List.of(), mistakes.lines());
    return StandaloneNode.start(config.server(), opened.groups());
  }

  /** Gets a key with these headers, a name and a value in turn. */
  private int get(StandaloneNode node, String key, String... headers) throws Exception {
    HttpRequest.Builder get =
        HttpRequest.newBuilder(URI.create(node.server().self() + "/_dawncache/scores/" + key));
    for (int i = 0; i < headers.length; i += 2) {
      get.header(headers[i], headers[i + 1]);
    }
    return client.send(get.build(), BodyHandlers.ofString(UTF_8)).statusCode();
  }

  @ParameterizedTest
  @ValueSource(strings = {"on", "off"})
  void theTraceOfAGetReachesTheOriginOverTheOwner(String frames) throws Exception {
    try (StandaloneNode a = start(frames);
        StandaloneNode b = start(frames)) {
      List<String> members = List.of(a.server().self(), b.server().self());
      a.server().setMembers(members);
      b.server().setMembers(members);
      Supplier<GroupStats> atB = () -> b.server().node().group("scores").stats();

      for (int i = 0; atB.get().serverRequests() < 10; i++) {
        String key = "key-" + i;
        assertEquals(200, get(a, key, "traceparent", PARENT, "tracestate", STATE));
        assertEquals("/" + key + " [" + PARENT + "] [" + STATE + "]", asked.take());
      }
      assertEquals(10, atB.get().localLoads());
      assertTrue(asked.isEmpty());
    }
  }

  @Test
  void aWrongTraceCountsAsNone() throws Exception {
    try (StandaloneNode node = start("on")) {
      assertEquals(200, get(node, "none"));
      assertEquals("/none null null", asked.take());
      assertEquals(200, get(node, "wrong", "traceparent", "00-1-2-3", "tracestate", STATE));
      assertEquals("/wrong null null", asked.take());
      assertEquals(200, get(node, "two", "traceparent", PARENT, "traceparent", PARENT));
      assertEquals("/two null null", asked.take());
      assertEquals(200, get(node, "state", "traceparent", PARENT, "tracestate", "A=?"));
      assertEquals("/state [" + PARENT + "] null", asked.take());
      String[] states = {"traceparent", PARENT, "tracestate", "a=1", "tracestate", "b=2"};
      assertEquals(200, get(node, "states", states));
      assertEquals("/states [" + PARENT + "] [a=1,b=2]", asked.take());
      assertTrue(asked.isEmpty());
    }
  }
}
