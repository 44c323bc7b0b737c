package io.dawncache.core;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a getter found at the origin: a value, or that there is none under this key.
 *
 * <p><em>Not there</em> is an answer of a healthy origin; an origin that cannot answer makes the
 * getter throw instead. Immutable.
 */
public final class Loaded {
  private static final Loaded NOT_THERE = new Loaded(null, null);

  private final @Nullable ByteView value;
  private final @Nullable Duration life;

  private Loaded(@Nullable ByteView value, @Nullable Duration life) {
    this.value = value;
    this.life = life;
  }

  /** Returns the answer that the origin holds {@code value}. */
  public static Loaded of(ByteView value) {
    return new Loaded(Objects.requireNonNull(value, "value"), null);
  }

  /** Returns the answer that the origin holds the UTF-8 bytes of {@code text}. */
  public static Loaded ofUtf8(String text) {
    return of(ByteView.ofUtf8(text));
  }

  /** Returns the answer that the origin holds nothing under the key. */
  public static Loaded notThere() {
    return NOT_THERE;
  }

  /**
   * Returns this answer with a life of its own, which counts from when the getter answered and
   * outweighs the group's. For <em>not there</em>, how long that is remembered.
   *
   * @param life zero serves those who wait and is not kept
   * @throws IllegalArgumentException if it is negative
   */
  public Loaded withLife(Duration life) {
    if (life.isNegative()) {
      throw new IllegalArgumentException("life: " + life + " (expected: >= 0)");
    }
    return new Loaded(value, life);
  }

  /** Returns how long the answer holds, or null for as long as the group's configuration says. */
  public @Nullable Duration life() {
    return life;
  }

  /** Returns the value, or null if the key is not there. */
  public @Nullable ByteView value() {
    return value;
  }

  @Override
  public String toString() {
    return value == null ? "Loaded[not there]" : "Loaded[" + value + "]";
  }
}
