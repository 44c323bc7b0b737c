package io.dawncache.core;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Entries in memory within a byte budget: what a group needs of its policy. Thread-safe. */
interface LocalCache<E extends Entry> {
  /**
   * Returns an empty cache.
   *
   * @param maxBytes of heap, as {@link #weigh} measures it; 0 for unbounded
   * @param onEvicted called once for each entry that leaves to make room, after it has left, on the
   *     thread that needs the room, before its call returns and under no lock of the cache; not
   *     called for an entry that is removed, overwritten or dropped for a successor that is too
   *     heavy
   */
  static <E extends Entry> LocalCache<E> of(
      CachePolicy policy, long maxBytes, Consumer<? super E> onEvicted) {
    return switch (policy) {
      case LRU -> new LruCache<>(maxBytes, onEvicted);
      case TINY_LFU -> new TinyLfuCache<>(maxBytes, onEvicted);
    };
  }

  /** Returns the entry under {@code key} and notes the use, or null; the entry may have expired. */
  @Nullable E get(String key);

  /** As {@link #get}, but notes no use. */
  @Nullable E peek(String key);

  /**
   * Keeps the entry unless it is heavier than the whole budget; an older entry of the key is
   * dropped in either case. Room is made before this returns. Until then the cache may exceed its
   * budget by this one entry, and by no other, because puts take turns.
   *
   * @return whether it was kept: false if it is too heavy, or if the policy evicts it rather than
   *     another entry; {@code onEvicted} has then been called for it, too
   */
  boolean put(E entry);

  /** Removes and returns the entry under {@code key}, or null. */
  @Nullable E remove(String key);

  /** Removes exactly this entry; returns whether it was there. */
  boolean remove(E entry);

  /** Removes entries; {@code unwanted} runs under no lock. */
  void removeIf(Predicate<? super E> unwanted);

  /** Passes all entries to {@code action}, which runs under no lock. Weakly consistent. */
  void forEach(Consumer<? super E> action);

  /**
   * Returns the entries that the policy would evict last, up to {@code maxBytes}; hottest first.
   */
  List<E> hottest(long maxBytes);

  /**
   * Changes the budget; entries that no longer fit leave before this returns. Call it rarely: a
   * policy that adapts to its load may start to learn again.
   *
   * @param maxBytes as in {@link #of}
   */
  void resize(long maxBytes);

  /** Returns the entry's cost in bytes of heap, including its place here. */
  long weigh(E entry);

  CacheStats stats();
}
