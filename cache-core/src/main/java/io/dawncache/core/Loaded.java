package io.dawncache.core;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The origin's answer to a getter: a value, that the key is not found, or that the origin rejects
 * the request.
 *
 * <p><em>Not found</em> and <em>rejected</em> are final answers of a healthy origin. If the origin
 * cannot answer, the getter throws instead. Immutable.
 *
 * @since 0.1.0
 */
public final class Loaded {
  private static final Loaded NOT_FOUND = new Loaded(null, null, null);

  private final @Nullable ByteView value;
  private final @Nullable Duration ttl;
  private final @Nullable String rejection;

  private Loaded(@Nullable ByteView value, @Nullable Duration ttl, @Nullable String rejection) {
    this.value = value;
    this.ttl = ttl;
    this.rejection = rejection;
  }

  /**
   * {@return the answer that the origin's value is {@code value}}
   *
   * @param value what the origin holds under the key, with its metadata if it has some
   */
  public static Loaded of(ByteView value) {
    return new Loaded(Objects.requireNonNull(value, "value"), null, null);
  }

  /**
   * {@return the answer that the origin's value is {@code text} in UTF-8}
   *
   * @param text any text
   */
  public static Loaded ofUtf8(String text) {
    return of(ByteView.ofUtf8(text));
  }

  /** {@return the answer that the origin has no value for the key} */
  public static Loaded notFound() {
    return NOT_FOUND;
  }

  /**
   * {@return the answer that the origin rejects the request for this key, for example because
   * access is denied or the key is invalid} Waiting callers get a {@link RejectedException}, and an
   * older value of the key ends: it is not answered as stale.
   *
   * @param reason for the operator's log and for callers in Java; clients over HTTP do not see it
   */
  public static Loaded rejected(String reason) {
    return new Loaded(null, null, Objects.requireNonNull(reason, "reason"));
  }

  /**
   * {@return this answer with the value's content type and ETag}
   *
   * @param metadata as for {@link ByteView#withMetadata}
   * @throws IllegalStateException if this answer has no value
   */
  public Loaded withMetadata(@Nullable Metadata metadata) {
    if (value == null) {
      throw new IllegalStateException(
          "metadata: " + metadata + " (expected: an answer with a value)");
    }
    return new Loaded(value.withMetadata(metadata), ttl, null);
  }

  /**
   * {@return this answer with its own TTL, which counts from the getter's answer and overrides the
   * group's} For <em>not found</em> it is the negative TTL; a rejection is never remembered.
   *
   * @param ttl zero answers the waiting callers but is not kept
   * @throws IllegalArgumentException if it is negative
   */
  public Loaded withTtl(Duration ttl) {
    if (ttl.isNegative()) {
      throw new IllegalArgumentException("ttl: " + ttl + " (expected: >= 0)");
    }
    return new Loaded(value, ttl, rejection);
  }

  /** {@return the answer's TTL, or null if the group's configuration decides} */
  public @Nullable Duration ttl() {
    return ttl;
  }

  /** {@return the value, or null if the key is not found or the origin rejects it} */
  public @Nullable ByteView value() {
    return value;
  }

  /** {@return why the origin rejects the request, or null if it does not} */
  public @Nullable String rejection() {
    return rejection;
  }

  @Override
  public String toString() {
    if (rejection != null) {
      return "Loaded[rejected: " + rejection + "]";
    }
    return value == null ? "Loaded[not found]" : "Loaded[" + value + "]";
  }
}
