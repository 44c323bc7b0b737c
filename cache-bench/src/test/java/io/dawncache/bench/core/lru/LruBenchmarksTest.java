package io.dawncache.bench.core.lru;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.bench.workload.ZipfKeys;
import io.dawncache.core.lru.ConcurrentLru;
import org.junit.jupiter.api.Test;

final class LruBenchmarksTest {
  private static final int TURNS = 100_000; // three times round all keys

  @Test
  void everyGetHits() {
    LruGetBenchmark benchmark = new LruGetBenchmark();
    LruGetBenchmark.FilledLru lru = new LruGetBenchmark.FilledLru();
    LruGetBenchmark.FilledMap map = new LruGetBenchmark.FilledMap();
    ZipfKeys keys = new ZipfKeys();
    for (int i = 0; i < TURNS; i++) {
      assertNotNull(benchmark.get(lru, keys));
      assertNotNull(benchmark.baselineLinkedHashMap(map, keys));
    }
    assertEquals(ZipfKeys.COUNT, lru.lru.stats().size());
  }

  @Test
  void everyPutIsKeptAndEvictsOneEntry() {
    LruPutBenchmark benchmark = new LruPutBenchmark();
    LruPutBenchmark.FullLru full = new LruPutBenchmark.FullLru();
    LruPutBenchmark.Keys keys = new LruPutBenchmark.Keys();
    assertFullAfter(0, full.lru);
    for (int i = 0; i < TURNS; i++) {
      assertTrue(benchmark.putEvictingOne(full, keys));
    }
    assertFullAfter(TURNS, full.lru);
  }

  private static void assertFullAfter(long evictions, ConcurrentLru<String, String> lru) {
    int entries = LruPutBenchmark.ENTRIES;
    assertEquals(
        new ConcurrentLru.Stats((long) entries * LruPutBenchmark.ENTRY_BYTES, entries, evictions),
        lru.stats());
  }

  @Test
  void everyPutIntoTheBaselineIsOfANewKey() {
    LruPutBenchmark benchmark = new LruPutBenchmark();
    LruPutBenchmark.FullMap full = new LruPutBenchmark.FullMap();
    LruPutBenchmark.Keys keys = new LruPutBenchmark.Keys();
    for (int i = 0; i < TURNS; i++) {
      assertNull(benchmark.baselineLinkedHashMap(full, keys));
    }
    assertEquals(LruPutBenchmark.ENTRIES, full.map.size());
  }
}
