package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.Getter;
import io.dawncache.core.Group;
import io.dawncache.core.Loaded;
import io.dawncache.node.origin.OpenOrigin;
import io.dawncache.node.origin.Origin;
import io.dawncache.node.origin.OriginSettings;
import io.dawncache.node.origin.Origins;
import io.dawncache.node.text.HostPort;
import io.dawncache.server.testing.LeakExtension;
import io.dawncache.server.wire.NodeUrl;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A standalone node with its operations listener, inside this process. */
@Timeout(120)
@ExtendWith(LeakExtension.class)
class NodeOperationsIT {
  @TempDir private Path folder;

  private final AtomicBoolean up = new AtomicBoolean();
  private final NodeClient client = new NodeClient(Duration.ofSeconds(30));
  private ConfiguredNode node;

  /** Cannot be asked until it is up. */
  private final class DownOrigin implements Origin, OpenOrigin {
    @Override
    public String scheme() {
      return "down";
    }

    @Override
    public OpenOrigin open(OriginSettings settings) {
      return this;
    }

    @Override
    public Getter getter() {
      return Loaded::ofUtf8;
    }

    @Override
    public Check check() {
      return () -> {
        if (!up.get()) {
          throw new IOException("no connection");
        }
      };
    }
  }

  @BeforeEach
  void start() throws IOException {
    Origins origins = Origins.of(List.of(new EchoOrigin(), new DownOrigin()));
    node =
        ConfiguredNode.start(
            folder, origins, "scores: {origin: 'echo:'}", "orders: {origin: 'down:'}");
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private String url() {
    return node.url();
  }

  private String page(String path) throws Exception {
    return new String(client.get(NodeUrl.parse(url()), path).body(), UTF_8);
  }

  private Group group() {
    return node.group("scores");
  }

  @Test
  void aRealPrometheusScrapesTheNodeAndKnowsTheAlerts() throws Exception {
    group().get("Tom");
    group().get("Tom");
    Prometheus.check(page("/metrics"));
    try (Prometheus prometheus = new Prometheus(folder, node.operations().address())) {
      prometheus.await("up", "1");
      prometheus.await("sum(cache_gets_total{result=\"hit\"})", "1");
      prometheus.await("sum(dawncache_load_seconds_bucket{le=\"+Inf\"})", "1");
      prometheus.await("jvm_info > 0", "1");
      prometheus.await("absent(ALERTS{alertname=\"DawncacheNodeDown\"})", "1");

      node.operations().close();
      prometheus.await("count(ALERTS{alertname=\"DawncacheNodeDown\"})", "1");
    }
  }

  @Test
  void theConfigurationIsShown() throws Exception {
    assertTrue(page("/config").startsWith("listen: 127.0.0.1:0 "), page("/config"));
  }

  @Test
  void aNodeIsNotReadyUntilItsOriginsCanBeAskedForTheFirstTime() throws Exception {
    NodeUrl url = NodeUrl.parse(url());
    while (client.get(url, "/readyz").statusCode() != 503) {
      Thread.onSpinWait(); // until the first check, or the test's time-out
    }
    assertTrue(page("/readyz").contains("orders: "), page("/readyz"));

    up.set(true);

    while (client.get(url, "/readyz").statusCode() != 200) {
      Thread.onSpinWait();
    }
  }

  @Test
  void theLogLevelsOfTheJdkAreShownAndSet() throws Exception {
    assertTrue(page("/log").contains("\"\": \"info\""), page("/log"));
    Logger logger = Logger.getLogger("io.dawncache.node.levels");
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url() + "/log"))
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"logger\":\"io.dawncache.node.levels\",\"level\":\"debug\"}"))
            .build();
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    assertEquals(200, answer.statusCode());
    assertTrue(answer.body().contains("\"io.dawncache.node.levels\": \"debug\""), answer.body());
    assertEquals(Level.FINE, logger.getLevel());
    logger.setLevel(null);
  }

  @Test
  void aLevelThatThereIsNotIsRefused() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new JdkLogLevels().set("", "LOUD"));
    assertEquals(
        "level: LOUD (expected: off or error or warn or info or debug or trace)",
        refused.getMessage());
  }

  @Test
  void anAddressThatIsTakenIsRefused() {
    HostPort taken = new HostPort("127.0.0.1", node.operations().address().getPort());
    assertThrows(
        BindException.class,
        () -> NodeOperations.start(node.node(), taken, false, node.edits(), null));
  }
}
