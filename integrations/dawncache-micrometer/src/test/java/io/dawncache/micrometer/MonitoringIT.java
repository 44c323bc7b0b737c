package io.dawncache.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Loaded;
import io.dawncache.server.CacheServer;
import io.dawncache.server.ServerConfig;
import io.dawncache.server.testing.LeakExtension;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The alerts and the dashboard of {@code docs/monitoring} ask for metrics that nodes have. */
@Timeout(60)
@ExtendWith(LeakExtension.class)
class MonitoringIT {
  private static final Path FOLDER =
      Path.of(System.getProperty("dawncache.root"), "docs", "monitoring");
  private static final Pattern METRIC = Pattern.compile("\\b(?:cache|dawncache)_[a-z_]+\\b");

  @Test
  void theAlertsAreRightAndFireWhenTheyShould() throws Exception {
    Promtool.run("", "check", "rules", FOLDER.resolve("alerts.yml").toString());
    Promtool.run("", "test", "rules", FOLDER.resolve("alerts-test.yml").toString());
  }

  @Test
  void everyAlertIsTested() throws IOException {
    assertEquals(
        found("alert: (\\w+)", "alerts.yml"), found("alertname: (\\w+)", "alerts-test.yml"));
  }

  @Test
  void everyMetricThatIsAskedForIsThere() throws IOException {
    Set<String> present = new TreeSet<>();
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    try (CacheNode node = CacheNode.create();
        CacheServer server = CacheServer.start(node, ServerConfig.builder().build())) {
      node.addGroup("scores", Loaded::ofUtf8);
      server.setMembers(List.of(server.self(), "http://127.0.0.1:1"));
      DawncacheMetrics.bind(registry, server);
      Matcher metric = METRIC.matcher(registry.scrape());
      while (metric.find()) {
        present.add(metric.group());
      }
      server.setMembers(List.of());
    }
    assertTrue(present.contains("dawncache_load_seconds_bucket"), present.toString());
    for (String file : List.of("alerts.yml", "dashboard.json")) {
      Matcher asked = METRIC.matcher(Files.readString(FOLDER.resolve(file)));
      while (asked.find()) {
        assertTrue(present.contains(asked.group()), file + ": " + asked.group() + " in " + present);
      }
    }
  }

  private static Set<String> found(String pattern, String file) throws IOException {
    Set<String> found = new TreeSet<>();
    Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(FOLDER.resolve(file)));
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }
}
