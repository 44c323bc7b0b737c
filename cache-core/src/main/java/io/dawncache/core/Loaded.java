package io.dawncache.core;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a getter found at the origin: a value, or that there is none under this key.
 *
 * <p><em>Not there</em> is an answer of a healthy origin; an origin that cannot answer makes the
 * getter throw instead. Immutable.
 */
public final class Loaded {
  private static final Loaded NOT_THERE = new Loaded(null);

  private final @Nullable ByteView value;

  private Loaded(@Nullable ByteView value) {
    this.value = value;
  }

  /** Returns the answer that the origin holds {@code value}. */
  public static Loaded of(ByteView value) {
    return new Loaded(Objects.requireNonNull(value, "value"));
  }

  /** Returns the answer that the origin holds the UTF-8 bytes of {@code text}. */
  public static Loaded ofUtf8(String text) {
    return of(ByteView.ofUtf8(text));
  }

  /** Returns the answer that the origin holds nothing under the key. */
  public static Loaded notThere() {
    return NOT_THERE;
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
