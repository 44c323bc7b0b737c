package io.dawncache.core;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** W-TinyLFU by Caffeine, whose maintenance runs on the thread that caused it. */
final class TinyLfuCache<E extends Entry> implements LocalCache<E> {
  /*
   * Caffeine evicts after its writers: a put changes the map at once, and the policy learns of it
   * when a thread gets its lock. With many writers of large values the policy falls behind by many
   * values: a budget of 64 MiB was seen to hold 600. So here writers take turns at a gate, and no
   * writer leaves it before the policy has processed its entry and made room. The map exceeds its
   * budget by at most the one entry in the gate. Readers do not use the gate, and the policy
   * decides as it always does, only sooner.
   *
   * A put needs room, but a reader that does the policy's maintenance meanwhile may make it:
   *   1. a writer puts its entry in the map;
   *   2. a reader's buffer is full, and its maintenance evicts another entry;
   *   3. the writer calls for maintenance and finds nothing left to do.
   * Caffeine reports the evicted entry in 2, under its locks. The entry waits in a queue until the
   * writer, after 3, takes it and reports it.
   */
  private static final HeapLayout HEAP = HeapLayout.RUNNING;

  /** The sketch's eight-byte counters: one per entry, rounded up to a power of two. */
  private static final long SKETCH_BYTES = 12;

  /**
   * What an entry takes besides itself: the policy's node, the map's node, two slots of its table,
   * which is between three and six eighths full, and its part of the frequency sketch.
   */
  static final long PLACE_BYTES =
      HEAP.objectBytes(4, 0, 12)
          + HEAP.objectBytes(3, 0, 4)
          + 2L * HEAP.referenceBytes()
          + SKETCH_BYTES;

  private final Consumer<? super E> onEvicted;
  private final Cache<String, E> cache;
  private final Policy.Eviction<String, E> bound;
  private final Queue<E> evicted = new ConcurrentLinkedQueue<>();
  private final LongAdder evictions = new LongAdder();
  private final ReentrantLock gate = new ReentrantLock();

  @GuardedBy("gate")
  private long maxBytes;

  TinyLfuCache(long maxBytes, Consumer<? super E> onEvicted) {
    this.onEvicted = onEvicted;
    this.maxBytes = boundOf(maxBytes);
    cache =
        Caffeine.newBuilder()
            .maximumWeight(boundOf(maxBytes))
            .weigher((String key, E entry) -> (int) Math.min(Integer.MAX_VALUE, weigh(entry)))
            .evictionListener(
                (@Nullable String key, @Nullable E entry, RemovalCause cause) -> {
                  evictions.increment();
                  evicted.add(Objects.requireNonNull(entry));
                })
            .executor(Runnable::run)
            .build();
    bound = cache.policy().eviction().orElseThrow();
  }

  private static long boundOf(long maxBytes) {
    return maxBytes == 0 ? Long.MAX_VALUE : maxBytes;
  }

  @Override
  public @Nullable E get(String key) {
    return cache.getIfPresent(key);
  }

  @Override
  public @Nullable E peek(String key) {
    return cache.policy().getIfPresentQuietly(key);
  }

  @Override
  public boolean put(E entry) {
    long weight = weigh(entry);
    List<E> left;
    gate.lock();
    try {
      if (weight > maxBytes) {
        cache.invalidate(entry.key());
        return false;
      }
      cache.put(entry.key(), entry);
      cache.cleanUp();
      left = takeEvicted();
    } finally {
      gate.unlock();
    }
    left.forEach(onEvicted);
    return !left.contains(entry);
  }

  @Override
  public @Nullable E remove(String key) {
    return cache.asMap().remove(key);
  }

  @Override
  public boolean remove(E entry) {
    return cache.asMap().remove(entry.key(), entry);
  }

  @Override
  public void removeIf(Predicate<? super E> unwanted) {
    cache.asMap().values().removeIf(unwanted);
  }

  @Override
  public void forEach(Consumer<? super E> action) {
    cache.asMap().values().forEach(action);
  }

  @Override
  public List<E> hottest(long maxBytes) {
    return List.copyOf(bound.hottestWeighted(maxBytes).values());
  }

  /** Changes the budget; Caffeine forgets how it had tuned recency against frequency. */
  @Override
  public void resize(long maxBytes) {
    List<E> left;
    gate.lock();
    try {
      this.maxBytes = boundOf(maxBytes);
      bound.setMaximum(this.maxBytes);
      left = takeEvicted();
    } finally {
      gate.unlock();
    }
    left.forEach(onEvicted);
  }

  @Override
  public long weigh(E entry) {
    return Weight.of(entry) + PLACE_BYTES;
  }

  @Override
  public CacheStats stats() {
    cache.cleanUp();
    return new CacheStats(
        bound.weightedSize().orElseThrow(), cache.estimatedSize(), evictions.sum());
  }

  @GuardedBy("gate")
  private List<E> takeEvicted() {
    if (evicted.isEmpty()) {
      return List.of();
    }
    List<E> taken = new ArrayList<>();
    for (E entry = evicted.poll(); entry != null; entry = evicted.poll()) {
      taken.add(entry);
    }
    return taken;
  }
}
