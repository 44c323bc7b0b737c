package io.dawncache.core;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The user's access to the origin of a {@link TypedGroup}: loads the value of a key that no cache
 * holds. Threads, time-outs and failures are those of a {@link Getter}, which also says of each
 * answer what a value alone cannot say, such as a TTL of its own.
 *
 * <pre>{@code
 * TypedGetter<Long, Customer> one = id -> database.find(id); // null if there is none
 * TypedGetter<Long, Customer> optional = TypedGetter.optional(repository::findById);
 * TypedGetter<Long, Customer> many = TypedGetter.many(ids -> database.findAll(ids));
 * }</pre>
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 * @since 0.1.0
 */
@FunctionalInterface
public interface TypedGetter<K, V> {
  /**
   * Loads the value of {@code key}.
   *
   * @param key never null
   * @return the value, or null if the origin has none
   * @throws Exception if the origin failed, so that an older value may be answered as stale; else
   *     every waiting caller gets the failure
   */
  @Nullable V load(K key) throws Exception;

  /**
   * {@return a getter whose origin answers with an {@link Optional}}
   *
   * @param <K> the type of the keys
   * @param <V> the type of the values
   * @param getter loads the value of a key; empty if the origin has none
   */
  static <K, V> TypedGetter<K, V> optional(
      ValueCodec.Form<? super K, ? extends Optional<? extends V>> getter) {
    Objects.requireNonNull(getter, "getter");
    return key -> getter.of(key).orElse(null);
  }

  /**
   * {@return a getter whose origin answers many keys at once, as a {@link BulkGetter} does}
   *
   * @param <K> the type of the keys
   * @param <V> the type of the values
   * @param getter loads the values of one key or more, an unmodifiable set; a key that is absent
   *     from the map is not found
   */
  static <K, V> TypedGetter<K, V> many(ValueCodec.Form<Set<K>, ? extends Map<K, V>> getter) {
    Objects.requireNonNull(getter, "getter");
    return new Many<>() {
      @Override
      public @Nullable V load(K key) throws Exception {
        return loadAll(Set.of(key)).get(key);
      }

      @Override
      public Map<K, V> loadAll(Set<K> keys) throws Exception {
        return getter.of(keys);
      }
    };
  }

  /**
   * A getter whose origin answers many keys at once; the group calls {@link #load} for a single
   * one.
   *
   * @param <K> the type of the keys
   * @param <V> the type of the values
   */
  interface Many<K, V> extends TypedGetter<K, V> {
    /**
     * Loads the values of {@code keys}, as {@link BulkGetter#loadAll} does.
     *
     * @param keys at least one; unmodifiable
     * @return the values; a key that is absent or has null is not found
     * @throws Exception if the origin failed; the waiting callers of all keys get the failure
     */
    Map<K, V> loadAll(Set<K> keys) throws Exception;
  }
}
