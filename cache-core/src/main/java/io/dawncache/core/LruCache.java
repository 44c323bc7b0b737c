package io.dawncache.core;

import io.dawncache.core.lru.ConcurrentLru;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Strict least-recently-used order, from a {@link ConcurrentLru}. */
final class LruCache<E extends Entry> implements LocalCache<E> {
  private static final HeapLayout HEAP = HeapLayout.RUNNING;

  /**
   * What an entry takes besides itself: the list's node, the map's node, and two slots of its
   * table, which is between three and six eighths full.
   */
  static final long PLACE_BYTES =
      HEAP.objectBytes(4, 1, 4) + HEAP.objectBytes(3, 0, 4) + 2L * HEAP.referenceBytes();

  private final ConcurrentLru<String, E> lru;

  LruCache(long maxBytes, Consumer<? super E> onEvicted) {
    lru =
        new ConcurrentLru<>(
            maxBytes, (key, entry) -> weigh(entry), (key, entry) -> onEvicted.accept(entry));
  }

  @Override
  public @Nullable E get(String key) {
    return lru.get(key);
  }

  @Override
  public @Nullable E peek(String key) {
    return lru.peek(key);
  }

  @Override
  public boolean put(E entry) {
    return lru.put(entry.key(), entry);
  }

  @Override
  public @Nullable E remove(String key) {
    return lru.remove(key);
  }

  @Override
  public boolean remove(E entry) {
    return lru.remove(entry.key(), entry);
  }

  @Override
  public void removeIf(Predicate<? super E> unwanted) {
    forEach(
        entry -> {
          if (unwanted.test(entry)) {
            remove(entry);
          }
        });
  }

  @Override
  public void forEach(Consumer<? super E> action) {
    lru.forEach((key, entry) -> action.accept(entry));
  }

  @Override
  public List<E> hottest(long maxBytes) {
    return lru.mostRecent(maxBytes);
  }

  @Override
  public void resize(long maxBytes) {
    lru.resize(maxBytes);
  }

  @Override
  public long weigh(E entry) {
    return Weight.of(entry) + PLACE_BYTES;
  }

  @Override
  public CacheStats stats() {
    ConcurrentLru.Stats stats = lru.stats();
    return new CacheStats(stats.bytes(), stats.size(), stats.evictions());
  }
}
