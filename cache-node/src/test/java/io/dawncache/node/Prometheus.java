package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import io.dawncache.server.wire.NodeUrl;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** A real Prometheus on loopback, which scrapes one node four times a second. */
final class Prometheus implements AutoCloseable {
  private static final Path PROGRAM =
      Stream.of("/usr/bin/prometheus", "/usr/local/bin/prometheus", "/opt/homebrew/bin/prometheus")
          .map(Path::of)
          .filter(Files::isExecutable)
          .findFirst()
          .orElseThrow(
              () ->
                  new AssertionError("no prometheus here (expected: apt-get install prometheus)"));

  private final NodeClient client = new NodeClient(Duration.ofSeconds(10));
  private final Path log;
  private final NodeUrl url;
  private final Process process;

  /** Starts it, with the alerts of {@code docs/monitoring}. */
  Prometheus(Path folder, InetSocketAddress operations) throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path alerts = Path.of(System.getProperty("dawncache.root"), "docs", "monitoring", "alerts.yml");
    Path config = folder.resolve("prometheus.yml");
    Files.writeString(
        config,
        """
        global: {scrape_interval: 250ms, evaluation_interval: 250ms}
        rule_files: ["%s"]
        scrape_configs:
          - job_name: dawncache
            static_configs: [{targets: ["127.0.0.1:%d"]}]
        """
            .formatted(alerts, operations.getPort()));
    this.log = folder.resolve("prometheus.log");
    this.url = NodeUrl.parse("http://127.0.0.1:" + port);
    this.process =
        new ProcessBuilder(
                PROGRAM.toString(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
  }

  /** Fails if Prometheus's own check finds anything wrong with {@code metrics}. */
  static void check(String metrics) throws IOException, InterruptedException {
    Process promtool =
        new ProcessBuilder(PROGRAM.resolveSibling("promtool").toString(), "check", "metrics")
            .redirectErrorStream(true)
            .start();
    try (OutputStream input = promtool.getOutputStream()) {
      input.write(metrics.getBytes(UTF_8));
    }
    String output = new String(promtool.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, promtool.waitFor(), output);
  }

  /** Asks until the answer to a query has this value; a test's time-out ends it. */
  void await(String query, String value) throws IOException, InterruptedException {
    String answer;
    do {
      if (!process.isAlive()) {
        throw new AssertionError(Files.readString(log));
      }
      answer = value(query);
    } while (!value.equals(answer));
  }

  /** Returns the value of the first series, or none if there is none yet. */
  private String value(String query) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer;
    try {
      answer = client.get(url, "/api/v1/query?query=" + URLEncoder.encode(query, UTF_8));
    } catch (IOException e) {
      return "not up yet";
    }
    if (answer.statusCode() != 200) {
      return "status " + answer.statusCode();
    }
    JsonArray series =
        JsonParser.parseString(new String(answer.body(), UTF_8))
            .getAsJsonObject()
            .getAsJsonObject("data")
            .getAsJsonArray("result");
    return series.isEmpty()
        ? "none"
        : series.get(0).getAsJsonObject().getAsJsonArray("value").get(1).getAsString();
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
