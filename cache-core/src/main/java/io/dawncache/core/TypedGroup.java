package io.dawncache.core;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Group} of a user's own values: a view, made by {@link Group#as}, that stores nothing
 * itself. A value is decoded at each get, on the thread that gets it or completes the future; the
 * cache keeps and sends its bytes.
 *
 * <p>Gets, puts and removals are those of the group and fail as they do. If the codec fails, they
 * throw a {@link CodecException} that names group and key.
 *
 * @param <T> the type of the values
 * @since 0.1.0
 */
public final class TypedGroup<T> {
  private final Group group;
  private final Codec<T> codec;

  TypedGroup(Group group, Codec<T> codec) {
    this.group = group;
    this.codec = Objects.requireNonNull(codec, "codec");
  }

  /**
   * As {@link Group#name}.
   *
   * @return as {@link Group#name}
   */
  public String name() {
    return group.name();
  }

  /**
   * As {@link Group#config}.
   *
   * @return as {@link Group#config}
   */
  public GroupConfig config() {
    return group.config();
  }

  /**
   * As {@link Group#get(String)}.
   *
   * @param key not empty
   * @return as {@link Group#get(String)}
   */
  public T get(String key) {
    return decode(key, group.get(key));
  }

  /**
   * As {@link Group#get(String, Duration)}.
   *
   * @param key not empty
   * @param timeout how long the caller waits at most; a hit needs no time
   * @return as {@link Group#get(String, Duration)}
   */
  public T get(String key, Duration timeout) {
    return decode(key, group.get(key, timeout));
  }

  /**
   * As {@link Group#getEntry}.
   *
   * @param key not empty
   * @param timeout how long the caller waits at most; a hit needs no time
   * @return as {@link Group#getEntry}
   */
  public TypedEntry<T> getEntry(String key, Duration timeout) {
    return decode(key, group.getEntry(key, timeout));
  }

  /**
   * As {@link Group#getAsync(String)}.
   *
   * @param key not empty
   * @return as {@link Group#getAsync(String)}
   */
  public CompletableFuture<T> getAsync(String key) {
    return decoded(group.getAsync(key), bytes -> decode(key, bytes));
  }

  /**
   * As {@link Group#getAsync(String, Duration)}.
   *
   * @param key not empty
   * @param timeout how long the caller waits at most; a hit needs no time
   * @return as {@link Group#getAsync(String, Duration)}
   */
  public CompletableFuture<T> getAsync(String key, Duration timeout) {
    return decoded(group.getAsync(key, timeout), bytes -> decode(key, bytes));
  }

  /**
   * As {@link Group#getEntryAsync}.
   *
   * @param key not empty
   * @param timeout how long the caller waits at most; a hit needs no time
   * @return as {@link Group#getEntryAsync}
   */
  public CompletableFuture<TypedEntry<T>> getEntryAsync(String key, Duration timeout) {
    return decoded(group.getEntryAsync(key, timeout), entry -> decode(key, entry));
  }

  /**
   * As {@link Group#getAll(Collection)}; a value that cannot be decoded is its key's error.
   *
   * @param keys the keys, each not empty
   * @return as {@link Group#getAll(Collection)}
   */
  public Map<String, TypedResult<T>> getAll(Collection<String> keys) {
    return decode(group.getAll(keys));
  }

  /**
   * As {@link Group#getAllAsync}; a value that cannot be decoded is its key's error.
   *
   * @param keys any number in any order; duplicates are reported once
   * @param timeout as in {@link Group#getAllAsync}; null for none
   * @return as {@link Group#getAllAsync}
   */
  public CompletableFuture<Map<String, TypedResult<T>>> getAllAsync(
      Collection<String> keys, @Nullable Duration timeout) {
    return decoded(group.getAllAsync(keys, timeout), this::decode);
  }

