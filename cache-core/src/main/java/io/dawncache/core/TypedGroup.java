package io.dawncache.core;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A cache of a user's own keys and values that fills itself: a {@link Group}, with codecs.
 *
 * <p>Made by {@link CacheNode#addGroup(String, GroupConfig, KeyCodec, ValueCodec, TypedGetter)}, or
 * as a view of any group by {@link Group#as}. The group keeps and sends bytes; a value is decoded
 * at each get, on the thread that gets it or completes the future, or once with {@link
 * #withNearCache}. Safe for use by any thread.
 *
 * <p>Gets, puts and removals are those of the group and fail as they do. A bad key throws {@link
 * IllegalArgumentException}, and a value that has no form as bytes {@link CodecException}.
 *
 * <p>Bytes that the codec cannot read, such as those of another version of the program in a rolling
 * deploy, are forgotten at this node and loaded here once, by this node's getter; {@link
 * EventStats#unreadable} counts them. This load is a get of its own in the statistics. If what it
 * brings cannot be read either, the get ends with a {@link CodecException}, and so does each get of
 * these bytes without another load. At other nodes nothing changes.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 * @since 0.1.0
 */
public final class TypedGroup<K, V> {
  private final Group group;
  private final KeyCodec<K> keys;
  private final ValueCodec<V> values;
  private final NearCache<V> near;

  TypedGroup(Group group, KeyCodec<K> keys, ValueCodec<V> values, int nearEntries) {
    this.group = group;
    this.keys = Objects.requireNonNull(keys, "keys");
    this.values = Objects.requireNonNull(values, "values");
    this.near = new NearCache<>(nearEntries, group.memory());
  }

  /**
   * {@return this group with a near cache: a value that this node's memory holds is decoded once,
   * and all gets by the returned view get the same object} So the objects must not be changed;
   * records are right for it.
   *
   * <p>An object hangs on the bytes that it was decoded from, and ends with them: it is never older
   * than what a get of the bytes would answer. A get that it answers is a hit and a use of the
   * bytes. Each view has its own near cache, so this is called once, when the group is added.
   *
   * @param maxEntries how many objects are held at most, more than 0; they, and some 100 bytes for
   *     each, come on top of the group's budget. Those not asked for lately leave first
   */
  public TypedGroup<K, V> withNearCache(int maxEntries) {
    if (maxEntries <= 0) {
      throw new IllegalArgumentException("maxEntries: " + maxEntries + " (expected: > 0)");
    }
    return new TypedGroup<>(group, keys, values, maxEntries);
  }

  /** {@return the same operations with futures in place of answers} */
  public AsyncTypedGroup<K, V> async() {
    return new AsyncTypedGroup<>(this);
  }

  /**
   * {@return the group of bytes whose view this is} It has what is for operators: keys in memory,
   * hot keys, explanations, each with the texts of the keys.
   */
  public Group group() {
    return group;
  }

  /** {@return the group's name} */
  public String name() {
    return group.name();
  }

  /** {@return the group's present bounds and policies, see {@link Group#config}} */
  public GroupConfig config() {
    return group.config();
  }

  /**
   * {@return the value of {@code key}, see {@link Group#get(String)}}
   *
   * @param key a key
   * @throws NotFoundException if the origin has no value for the key
   * @throws GetException if there is no value for another reason
   * @throws CodecException if the value could not be decoded after it was loaded again
   */
  public V get(K key) {
    String text = text(key);
    Entry entry = group.getBlocking(text, null);
    V object = near.get(entry.value());
    return object != null ? object : getEntry(text, entry, null).value();
  }

  /**
   * As {@link #get(Object)}, but waits at most for {@code timeout}; the flight goes on.
   *
   * @param key a key
   * @param timeout how long the caller waits at most; a hit needs no time
   * @return as {@link #get(Object)}
   * @throws GetTimeoutException if there was no answer in time
   */
  public V get(K key, Duration timeout) {
    return getEntry(key, timeout).value();
  }

  /**
   * {@return the value of {@code key}, or nothing if the origin has none} Otherwise as {@link
   * #get(Object)}.
   *
   * @param key a key
   */
  public Optional<V> getOptional(K key) {
    try {
      return Optional.of(get(key));
    } catch (NotFoundException e) {
      return Optional.empty();
    }
  }

  /**
   * {@return the value of {@code key} if this node's memory holds one that may be answered, else
   * null} Neither loads nor fetches. A value is a hit and a use; null counts as nothing.
   *
   * @param key a key
   */
  public @Nullable V getIfPresent(K key) {
    String text = text(key);
    Entry entry = group.gets().lookUp(text);
    if (entry == null) {
      return null;
    }
    try {
      return read(text, entry);
    } catch (CodecException e) {
      group.gets().forgetUnreadable(text, entry.value());
      return null;
    }
  }

  /**
   * As {@link #get(Object, Duration)}, but returns the whole entry.
   *
   * @param key a key
   * @param timeout how long the caller waits at most; a hit needs no time
   * @return as {@link #get(Object, Duration)}
   */
  public TypedEntry<V> getEntry(K key, Duration timeout) {
    String text = text(key);
    long begunNanos = group.gets().clock().now();
    Entry entry = group.getBlocking(text, Objects.requireNonNull(timeout, "timeout"));
    V object = near.get(entry.value());
    return object != null
        ? typed(object, entry)
        : getEntry(text, entry, timeout.minusNanos(group.gets().clock().now() - begunNanos));
  }

  /** Reads {@code entry}, or what is loaded in its place if it cannot be read. */
  private TypedEntry<V> getEntry(String text, Entry entry, @Nullable Duration left) {
    try {
      return typed(read(text, entry), entry);
    } catch (CodecException e) {
      refuseIfRefused(entry, e);
      Entry loaded = group.getAnew(text, entry.value(), left);
      return typed(readAnew(text, loaded), loaded);
    }
  }

  /**
   * {@return the result for each key, in the order of {@code keys}; each ends by itself} Waits for
   * all; otherwise as {@link Group#getAll(Collection)}. A value that cannot be decoded, not even
   * after it was loaded again, is its key's error.
   *
   * @param keys any number in any order; duplicates are reported once
   * @throws GetFailedException if this thread was interrupted; its interrupt status is then set
   */
  public Map<K, TypedResult<V>> getAll(Collection<? extends K> keys) {
    Map<String, K> byText = byText(keys);
    Map<String, GetResult> results = group.getAll(byText.keySet());
    return group.awaitAll(readAll(byText, results, null));
  }

  /**
   * Gets many keys at once, as {@link Group#getAll(Collection, Duration, BiConsumer)} does; a value
   * that cannot be decoded, not even after it was loaded again, is its key's error.
   *
   * @param keys any number in any order; duplicates are reported once
   * @param timeout ends the remaining waits with a {@link GetTimeoutException}; null for none
   * @param callback called once for each key, for a hit before this returns; must not block
   */
  public void getAll(
      Collection<? extends K> keys,
      @Nullable Duration timeout,
      BiConsumer<? super K, ? super TypedResult<V>> callback) {
    Objects.requireNonNull(callback, "callback");
    Map<String, K> byText = byText(keys);
    group.getAll(
        byText.keySet(),
        timeout,
        (text, result) ->
            read(
                text,
                result,
                timeout,
                typed -> callback.accept(Objects.requireNonNull(byText.get(text)), typed)));
  }

  /**
   * {@return the entry under {@code key} in this node's memory if it may be answered, or null} It
   * has no effect: it neither loads nor fetches, counts nothing, and is not a use.
   *
   * @param key a key
   * @throws CodecException if it cannot be decoded
   */
  public @Nullable TypedEntry<V> peek(K key) {
    String text = text(key);
    Entry entry = group.peek(text);
    if (entry == null) {
      return null;
    }
    V object = near.get(entry.value());
    return typed(object == null ? decode(text, entry.value()) : object, entry);
  }

  /**
   * Makes every member of the fleet forget {@code key}, and its owner hold {@code value}; see
   * {@link Group#put(String, ByteView)}.
   *
   * @param key a key
   * @param value the new value
   * @return which members were not reached
   */
  public Applied put(K key, V value) {
    String text = text(key);
    return group.put(text, encode(text, value));
  }

  /**
   * As {@link #put(Object, Object)}, with the value's own TTL; see {@link Group#put(String,
   * ByteView, Duration)}.
   *
   * @param key a key
   * @param value the new value
   * @param ttl how long the value holds, more than zero
   * @return as {@link #put(Object, Object)}
   */
  public Applied put(K key, V value, Duration ttl) {
    String text = text(key);
    return group.put(text, encode(text, value), ttl);
  }

  /**
   * Makes every member of the fleet forget {@code key}; see {@link Group#remove}.
   *
   * @param key a key
   * @return which members were not reached
   */
  public Applied remove(K key) {
    return group.remove(text(key));
  }

  /**
   * Makes every member of the fleet forget all keys of the group; see {@link Group#clear}.
   *
   * @return which members were not reached
   */
  public Applied clear() {
    return group.clear();
  }

  /**
   * Gets {@code keys} at a bounded rate, so that memory holds them; see {@link Group#warm}.
   *
   * @param keys the keys
   * @param keysPerSecond more than 0
   * @param listener called with the progress at intervals, and at the end
   * @return a future of the final progress
   */
  public CompletableFuture<WarmProgress> warm(
      Collection<? extends K> keys, double keysPerSecond, Consumer<? super WarmProgress> listener) {
    return group.warm(byText(keys).keySet(), keysPerSecond, listener);
  }

  /** {@return the group's counters and what it holds, see {@link Group#stats}} */
  public GroupStats stats() {
    return group.stats();
  }

  /** {@return what the near cache holds, and what it saved} */
  public NearStats nearStats() {
    return near.stats();
  }

  /**
   * Adds {@code listener}, to be called for every event from now on; see {@link #keyOf}.
   *
   * @param listener called for each event
   */
  public void addListener(GroupListener listener) {
    group.addListener(listener);
  }

  /**
   * Removes a listener, see {@link Group#removeListener}.
   *
   * @param listener one that was added
   * @return whether it was there
   */
  public boolean removeListener(GroupListener listener) {
    return group.removeListener(listener);
  }

  /**
   * {@return the key of an event, or null if it concerns the whole group}
   *
   * @param event an event of this group
   * @throws IllegalArgumentException if its key is the text of no key, which a client over HTTP can
   *     have asked for
   */
  public @Nullable K keyOf(GroupEvent event) {
    String text = event.key();
    return text == null ? null : keys.decode(text);
  }

  /** {@return the name of the group, for logs} */
  @Override
  public String toString() {
    return "TypedGroup[" + name() + "]";
  }

  String text(K key) {
    return keys.encode(Objects.requireNonNull(key, "key"));
  }

  /** Returns the keys by their texts, in their order. */
  Map<String, K> byText(Collection<? extends K> keys) {
    Map<String, K> byText = new LinkedHashMap<>();
    keys.forEach(key -> byText.put(text(key), key));
    return byText;
  }

  ByteView encode(String text, V value) {
    try {
      return values.encode(value);
    } catch (Exception e) {
      throw new CodecException("encode", name(), text, e);
    }
  }

  private V decode(String text, ByteView bytes) {
    try {
      return Objects.requireNonNull(values.decode(bytes), "the codec returned null");
    } catch (Exception e) {
      throw new CodecException("decode", name(), text, e);
    }
  }

  /** Returns the object of an entry, from the near cache if it is there. */
  V read(String text, Entry entry) {
    V object = near.get(entry.value());
    if (object == null) {
      object = decode(text, entry.value());
      near.put(text, entry.value(), object);
    }
    return object;
  }

  /** As {@link #read}, of an entry that was loaded because its predecessor could not be read. */
  V readAnew(String text, Entry loaded) {
    try {
      return read(text, loaded);
    } catch (CodecException e) {
      near.refuse(text, loaded.value());
      throw e;
    }
  }

  /** Throws {@code why} if the bytes have been loaded here, so that another load is of no use. */
  void refuseIfRefused(Entry entry, CodecException why) {
    if (near.isRefused(entry.value())) {
      throw why;
    }
  }

  static <V> TypedEntry<V> typed(V object, Entry entry) {
    return new TypedEntry<>(object, entry.isStale(), entry.metadata());
  }

  /** Returns a future of all results, read; complete on return if all can be read. */
  CompletableFuture<Map<K, TypedResult<V>>> readAll(
      Map<String, K> byText, Map<String, GetResult> results, @Nullable Duration timeout) {
    Map<K, TypedResult<V>> all = new LinkedHashMap<>();
    TypedResult<V> unfinished = new TypedResult<>(null, new GetFailedException("not ended", null));
    byText.values().forEach(key -> all.put(key, unfinished)); // so that they keep their order
    CompletableFuture<Map<K, TypedResult<V>>> future = new CompletableFuture<>();
    Countdown left = new Countdown(results.size(), () -> future.complete(all));
    results.forEach(
        (text, result) ->
            read(
                text,
                result,
                timeout,
                typed -> {
                  synchronized (all) {
                    all.put(Objects.requireNonNull(byText.get(text)), typed);
                  }
                  left.countDown();
                }));
    return future;
  }

  /** Passes the result of one key of many, read; an exception of the codec ends only that key. */
  private void read(
      String text,
      GetResult result,
      @Nullable Duration timeout,
      Consumer<TypedResult<V>> callback) {
    Entry entry = result.entry();
    TypedResult<V> typed;
    if (entry == null) {
      typed = new TypedResult<>(null, result.error());
    } else {
      try {
        typed = new TypedResult<>(typed(read(text, entry), entry), null);
      } catch (CodecException e) {
        if (!near.isRefused(entry.value())) {
          readAnew(text, entry, timeout, callback);
          return;
        }
        typed = new TypedResult<>(null, e);
      } catch (Throwable t) {
        typed = failed(text, t);
      }
    }
    callback.accept(typed);
  }

  private void readAnew(
      String text,
      Entry unreadable,
      @Nullable Duration timeout,
      Consumer<TypedResult<V>> callback) {
    var unused =
        group
            .getAnewAsync(text, unreadable.value(), timeout)
            .whenComplete((loaded, error) -> callback.accept(resultOf(text, loaded, error)));
  }

  private TypedResult<V> resultOf(String text, @Nullable Entry loaded, @Nullable Throwable error) {
    if (loaded == null) {
      return new TypedResult<>(null, GetException.of(name(), text, error));
    }
    try {
      return new TypedResult<>(typed(readAnew(text, loaded), loaded), null);
    } catch (CodecException e) {
      return new TypedResult<>(null, e);
    } catch (Throwable t) {
      return failed(text, t);
    }
  }

  /** Returns the result of a key whose codec has thrown, maybe an error. */
  private TypedResult<V> failed(String text, Throwable thrown) {
    return new TypedResult<>(null, new CodecException("decode", name(), text, thrown));
  }
}
