package io.dawncache.bench.memory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dawncache.core.ByteView;
import io.dawncache.core.CachePolicy;
import io.dawncache.core.ShippedCache;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** A cache, empty at first, on which one trace is replayed. */
@FunctionalInterface
interface Replayed {
  /** Gets a key by its number, and keeps it if it misses; returns whether it hit. */
  boolean isHit(int key);

  /** Returns the cache of a group, as shipped. */
  static Replayed shipped(Trace trace, CachePolicy policy, long maxBytes) {
    ShippedCache cache = new ShippedCache(policy, maxBytes);
    return key -> cache.isHit(trace.key(key), trace.value(key));
  }

  /** Returns strict least-recently-used order by the JDK's map, to compare every answer with. */
  static Replayed exactLru(Trace trace, long maxBytes) {
    ShippedCache scales = new ShippedCache(CachePolicy.LRU, 0);
    Map<Integer, Long> weights = new LinkedHashMap<>(16, 0.75f, true);
    return new Replayed() {
      private long bytes;

      @Override
      public boolean isHit(int key) {
        if (weights.get(key) != null) {
          return true;
        }
        long weight = scales.weigh(trace.key(key), trace.value(key));
        if (weight <= maxBytes) {
          weights.put(key, weight);
          bytes += weight;
          for (Iterator<Long> eldest = weights.values().iterator(); bytes > maxBytes; ) {
            bytes -= eldest.next();
            eldest.remove();
          }
        }
        return false;
      }
    };
  }

  /** Returns Caffeine bounded by a number of entries, with its upkeep on the caller as ours has. */
  static Replayed caffeineOfEntries(Trace trace, long maxEntries) {
    return caffeine(trace, Caffeine.newBuilder().maximumSize(maxEntries).executor(Runnable::run));
  }

  /** Returns Caffeine bounded by our weights, with its upkeep on the caller as ours has. */
  static Replayed caffeineOfBytes(Trace trace, long maxBytes) {
    ShippedCache scales = new ShippedCache(CachePolicy.TINY_LFU, 0);
    return caffeine(
        trace,
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher((String key, ByteView value) -> Math.toIntExact(scales.weigh(key, value)))
            .executor(Runnable::run));
  }

  private static Replayed caffeine(Trace trace, Caffeine<? super String, ? super ByteView> how) {
    Cache<String, ByteView> cache = how.build();
    return key -> {
      if (cache.getIfPresent(trace.key(key)) != null) {
        return true;
      }
      cache.put(trace.key(key), trace.value(key));
      return false;
    };
  }
}
