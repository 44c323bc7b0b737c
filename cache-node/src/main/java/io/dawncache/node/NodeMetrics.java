package io.dawncache.node;

import io.dawncache.micrometer.DawncacheMetrics;
import io.dawncache.server.CacheServer;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.jspecify.annotations.Nullable;

/** The metrics of a standalone node in Prometheus's text format: the cache's and the JVM's. */
final class NodeMetrics implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collector = new JvmGcMetrics();
  private final DawncacheMetrics cache;

  NodeMetrics(CacheServer server, @Nullable AccessLog accesses) {
    registry
        .config()
        .meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time")) // in ns, not in seconds
        .meterFilter(
            MeterFilter.denyNameStartsWith("system.cpu.count")); // "count" is a histogram's
    new ClassLoaderMetrics().bindTo(registry);
    new JvmInfoMetrics().bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    collector.bindTo(registry);
    if (accesses != null) {
      FunctionCounter.builder("dawncache.accesses.dropped", accesses, AccessLog::dropped)
          .description("Requests without a line in the access log.")
          .register(registry);
    }
    cache = DawncacheMetrics.bind(registry, server);
  }

  String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    cache.close();
    collector.close();
    registry.close();
  }
}
