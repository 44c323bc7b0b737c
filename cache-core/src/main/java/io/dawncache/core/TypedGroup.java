package io.dawncache.core;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Group} whose values are a user's own: a view, made by {@link Group#as}, that holds
 * nothing itself. A value is decoded each time it is asked for, on the thread that asks or
 * completes; what is kept and sent are its bytes.
 *
 * <p>Gets, puts and removals are those of the group and fail as they do; besides, a codec that
 * fails comes as a {@link CodecException}, which names group and key.
 *
 * @param <T> the type of the values
 */
public final class TypedGroup<T> {
  private final Group group;
  private final Codec<T> codec;

  TypedGroup(Group group, Codec<T> codec) {
    this.group = group;
    this.codec = Objects.requireNonNull(codec, "codec");
  }

  /** As {@link Group#get(String)}. */
  public T get(String key) {
    return decode(key, group.get(key));
  }

  /** As {@link Group#get(String, Duration)}. */
  public T get(String key, Duration timeout) {
    return decode(key, group.get(key, timeout));
  }

  /** As {@link Group#getAsync(String)}. */
  public CompletableFuture<T> getAsync(String key) {
    return decoded(key, group.getAsync(key));
  }

  /** As {@link Group#getAsync(String, Duration)}. */
  public CompletableFuture<T> getAsync(String key, Duration timeout) {
    return decoded(key, group.getAsync(key, timeout));
  }

  /**
   * Returns the values of those {@code keys} that are there.
   *
   * @throws GetException as the first of the keys that failed or was refused
   */
  public Map<String, T> getAll(Collection<String> keys) {
    Map<String, T> values = new LinkedHashMap<>();
    group
        .getAll(keys)
        .forEach(
            (key, result) -> {
              if (!(result.error() instanceof NotFoundException)) {
                values.put(key, decode(key, result.value()));
              }
            });
    return values;
  }

  /** As {@link Group#peek}; null if there is nothing in memory. */
  public @Nullable T peek(String key) {
    Entry entry = group.peek(key);
    return entry == null ? null : decode(key, entry.value());
  }

  /** As {@link Group#putAsync(String, ByteView)}. */
  public CompletableFuture<Applied> putAsync(String key, T value) {
    return group.putAsync(key, encode(key, value));
  }

  /** As {@link Group#removeAsync}. */
  public CompletableFuture<Applied> removeAsync(String key) {
    return group.removeAsync(key);
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

  /** A future of its own, so that its failures come as they are and not as another stage's. */
  private CompletableFuture<T> decoded(String key, CompletableFuture<ByteView> bytes) {
    CompletableFuture<T> future = new CompletableFuture<>();
    var unused =
        bytes.whenComplete(
            (value, error) -> {
              try {
                if (error != null) {
                  future.completeExceptionally(causeOf(error));
                } else {
                  future.complete(decode(key, value));
                }
              } catch (Throwable t) { // a codec's, which may be an error
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
