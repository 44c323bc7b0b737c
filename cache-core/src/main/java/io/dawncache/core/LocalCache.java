package io.dawncache.core;

import io.dawncache.core.lru.Weigher;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The seam between a group and its policy: values in memory within a byte budget; thread-safe. */
interface LocalCache {
  /** UTF-8 bytes of the key plus bytes of the value. */
  Weigher<String, ByteView> WEIGHER = Weigher.utf8KeyPlusValue(ByteView::length);

  /** Returns a cache of {@code maxBytes}, 0 for unbounded. */
  static LocalCache of(CachePolicy policy, long maxBytes) {
    return switch (policy) {
      case LRU -> new LruCache(maxBytes);
      case TINY_LFU -> new TinyLfuCache(maxBytes);
    };
  }

  /** Returns the value under {@code key}, noting the use, or null. */
  @Nullable ByteView get(String key);

  /** Keeps the value unless it is heavier than the whole budget; an older value goes either way. */
  void put(String key, ByteView value);

  void remove(String key);

  void removeIf(Predicate<? super String> keys);

  CacheStats stats();
}