  /**
   * As {@link Group#getAll(Collection, Duration, BiConsumer)}; a value that cannot be decoded is
   * its key's error.
   *
   * @param keys any number in any order; duplicates are reported once
   * @param timeout ends the remaining waits with a {@link GetTimeoutException}; null for none
   * @param callback as in {@link Group#getAll(Collection, Duration, BiConsumer)}
   * @throws IllegalArgumentException for a bad key, before the first get
   */
  public void getAll(
      Collection<String> keys,
      @Nullable Duration timeout,
      BiConsumer<String, ? super TypedResult<T>> callback) {
    Objects.requireNonNull(callback, "callback");
    group.getAll(keys, timeout, (key, result) -> callback.accept(key, decode(key, result)));
  }

  /**
   * As {@link Group#peek}.
   *
   * @param key not empty
   * @return as {@link Group#peek}
   */
  public @Nullable TypedEntry<T> peek(String key) {
    Entry entry = group.peek(key);
    return entry == null ? null : decode(key, entry);
  }

  /**
   * As {@link Group#put(String, ByteView)}.
   *
   * @param key not empty
   * @param value the value
   * @return as {@link Group#put(String, ByteView)}
   */
  public Applied put(String key, T value) {
    return group.put(key, encode(key, value));
  }

  /**
   * As {@link Group#put(String, ByteView, Duration)}.
   *
   * @param key not empty
   * @param value the value
   * @param ttl how long the value holds, more than zero
   * @return as {@link Group#put(String, ByteView, Duration)}
   */
  public Applied put(String key, T value, Duration ttl) {
    return group.put(key, encode(key, value), ttl);
  }

  /**
   * As {@link Group#putAsync(String, ByteView)}.
   *
   * @param key not empty
   * @param value the value
   * @return as {@link Group#putAsync(String, ByteView)}
   */
  public CompletableFuture<Applied> putAsync(String key, T value) {
    return group.putAsync(key, encode(key, value));
  }

  /**
   * As {@link Group#putAsync(String, ByteView, Duration)}.
   *
   * @param key not empty
   * @param value the value
   * @param ttl how long the value holds, more than zero
   * @return as {@link Group#putAsync(String, ByteView, Duration)}
   */
  public CompletableFuture<Applied> putAsync(String key, T value, Duration ttl) {
    return group.putAsync(key, encode(key, value), ttl);
  }

  /**
   * As {@link Group#remove}.
   *
   * @param key not empty
   * @return as {@link Group#remove}
   */
  public Applied remove(String key) {
    return group.remove(key);
  }

  /**
   * As {@link Group#removeAsync}.
   *
   * @param key not empty
   * @return as {@link Group#removeAsync}
   */
  public CompletableFuture<Applied> removeAsync(String key) {
    return group.removeAsync(key);
  }

  /**
   * As {@link Group#clear}.
   *
   * @return as {@link Group#clear}
   */
  public Applied clear() {
    return group.clear();
  }

  /**
   * As {@link Group#clearAsync}.
   *
   * @return as {@link Group#clearAsync}
   */
  public CompletableFuture<Applied> clearAsync() {
    return group.clearAsync();
  }

  /**
   * As {@link Group#warm}.
   *
   * @param keys the keys, each not empty
   * @param keysPerSecond the rate
   * @param listener called for each event
   * @return as {@link Group#warm}
   */
  public CompletableFuture<WarmProgress> warm(
      Collection<String> keys, double keysPerSecond, Consumer<? super WarmProgress> listener) {
    return group.warm(keys, keysPerSecond, listener);
  }

  /**
   * As {@link Group#sampleKeys}.
   *
   * @param count the maximum, at least 0
   * @return as {@link Group#sampleKeys}
   */
  public List<String> sampleKeys(int count) {
    return group.sampleKeys(count);
  }

  /**
   * As {@link Group#stats}.
   *
   * @return as {@link Group#stats}
   */
  public GroupStats stats() {
    return group.stats();
  }

