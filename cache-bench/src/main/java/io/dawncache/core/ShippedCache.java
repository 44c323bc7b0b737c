package io.dawncache.core;

import java.util.function.Consumer;

/**
 * The cache in which a group keeps its own values, as shipped, opened to the measurements: they can
 * replay traces and race writers on it without a node, loads or threads.
 */
public final class ShippedCache {
  private final LocalCache<Entry> cache;

  /**
   * Makes an empty one.
   *
   * @param maxBytes of heap; 0 for unbounded
   */
  public ShippedCache(CachePolicy policy, long maxBytes) {
    cache = LocalCache.of(policy, maxBytes, entry -> {});
  }

  /** Gets {@code key}, and keeps {@code value} if it misses; returns whether it hit. */
  public boolean isHit(String key, ByteView value) {
    if (cache.get(key) != null) {
      return true;
    }
    put(key, value);
    return false;
  }

  /** Keeps a value that never expires, if the policy admits it. */
  public void put(String key, ByteView value) {
    cache.put(entry(key, value));
  }

  /** Calls {@code action} with every entry held; weakly consistent while entries change. */
  public void forEach(Consumer<? super Entry> action) {
    cache.forEach(action);
  }

  /** Returns what a value costs here in bytes of heap. */
  public long weigh(String key, ByteView value) {
    return cache.weigh(entry(key, value));
  }

  /** Returns what an entry costs here in bytes of heap. */
  public long weigh(Entry entry) {
    return cache.weigh(entry);
  }

  private static Entry entry(String key, ByteView value) {
    return new Entry.Own(key, value, CoarseClock.NEVER, CoarseClock.NEVER);
  }
}
