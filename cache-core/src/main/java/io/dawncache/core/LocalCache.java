package io.dawncache.core;

import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The seam between a group and its policy: entries in memory within a byte budget; thread-safe.
 *
 * @param <E> the kind of entry that it holds
 */
interface LocalCache<E extends Entry> {
  /**
   * Returns an empty cache.
   *
   * @param maxBytes of heap, as {@link #weigh} measures it; 0 for unbounded
   * @param onEvicted told once of each entry that leaves to make room, when it has left, by the
   *     thread that needs the room and before its call returns, under no lock of the cache; not
   *     told of one that is removed, overwritten or dropped for a successor that is too heavy
   */
  static <E extends Entry> LocalCache<E> of(
      CachePolicy policy, long maxBytes, Consumer<? super E> onEvicted) {
    return switch (policy) {
      case LRU -> new LruCache<>(maxBytes, onEvicted);
      case TINY_LFU -> new TinyLfuCache<>(maxBytes, onEvicted);
    };
  }

  /** Returns the entry under {@code key}, noting the use, or null; does not ask if it expired. */
  @Nullable E get(String key);

  /** As {@link #get}, but notes no use. */
  @Nullable E peek(String key);

  /**
   * Keeps the entry unless it is heavier than the whole budget; an older one goes either way. Room
   * is made before this returns; until then the cache may hold this one entry too much, and no
   * other, for puts take turns.
   *
   * @return whether it was kept: false if it is too heavy, or if the policy would rather evict it
   *     than any other, of which {@code onEvicted} has then been told, too
   */
  boolean put(E entry);

  /** Removes and returns the entry under {@code key}, or null. */
  @Nullable E remove(String key);

  /** Removes the very entry; returns whether it was there. */
  boolean remove(E entry);

  /** Removes entries; {@code unwanted} runs under no lock. */
  void removeIf(Predicate<? super E> unwanted);

  /** Shows all entries; {@code action} runs under no lock. Weakly consistent. */
  void forEach(Consumer<? super E> action);

  /**
   * Changes the budget; what does not fit any more leaves before this returns. Not for every day: a
   * policy that adapts to its load may begin to learn anew.
   *
   * @param maxBytes as in {@link #of}
   */
  void resize(long maxBytes);

  /** Returns what the entry costs here in bytes of heap, the place that it takes included. */
  long weigh(E entry);

  CacheStats stats();
}
