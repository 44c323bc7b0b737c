package io.dawncache.core;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The operations of a {@link TypedGroup} that may wait, as futures. A future of a hit is complete
 * on return; the others complete on the callback executor, in case of failure with what the
 * operation of the same name throws. Each call returns its own future. A bad key throws at once.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 * @since 0.1.0
 */
public final class AsyncTypedGroup<K, V> {
  private final TypedGroup<K, V> typed;
  private final Group group;

  AsyncTypedGroup(TypedGroup<K, V> typed) {
    this.typed = typed;
    this.group = typed.group();
  }

  /** {@return the same operations, which wait} */
  public TypedGroup<K, V> synchronous() {
    return typed;
  }

  /**
   * {@return a future of the value, see {@link TypedGroup#get(Object)}}
   *
   * @param key a key
   */
  public CompletableFuture<V> get(K key) {
    return get(key, null, (object, entry) -> object);
  }

  /**
   * {@return a future of the value, see {@link TypedGroup#get(Object, Duration)}}
   *
   * @param key a key
   * @param timeout how long the future waits at most; a hit needs no time
   */
  public CompletableFuture<V> get(K key, Duration timeout) {
    return get(key, Objects.requireNonNull(timeout, "timeout"), (object, entry) -> object);
  }

  /**
   * {@return a future of the value or of nothing, see {@link TypedGroup#getOptional}}
   *
   * @param key a key
   */
  public CompletableFuture<Optional<V>> getOptional(K key) {
    CompletableFuture<Optional<V>> future = new CompletableFuture<>();
    var unused =
        get(key)
            .whenComplete(
                (object, error) -> {
                  if (error == null) {
                    future.complete(Optional.of(object));
                  } else if (error instanceof NotFoundException) {
                    future.complete(Optional.empty());
                  } else {
                    future.completeExceptionally(error);
                  }
                });
    return future;
  }

  /**
   * {@return a future of the whole entry, see {@link TypedGroup#getEntry}}
   *
   * @param key a key
   * @param timeout how long the future waits at most; a hit needs no time
   */
  public CompletableFuture<TypedEntry<V>> getEntry(K key, Duration timeout) {
    return get(key, Objects.requireNonNull(timeout, "timeout"), TypedGroup::typed);
  }

  /**
   * {@return a future of the result for each key, in the order of {@code keys}; it never completes
   * exceptionally} See {@link TypedGroup#getAll(Collection)}.
   *
   * @param keys any number in any order; duplicates are reported once
   * @param timeout ends the remaining waits with a {@link GetTimeoutException}; null for none
   */
  public CompletableFuture<Map<K, TypedResult<V>>> getAll(
      Collection<? extends K> keys, @Nullable Duration timeout) {
    Map<String, K> byText = typed.byText(keys);
    return group
        .getAllAsync(byText.keySet(), timeout)
        .thenCompose(results -> typed.readAll(byText, results, timeout));
  }

  /**
   * {@return a future of which members were not reached, see {@link TypedGroup#put(Object,
   * Object)}}
   *
   * @param key a key
   * @param value the new value
   */
  public CompletableFuture<Applied> put(K key, V value) {
    String text = typed.text(key);
    return group.putAsync(text, typed.encode(text, value));
  }

  /**
   * {@return a future of which members were not reached, see {@link TypedGroup#put(Object, Object,
   * Duration)}}
   *
   * @param key a key
   * @param value the new value
   * @param ttl how long the value holds, more than zero
   */
  public CompletableFuture<Applied> put(K key, V value, Duration ttl) {
    String text = typed.text(key);
    return group.putAsync(text, typed.encode(text, value), ttl);
  }

  /**
   * {@return a future of which members were not reached, see {@link TypedGroup#remove}}
   *
   * @param key a key
   */
  public CompletableFuture<Applied> remove(K key) {
    return group.removeAsync(typed.text(key));
  }

  /** {@return a future of which members were not reached, see {@link TypedGroup#clear}} */
  public CompletableFuture<Applied> clear() {
    return group.clearAsync();
  }

  /**
   * Loads {@code key} at this node although its value may still be valid; see {@link
   * Group#refreshAsync}.
   *
   * @param key a key
   * @return a future of the new value
   */
  public CompletableFuture<V> refresh(K key) {
    String text = typed.text(key);
    CompletableFuture<V> future = new CompletableFuture<>();
    read(text, group.refreshEntryAsync(text), null, (object, entry) -> object, future);
    return future;
  }

  /** {@return the name of the group, for logs} */
  @Override
  public String toString() {
    return "AsyncTypedGroup[" + group.name() + "]";
  }

  private <T> CompletableFuture<T> get(
      K key, @Nullable Duration timeout, BiFunction<? super V, Entry, ? extends T> form) {
    String text = typed.text(key);
    CompletableFuture<T> future = new CompletableFuture<>();
    read(text, group.getEntryOrWait(text, timeout), timeout, form, future);
    return future;
  }

  /** Completes {@code future} with what is read, or with what is loaded if it cannot be read. */
  private <T> void read(
      String text,
      CompletableFuture<Entry> got,
      @Nullable Duration timeout,
      BiFunction<? super V, Entry, ? extends T> form,
      CompletableFuture<T> future) {
    var unused =
        got.whenComplete(
            (entry, error) -> {
              try {
                if (error != null) {
                  future.completeExceptionally(causeOf(error));
                } else {
                  future.complete(form.apply(typed.read(text, entry), entry));
                }
              } catch (CodecException e) {
                readAnew(text, entry, e, timeout, form, future);
              } catch (Throwable t) { // thrown by the codec, maybe an Error
                future.completeExceptionally(t);
              }
            });
  }

  private <T> void readAnew(
      String text,
      Entry unreadable,
      CodecException why,
      @Nullable Duration timeout,
      BiFunction<? super V, Entry, ? extends T> form,
      CompletableFuture<T> future) {
    try {
      typed.refuseIfRefused(unreadable, why);
      var unused =
          group
              .getAnewAsync(text, unreadable.value(), timeout)
              .whenComplete(
                  (loaded, error) -> {
                    try {
                      if (error != null) {
                        future.completeExceptionally(causeOf(error));
                      } else {
                        future.complete(form.apply(typed.readAnew(text, loaded), loaded));
                      }
                    } catch (Throwable t) {
                      future.completeExceptionally(t);
                    }
                  });
    } catch (Throwable t) {
      future.completeExceptionally(t);
    }
  }

  private static Throwable causeOf(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }
}
