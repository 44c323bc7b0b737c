package io.dawncache.operations;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Explanation;
import io.dawncache.core.LastLoad;
import io.dawncache.core.Metadata;
import io.dawncache.operations.page.Labels;
import io.dawncache.operations.page.StatsPage;
import io.dawncache.server.CacheServer;
import io.dawncache.server.PeerHealth;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What GET answers. Changes nothing. */
final class Reports {
  private static final int MOST_HOT_KEYS = 128;
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final CacheNode node;
  private final CacheServer server;
  private final OperationsConfig config;

  Reports(CacheServer server, OperationsConfig config) {
    this.node = server.node();
    this.server = server;
    this.config = config;
  }

  /** Returns the endpoints by path. */
  Map<String, Endpoint> endpoints() {
    Map<String, Endpoint> endpoints = new LinkedHashMap<>();
    endpoints.put("/healthz", request -> now(Answer.text(200, "ok\n")));
    endpoints.put("/readyz", request -> now(readiness()));
    endpoints.put(
        "/stats", request -> now(Answer.ofJson(200, StatsPage.of(server.stats()).toJson())));
    endpoints.put("/explain", request -> now(explanation(request)));
    endpoints.put("/hot", request -> now(hotKeys(request)));
    Supplier<String> metrics = config.metrics();
    if (metrics != null) {
      endpoints.put(
          "/metrics", request -> now(new Answer(200, PROMETHEUS, metrics.get().getBytes(UTF_8))));
    }
    Supplier<String> configuration = config.configuration();
    if (configuration != null) {
      endpoints.put("/config", request -> now(Answer.text(200, configuration.get())));
    }
    LogLevels levels = config.logLevels();
    if (levels != null) {
      endpoints.put("/log", request -> now(Answer.json(200, Map.of("levels", levels.levels()))));
    }
    return endpoints;
  }

  private static CompletionStage<Answer> now(Answer answer) {
    return CompletableFuture.completedFuture(answer);
  }

  private Answer readiness() {
    return Readiness.of(server.stats(), config.readyChecks()).answer();
  }

  private Answer explanation(Request request) throws Problem {
    String group = request.parameter("group");
    Explanation known = Groups.of(node, group).explain(request.parameter("key"));
    Map<String, PeerHealth> peers =
        server.peers().stream().collect(Collectors.toMap(PeerHealth::url, peer -> peer));
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("group", group);
    page.put("key", known.key());
    page.put("owners", known.owners().stream().map(url -> owner(url, peers.get(url))).toList());
    page.put("held", Labels.of(known.held()));
    page.put("bytes", known.bytes());
    Metadata metadata = known.metadata();
    if (metadata != null && metadata.contentType() != null) {
      page.put("contentType", metadata.contentType());
    }
    if (metadata != null && metadata.etag() != null) {
      page.put("etag", metadata.etag());
    }
    Duration ttl = known.remainingTtl();
    if (ttl != null) {
      page.put("remainingTtlSeconds", seconds(ttl));
    }
    page.put("stale", known.stale());
    LastLoad last = known.lastLoad();
    if (last != null) {
      page.put("lastLoad", lastLoad(last));
    }
    page.put("onGet", Labels.of(known.onGet()));
    if (known.from() != null) {
      page.put("from", known.from());
    }
    return Answer.json(200, page);
  }

  private Answer hotKeys(Request request) throws Problem {
    String group = request.parameter("group");
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("group", group);
    page.put("hotKeys", Groups.of(node, group).hotKeys(MOST_HOT_KEYS));
    return Answer.json(200, page);
  }

  private Map<String, Object> owner(String url, @Nullable PeerHealth health) {
    Map<String, Object> owner = new LinkedHashMap<>();
    owner.put("url", url);
    owner.put("state", health == null ? "self" : Labels.of(health.state()));
    return owner;
  }

  private static Map<String, Object> lastLoad(LastLoad last) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("outcome", Labels.of(last.outcome()));
    shown.put("secondsAgo", seconds(last.age()));
    shown.put("tookMillis", last.time().toNanos() / 1e6);
    if (!last.error().isEmpty()) {
      shown.put("error", last.error());
    }
    return shown;
  }

  private static double seconds(Duration duration) {
    return TimeUnit.NANOSECONDS.toMillis(duration.toNanos()) / 1e3;
  }
}
