package io.dawncache.core;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The origin's answer to a getter: a value, that the key is not found, that the origin rejects the
 * request, or, to {@link Getter#reload}, that the held value has not changed.
 *
 * <p><em>Not found</em> and <em>rejected</em> are final answers of a healthy origin. If the origin
 * cannot answer, the getter throws instead. Immutable.
 *
 * @since 0.1.0
 */
public final class Loaded {
  private static final Loaded NOT_FOUND = new Loaded(null, Times.OF_GROUP, null, false);
  private static final Loaded UNCHANGED = new Loaded(null, Times.OF_GROUP, null, true);

  /** What the answer itself says of its times; null is the group's. */
  private record Times(
      @Nullable Duration ttl, @Nullable Duration refreshAfter, @Nullable Duration staleIfError) {
    static final Times OF_GROUP = new Times(null, null, null);
  }

  private final @Nullable ByteView value;
  private final Times times;
  private final @Nullable String rejection;
  private final boolean unchanged;

  private Loaded(
      @Nullable ByteView value, Times times, @Nullable String rejection, boolean unchanged) {
    this.value = value;
    this.times = times;
    this.rejection = rejection;
    this.unchanged = unchanged;
  }

  /**
   * {@return the answer that the origin's value is {@code value}}
   *
   * @param value what the origin holds under the key, with its metadata if it has some
   */
  public static Loaded of(ByteView value) {
    return new Loaded(Objects.requireNonNull(value, "value"), Times.OF_GROUP, null, false);
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
    return new Loaded(null, Times.OF_GROUP, Objects.requireNonNull(reason, "reason"), false);
  }

  /**
   * {@return the answer that the value which {@link Getter#reload} was called with is still right}
   * It is kept anew, with its metadata and a new TTL, as if it had been loaded. Only {@code reload}
   * may answer so; from any other call it counts as a failure.
   */
  public static Loaded unchanged() {
    return UNCHANGED;
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
    return new Loaded(value.withMetadata(metadata), times, null, false);
  }

  /**
   * {@return this answer with its own TTL, which counts from the getter's answer and overrides the
   * group's} For <em>not found</em> it is the negative TTL, for <em>unchanged</em> the new TTL of
   * the held value; a rejection is never remembered.
   *
   * @param ttl zero answers the waiting callers but is not kept
   * @throws IllegalArgumentException if it is negative
   */
  public Loaded withTtl(Duration ttl) {
    return with(new Times(notNegative("ttl", ttl), times.refreshAfter(), times.staleIfError()));
  }

  /**
   * {@return this answer with its own soft TTL, which overrides {@link
   * GroupConfig#refreshAfterWrite}} From this age on gets refresh the value behind their answers.
   * It is of no use for an answer without a value. A value that has moved to another owner has the
   * group's.
   *
   * @param age counts from the getter's answer, as the TTL does
   * @throws IllegalArgumentException if it is negative
   */
  public Loaded withRefreshAfter(Duration age) {
    return with(new Times(times.ttl(), notNegative("age", age), times.staleIfError()));
  }

  /**
   * {@return this answer with its own time in which the value may be answered as stale, which
   * overrides {@link GroupConfig#staleIfError}} It is of no use for an answer without a value. A
   * value that has moved to another owner has the group's.
   *
   * @param time counts from the end of the TTL; zero for never
   * @throws IllegalArgumentException if it is negative
   */
  public Loaded withStaleIfError(Duration time) {
    return with(new Times(times.ttl(), times.refreshAfter(), notNegative("time", time)));
  }

  private Loaded with(Times others) {
    return new Loaded(value, others, rejection, unchanged);
  }

  private static Duration notNegative(String name, Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException(name + ": " + time + " (expected: >= 0)");
    }
    return time;
  }

  /** {@return the answer's TTL, or null if the group's configuration decides} */
  public @Nullable Duration ttl() {
    return times.ttl();
  }

  /** {@return the answer's soft TTL, or null if the group's configuration decides} */
  public @Nullable Duration refreshAfter() {
    return times.refreshAfter();
  }

  /**
   * {@return how long the value may be answered as stale, or null if the group's configuration
   * decides}
   */
  public @Nullable Duration staleIfError() {
    return times.staleIfError();
  }

  /**
   * {@return the value, or null if the key is not found, the origin rejects it, or the held value
   * is unchanged}
   */
  public @Nullable ByteView value() {
    return value;
  }

  /** {@return why the origin rejects the request, or null if it does not} */
  public @Nullable String rejection() {
    return rejection;
  }

  /** {@return whether the held value is still right} */
  public boolean isUnchanged() {
    return unchanged;
  }

  /** Returns this answer, with the value of {@code held} if it is that this is still right. */
  Loaded resolved(Entry held) {
    return unchanged ? new Loaded(held.value(), times, null, false) : this;
  }

  @Override
  public String toString() {
    if (rejection != null) {
      return "Loaded[rejected: " + rejection + "]";
    }
    if (unchanged) {
      return "Loaded[unchanged]";
    }
    return value == null ? "Loaded[not found]" : "Loaded[" + value + "]";
  }
}
