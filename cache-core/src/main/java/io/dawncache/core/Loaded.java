package io.dawncache.core;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the origin answered a getter: a value, that there is none under this key, or that it rejects
 * the request.
 *
 * <p><em>Not found</em> and <em>rejected</em> are answers of a healthy origin, and final; if the
 * origin cannot answer, the getter throws instead. Immutable.
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

  /** Returns the answer that the origin holds {@code value}. */
  public static Loaded of(ByteView value) {
    return new Loaded(Objects.requireNonNull(value, "value"), null, null);
  }

  /** Returns the answer that the origin holds the UTF-8 bytes of {@code text}. */
  public static Loaded ofUtf8(String text) {
    return of(ByteView.ofUtf8(text));
  }

  /** Returns the answer that the origin holds nothing under the key. */
  public static Loaded notFound() {
    return NOT_FOUND;
  }

  /**
   * Returns the answer that the origin rejects the request for this key, for example because it may
   * not be read, or is no key that the origin takes. Those who wait get a {@link
   * RejectedException}, and an older value of the key ends: it is not answered as stale.
   *
   * @param reason for the operator's log and for callers in Java; clients over HTTP do not see it
   */
  public static Loaded rejected(String reason) {
    return new Loaded(null, null, Objects.requireNonNull(reason, "reason"));
  }

  /**
   * Returns this answer with a TTL of its own, which counts from when the getter answered and
   * overrides the group's. For <em>not found</em>, how long that is remembered; a rejection is not.
   *
   * @param ttl zero serves those who wait and is not kept
   * @throws IllegalArgumentException if it is negative
   */
  public Loaded withTtl(Duration ttl) {
    if (ttl.isNegative()) {
      throw new IllegalArgumentException("ttl: " + ttl + " (expected: >= 0)");
    }
    return new Loaded(value, ttl, rejection);
  }

  /** Returns how long the answer holds, or null for as long as the group's configuration says. */
  public @Nullable Duration ttl() {
    return ttl;
  }

  /** Returns the value, or null if the key is not found or the origin rejects it. */
  public @Nullable ByteView value() {
    return value;
  }

  /** Returns why the origin rejects the request, or null if it does not. */
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