  /**
   * As {@link Group#addListener}.
   *
   * @param listener called for each event
   */
  public void addListener(GroupListener listener) {
    group.addListener(listener);
  }

  /**
   * As {@link Group#removeListener}.
   *
   * @param listener called for each event
   * @return as {@link Group#removeListener}
   */
  public boolean removeListener(GroupListener listener) {
    return group.removeListener(listener);
  }

  /**
   * As {@link Group#addLoadListener}.
   *
   * @param listener called for each call of the getter; must not block
   */
  public void addLoadListener(LoadListener listener) {
    group.addLoadListener(listener);
  }

  /**
   * As {@link Group#removeLoadListener}.
   *
   * @param listener one that was added
   * @return as {@link Group#removeLoadListener}
   */
  public boolean removeLoadListener(LoadListener listener) {
    return group.removeLoadListener(listener);
  }

  /**
   * As {@link Group#explain}.
   *
   * @param key not empty
   * @return as {@link Group#explain}
   */
  public Explanation explain(String key) {
    return group.explain(key);
  }

  /**
   * As {@link Group#refreshAsync}.
   *
   * @param key not empty
   * @return as {@link Group#refreshAsync}, or completed with a {@link CodecException}
   */
  public CompletableFuture<T> refreshAsync(String key) {
    return decoded(group.refreshAsync(key), bytes -> decode(key, bytes));
  }

  /**
   * As {@link Group#hotKeys}.
   *
   * @param most how many at most, at least 0
   * @return as {@link Group#hotKeys}
   */
  public List<HotKey> hotKeys(int most) {
    return group.hotKeys(most);
  }

  /**
   * As {@link Group#activity}.
   *
   * @return as {@link Group#activity}
   */
  public GroupActivity activity() {
    return group.activity();
  }

  /**
   * As {@link Group#isRemoved}.
   *
   * @return as {@link Group#isRemoved}
   */
  public boolean isRemoved() {
    return group.isRemoved();
  }

  private ByteView encode(String key, T value) {
    try {
      return codec.encode(value);
    } catch (Exception e) {
      throw new CodecException("encode", group.name(), key, e);
    }
  }

  private T decode(String key, ByteView bytes) {
    try {
      return Objects.requireNonNull(codec.decode(bytes), "the codec returned null");
    } catch (Exception e) {
      throw new CodecException("decode", group.name(), key, e);
    }
  }

  private TypedEntry<T> decode(String key, Entry entry) {
    return new TypedEntry<>(decode(key, entry.value()), entry.isStale(), entry.metadata());
  }

  /** An exception of the codec ends only its own key. */
  private TypedResult<T> decode(String key, GetResult result) {
    try {
      Entry entry = result.entry();
      return entry == null
          ? new TypedResult<>(null, result.error())
          : new TypedResult<>(decode(key, entry), null);
    } catch (CodecException e) {
      return new TypedResult<>(null, e);
    } catch (Throwable t) { // a codec's, which may be an error
      return new TypedResult<>(null, new CodecException("decode", group.name(), key, t));
    }
  }

  private Map<String, TypedResult<T>> decode(Map<String, GetResult> results) {
    Map<String, TypedResult<T>> decoded = new LinkedHashMap<>();
    results.forEach((key, result) -> decoded.put(key, decode(key, result)));
    return decoded;
  }

  /** A future of its own, so that its failures come as they are and not as another stage's. */
  private static <A, B> CompletableFuture<B> decoded(
      CompletableFuture<A> encoded, Function<? super A, ? extends B> decoder) {
    CompletableFuture<B> future = new CompletableFuture<>();
    var unused =
        encoded.whenComplete(
            (value, error) -> {
              try {
                if (error != null) {
                  future.completeExceptionally(causeOf(error));
                } else {
                  future.complete(decoder.apply(value));
                }
              } catch (Throwable t) { // thrown by the codec, maybe an Error
                future.completeExceptionally(t);
              }
            });
    return future;
  }

  private static Throwable causeOf(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }
}
