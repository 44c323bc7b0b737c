package io.dawncache.bench.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.dawncache.bench.core.GroupHitBenchmark.CaffeineOfObjects;
import io.dawncache.bench.core.GroupHitBenchmark.FilledCaffeine;
import io.dawncache.bench.core.GroupHitBenchmark.FilledGroup;
import io.dawncache.bench.core.GroupHitBenchmark.FilledMap;
import io.dawncache.bench.core.GroupHitBenchmark.LruGroup;
import io.dawncache.bench.core.GroupHitBenchmark.TinyLfuGroup;
import io.dawncache.bench.core.GroupHitBenchmark.TypedNearGroup;
import io.dawncache.bench.workload.ZipfKeys;
import io.dawncache.core.ByteView;
import io.dawncache.core.GroupStats;
import io.dawncache.core.NearStats;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class GroupHitBenchmarkTest {
  private static final int GETS = 1 << 16;

  private final GroupHitBenchmark benchmark = new GroupHitBenchmark();
  private final ZipfKeys keys = new ZipfKeys();

  @Test
  void lruGroupAnswersEveryGetFromMemory() {
    LruGroup filled = new LruGroup();
    run(() -> benchmark.lru(filled, keys));
    assertAllHit(filled);
  }

  @Test
  void tinyLfuGroupAnswersEveryGetFromMemory() {
    TinyLfuGroup filled = new TinyLfuGroup();
    run(() -> benchmark.tinyLfu(filled, keys));
    assertAllHit(filled);
  }

  @Test
  void caffeineHitsAndCounts() {
    FilledCaffeine filled = new FilledCaffeine();
    run(() -> benchmark.baselineCaffeine(filled, keys));
    assertEquals(GETS, filled.cache.stats().hitCount());
    assertEquals(0, filled.cache.stats().missCount());
  }

  @Test
  void typedGroupAnswersEveryGetWithTheObjectThatItHolds() {
    TypedNearGroup filled = new TypedNearGroup();
    for (int i = 0; i < GETS; i++) {
      assertEquals(
          GroupHitBenchmark.VALUE_BYTES, benchmark.typedNear(filled, keys).bytes().length());
    }
    NearStats near = filled.scores.nearStats();
    GroupStats stats = filled.scores.stats();
    filled.close();
    assertEquals(new NearStats(ZipfKeys.COUNT, ZipfKeys.COUNT, 0), near, "each decoded once");
    assertEquals(GETS, stats.cacheHits());
  }

  @Test
  void caffeineOfObjectsHitsAndCounts() {
    CaffeineOfObjects filled = new CaffeineOfObjects();
    for (int i = 0; i < GETS; i++) {
      assertNotNull(benchmark.baselineCaffeineOfObjects(filled, keys));
    }
    assertEquals(GETS, filled.cache.stats().hitCount());
  }

  @Test
  void linkedHashMapHits() {
    FilledMap filled = new FilledMap();
    run(() -> benchmark.baselineLockedLinkedHashMap(filled, keys));
    assertEquals(ZipfKeys.COUNT, filled.map.size());
  }

  private static void run(Supplier<@Nullable ByteView> get) {
    for (int i = 0; i < GETS; i++) {
      ByteView value = get.get();
      assertNotNull(value);
      assertEquals(GroupHitBenchmark.VALUE_BYTES, value.length());
    }
  }

  private static void assertAllHit(FilledGroup filled) {
    GroupStats stats = filled.group.stats();
    filled.close();
    assertEquals(ZipfKeys.COUNT, stats.localLoads(), "each key was loaded once, to fill it");
    assertEquals(GETS, stats.cacheHits());
    assertEquals(stats.gets(), stats.cacheHits() + stats.loads());
    assertEquals(ZipfKeys.COUNT, stats.mainCache().items());
    assertEquals(0, stats.mainCache().evictions());
  }
}
