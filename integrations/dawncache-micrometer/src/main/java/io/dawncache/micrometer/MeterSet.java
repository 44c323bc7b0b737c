package io.dawncache.micrometer;

import io.dawncache.core.CacheNode;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/** Meters that are registered one by one and removed together. */
final class MeterSet {
  private final MeterRegistry registry;
  private final CacheNode node; // a registry holds it weakly: a node that is gone has no meters
  private final List<Tag> tags;
  private final List<Meter> registered = new CopyOnWriteArrayList<>();

  MeterSet(MeterRegistry registry, CacheNode node, List<Tag> tags) {
    this.registry = registry;
    this.node = node;
    this.tags = tags;
  }

  /** Returns another set for the same node, without meters. */
  MeterSet empty() {
    return new MeterSet(registry, node, tags);
  }

  void counter(String name, String description, Tags more, DoubleSupplier value) {
    registered.add(
        FunctionCounter.builder(name, node, any -> value.getAsDouble())
            .description(description)
            .tags(more.and(tags))
            .register(registry));
  }

  void gauge(String name, String description, Tags more, DoubleSupplier value) {
    registered.add(
        Gauge.builder(name, node, any -> value.getAsDouble())
            .description(description)
            .tags(more.and(tags))
            .register(registry));
  }

  void bytes(String name, String description, Tags more, DoubleSupplier value) {
    registered.add(
        Gauge.builder(name, node, any -> value.getAsDouble())
            .description(description)
            .baseUnit("bytes")
            .tags(more.and(tags))
            .register(registry));
  }

  /** Registers a time in nanoseconds. */
  void time(String name, String description, Tags more, DoubleSupplier nanos) {
    registered.add(
        TimeGauge.builder(name, node, TimeUnit.NANOSECONDS, any -> nanos.getAsDouble())
            .description(description)
            .tags(more.and(tags))
            .register(registry));
  }

  /** Registers a timer with these buckets, so that percentiles of several nodes can be computed. */
  Timer timer(String name, String description, Tags more, Duration... buckets) {
    Timer timer =
        Timer.builder(name)
            .description(description)
            .serviceLevelObjectives(buckets)
            .tags(more.and(tags))
            .register(registry);
    registered.add(timer);
    return timer;
  }

  void removeAll() {
    registered.forEach(registry::remove);
    registered.clear();
  }
}
