package io.dawncache.core;

import java.util.function.Consumer;

/**
 * The cache in which a group keeps its own values, as it is shipped, opened to the measurements:
 * one that needs no node, no loads and no threads to be replayed or raced.
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

  /** Asks for {@code key} as a get does, and keeps {@code value} if it is not there. */
  public boolean isHit(String key, ByteView value) {
    if (cache.get(key) != null) {
      return true;
    }
    put(key, value);
    return false;
  }

  /** Keeps a value that never ends, if the policy will. */
  public void put(String key, ByteView value) {
    cache.put(entry(key, value));
  }

  /** Shows what is held while it changes; weakly consistent. */
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
