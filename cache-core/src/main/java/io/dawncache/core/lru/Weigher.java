package io.dawncache.core.lru;

/**
 * Returns what an entry costs, in bytes.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 */
@FunctionalInterface
public interface Weigher<K, V> {

  /**
   * Returns the weight of an entry in bytes, {@code >= 0}.
   *
   * <p>Called once for each put, on the thread that puts the entry, before anything is changed and
   * under no lock. The answer is kept with the entry: the sum of all weights stays right even if a
   * mutable value later weighs something else.
   */
  long weigh(K key, V value);
}
