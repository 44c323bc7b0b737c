package io.dawncache.micrometer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.Loaded;
import io.dawncache.server.CacheServer;
import io.dawncache.server.ServerConfig;
import io.dawncache.server.TlsConfig;
import io.dawncache.server.testing.Certificates;
import io.dawncache.server.testing.LeakExtension;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes that fetch from each other, as Prometheus sees them. */
@Timeout(60)
@ExtendWith(LeakExtension.class)
class ServerMetricsIT {
  private final AtomicLong nanos = new AtomicLong();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private String scrape() {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    registry.scrape(); // what has come since is found, and in the next scrape
    return registry.scrape();
  }

  private static double value(String metrics, String line) {
    return metrics
        .lines()
        .filter(text -> text.startsWith(line + " "))
        .mapToDouble(text -> Double.parseDouble(text.substring(line.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(line + " is not in " + metrics));
  }

  @Test
  void aFleetsMetersAreWhatPrometheusExpects() throws Exception {
    try (CacheNode one = CacheNode.create();
        CacheNode two = CacheNode.create();
        CacheServer server = CacheServer.start(one, ServerConfig.builder().build());
        CacheServer peer = CacheServer.start(two, ServerConfig.builder().build())) {
      Group group = one.addGroup("scores", Loaded::ofUtf8);
      two.addGroup("scores", Loaded::ofUtf8);
      DawncacheMetrics metrics = new DawncacheMetrics(registry, one, server, List.of(), nanos::get);
      server.setMembers(List.of(server.self(), peer.self()));
      peer.setMembers(server.members());
      String remote =
          Stream.iterate(0, i -> i + 1)
              .map(i -> "key-" + i)
              .filter(key -> group.explain(key).owners().get(0).equals(peer.self()))
              .findFirst()
              .orElseThrow();
      group.get(remote);

      String text = scrape();
      Promtool.check(text);
      String tag = "peer=\"" + peer.self() + "\"";
      assertEquals(1, value(text, "dawncache_fetches_total{outcome=\"value\"," + tag + "}"));
      assertEquals(1, value(text, "dawncache_peer_up{" + tag + "}"));
      assertEquals(2, value(text, "dawncache_members"));
      assertEquals(1, value(text, "dawncache_peers{state=\"up\"}"));
      assertEquals(0, value(text, "dawncache_draining"));
      assertTrue(value(text, "dawncache_inflight_most_bytes") > 0);
      assertTrue(value(text, "cache_gets_total{cache=\"scores\",result=\"miss\"}") >= 1);
      assertTrue(
          text.contains(
              "dawncache_load_seconds_bucket{group=\"scores\",outcome=\"value\",le=\"0.0025\"}"),
          text);

      server.setMembers(List.of());
      String alone = scrape();
      assertFalse(alone.contains(tag), alone);
      metrics.close();
      assertFalse(registry.scrape().contains("dawncache"));
    }
  }

  @Test
  void theCertificateOfAServerWithTlsIsShown(@TempDir Path folder) throws Exception {
    Certificates authority = new Certificates(folder, "ca");
    Certificates.Identity identity = authority.sign("node", Certificates.LOOPBACK);
    TlsConfig.Builder tls = identity.config().trust(authority.file());
    for (Path crl : Arrays.asList(null, authority.revoke())) {
      if (crl != null) {
        tls.revoked(crl);
      }
      try (CacheNode node = CacheNode.create();
          CacheServer server =
              CacheServer.start(node, ServerConfig.builder().tls(tls.build()).build())) {
        var metrics = new DawncacheMetrics(registry, node, server, List.of(), nanos::get);
        try (Socket plain = new Socket(server.address().getAddress(), server.address().getPort())) {
          plain.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
          plain.getInputStream().transferTo(OutputStream.nullOutputStream());
        }

        String text = scrape();
        Promtool.check(text);
        double expires = (double) server.stats().tls().expires().getEpochSecond();
        assertEquals(expires, value(text, "dawncache_tls_certificate_expires"));
        assertEquals(crl == null, Double.isNaN(value(text, "dawncache_tls_crl_expires")));
        assertEquals(0, value(text, "dawncache_tls_files_refused"));
        assertEquals(1, value(text, "dawncache_tls_handshakes_total{result=\"failure\"}"));
        assertEquals(0, value(text, "dawncache_tls_handshakes_total{result=\"success\"}"));
        Files.writeString(identity.certificate(), "broken");
        assertThrows(IOException.class, server::reloadTls);
        assertEquals(1, value(scrape(), "dawncache_tls_files_refused"));
        metrics.close();
      }
      identity = authority.sign("node", Certificates.LOOPBACK);
    }
  }
}
