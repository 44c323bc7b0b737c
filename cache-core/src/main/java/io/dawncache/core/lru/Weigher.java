package io.dawncache.core.lru;

import java.util.function.ToLongFunction;

/**
 * Says what an entry costs, in bytes.
 *
 * <p>A weigher is asked once for each {@code put}; the answer is kept with the entry, so the books
 * stay right even if a mutable value later weighs something else.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 */
@FunctionalInterface
public interface Weigher<K, V> {

  /**
   * Returns the weight of an entry in bytes, {@code >= 0}.
   *
   * <p>Runs on the thread that puts the entry, before anything is changed.
   */
  long weigh(K key, V value);

  /**
   * Returns a weigher that adds the UTF-8 length of the key to that of the value, which is what
   * groupcache counts. The key is measured, not encoded: nothing is allocated.
   *
   * <p>The weigher throws {@link IllegalArgumentException} if {@code valueBytes} answers a negative
   * length, and {@link ArithmeticException} if the sum does not fit a long.
   *
   * @param valueBytes the length of a value in bytes, {@code >= 0}
   */
  static <V> Weigher<String, V> utf8KeyPlusValue(ToLongFunction<? super V> valueBytes) {
    return (key, value) -> {
      long bytes = valueBytes.applyAsLong(value);
      if (bytes < 0) {
        // Added to the key's length it could pass for a weight.
        throw new IllegalArgumentException("valueBytes: " + bytes + " (expected: >= 0)");
      }
      return Math.addExact(Utf8.length(key), bytes);
    };
  }
}
