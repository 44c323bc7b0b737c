package io.dawncache.core.lru;

/**
 * Returns the weight of an entry, in bytes.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 * @since 0.1.0
 */
@FunctionalInterface
public interface Weigher<K, V> {

  /**
   * {@return the weight of an entry in bytes, {@code >= 0}}
   *
   * <p>Called once for each put, on the thread that puts the entry, before any change and under no
   * lock. The result is stored with the entry, so the sum of all weights stays right even if a
   * mutable value later has another weight.
   *
   * @param key the key of the entry
   * @param value the value of the entry
   */
  long weigh(K key, V value);
}
