package io.dawncache.core;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** W-TinyLFU by Caffeine, whose upkeep runs on the thread that caused it. */
final class TinyLfuCache implements LocalCache {
  private final long maxBytes;
  private final Cache<String, ByteView> cache;
  private final Policy.Eviction<String, ByteView> bound;
  private final LongAdder evictions = new LongAdder();

  TinyLfuCache(long maxBytes) {
    this.maxBytes = maxBytes == 0 ? Long.MAX_VALUE : maxBytes;
    cache =
        Caffeine.newBuilder()
            .maximumWeight(this.maxBytes)
            .weigher((String key, ByteView value) -> weight(key, value))
            .evictionListener((key, value, cause) -> evictions.increment())
            .executor(Runnable::run)
            .build();
    bound = cache.policy().eviction().orElseThrow();
  }

  @Override
  public @Nullable ByteView get(String key) {
    return cache.getIfPresent(key);
  }

  @Override
  public void put(String key, ByteView value) {
    if (WEIGHER.weigh(key, value) > maxBytes) {
      cache.invalidate(key);
    } else {
      cache.put(key, value);
    }
  }

  @Override
  public void remove(String key) {
    cache.invalidate(key);
  }

  @Override
  public void removeIf(Predicate<? super String> keys) {
    cache.asMap().keySet().removeIf(keys);
  }

  @Override
  public CacheStats stats() {
    cache.cleanUp();
    return new CacheStats(
        bound.weightedSize().orElseThrow(), cache.estimatedSize(), evictions.sum());
  }

  /** Caffeine weighs in ints; only a key beside a value of nearly 2 GiB comes to the cap. */
  private static int weight(String key, ByteView value) {
    return (int) Math.min(Integer.MAX_VALUE, WEIGHER.weigh(key, value));
  }
}
