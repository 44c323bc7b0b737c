package io.dawncache.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DawncacheMetricsTest {
  private final AtomicLong nanos = new AtomicLong();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final CacheNode node = CacheNode.create();
  private final Group group =
      node.addGroup("scores", GroupConfig.builder().maxBytes(1 << 20).build(), this::load);

  private Loaded load(String key) {
    return switch (key) {
      case "down" -> throw new IllegalStateException("the origin is down");
      case "Jack" -> Loaded.notFound();
      default -> Loaded.ofUtf8("630");
    };
  }

  @AfterEach
  void close() {
    node.close();
  }

  private DawncacheMetrics bind(Tag... tags) {
    return new DawncacheMetrics(registry, node, null, List.of(tags), nanos::get);
  }

  /** Reads a meter of a new sample. */
  private double value(String name, String... tags) {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    Meter meter = registry.get(name).tags(tags).meter();
    return meter.measure().iterator().next().getValue();
  }

  @Test
  void aCacheHasTheMetersOfMicrometersOtherCaches() {
    bind();
    group.get("Tom");
    group.get("Tom");
    assertThrows(RuntimeException.class, () -> group.get("Jack"));
    assertThrows(RuntimeException.class, () -> group.get("down"));

    assertEquals(1, value("cache.gets", "cache", "scores", "result", "hit"));
    assertEquals(3, value("cache.gets", "cache", "scores", "result", "miss"));
    assertEquals(2, value("cache.puts", "cache", "scores"));
    assertEquals(1, value("cache.size", "cache", "scores"));
    assertEquals(0, value("cache.evictions", "cache", "scores"));
    assertEquals(2, value("cache.load", "cache", "scores", "result", "success"));
    assertEquals(1, value("cache.load", "cache", "scores", "result", "failure"));
    assertTrue(value("cache.load.duration", "cache", "scores") > 0);
  }

  @Test
  void ourMetersShowRegionsAndTheBudget() {
    bind();
    group.get("Tom");
    assertEquals(1 << 20, value("dawncache.budget.bytes", "group", "scores"));
    assertEquals(
        (double) group.stats().mainCache().bytes(),
        value("dawncache.held.bytes", "group", "scores", "region", "main"));
    assertEquals(1, value("dawncache.entries", "group", "scores", "region", "main"));
    assertEquals(0, value("dawncache.entries", "group", "scores", "region", "hot"));
    assertEquals(0, value("dawncache.loads.running", "group", "scores"));
    assertEquals(0, value("dawncache.gets.waiting", "group", "scores"));
    group.remove("Tom");
    assertEquals(1, value("dawncache.removed", "group", "scores"));
  }

  @Test
  void eachLoadIsTimedByItsOutcome() {
    bind();
    group.get("Tom");
    assertThrows(RuntimeException.class, () -> group.get("Jack"));
    assertThrows(RuntimeException.class, () -> group.get("down"));
    for (String outcome : List.of("value", "not_found", "failed")) {
      Timer timer = registry.get("dawncache.load").tags("outcome", outcome).timer();
      assertEquals(1, timer.count(), outcome);
      assertTrue(timer.takeSnapshot().histogramCounts().length >= 13);
    }
    assertEquals(0, registry.get("dawncache.load").tags("outcome", "overloaded").timer().count());
  }

  @Test
  void aSampleHoldsForHalfASecond() {
    bind();
    assertEquals(0, value("cache.size", "cache", "scores"));
    group.get("Tom");
    assertEquals(0, registry.get("cache.size").gauge().value());
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(500));
    assertEquals(1, registry.get("cache.size").gauge().value());
  }

  @Test
  void groupsThatComeAndGoAreFollowed() {
    bind();
    node.addGroup("docs", Loaded::ofUtf8);
    value("cache.size", "cache", "scores"); // whichever is asked first reads the new sample
    assertEquals(0, value("cache.size", "cache", "docs"));

    node.removeGroup("scores");
    value("cache.size", "cache", "docs");
    assertNull(registry.find("cache.size").tags("cache", "scores").meter());
    assertNull(registry.find("dawncache.load").tags("group", "scores").meter());

    Group again = node.addGroup("scores", Loaded::ofUtf8);
    value("cache.size", "cache", "docs");
    again.get("Tom");
    assertEquals(1, value("cache.size", "cache", "scores"));
  }

  @Test
  void tagsArePutOnAllAndACloseTakesAllOut() {
    DawncacheMetrics metrics = bind(Tag.of("application", "shop"));
    assertEquals(0, value("cache.size", "application", "shop"));
    registry
        .getMeters()
        .forEach(
            meter ->
                assertEquals("shop", Objects.requireNonNull(meter.getId().getTag("application"))));

    metrics.close();
    metrics.close();
    assertEquals(List.of(), registry.getMeters());
    group.get("Tom");
  }
}
