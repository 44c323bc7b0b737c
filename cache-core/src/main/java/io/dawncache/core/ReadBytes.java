package io.dawncache.core;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that a {@link TypedGroup} has read, with what it read. It is a class of its own so that
 * values which nobody decodes here, which are most, pay nothing for it.
 */
final class ReadBytes extends ByteView {
  /**
   * What was read. Weakly refers to the entry whose bytes these are, so that no object keeps bytes
   * in memory that the budget no longer counts.
   */
  static final class Reading extends WeakReference<Entry> {
    private final Object reader;

    /** The object; null once it has been evicted, or if the bytes could not be read. */
    private @Nullable Object object;

    /** Whether the bytes could not be read. */
    private final boolean failed;

    /** Whether it has been asked for lately; a race may lose a use, which does no harm. */
    private boolean used;

    Reading(Object reader, @Nullable Object object, Entry entry) {
      super(entry);
      this.reader = reader;
      this.object = object;
      this.failed = object == null;
    }

    boolean hasFailed() {
      return failed;
    }

    void evict() {
      object = null;
    }

    /** Returns whether it was asked for since the last call. */
    boolean takeUsed() {
      boolean taken = used;
      used = false;
      return taken;
    }
  }

  private final ByteView plain;
  private final Reading reading;

  ReadBytes(ByteView plain, Reading reading) {
    super(plain);
    this.plain = plain;
    this.reading = reading;
  }

  /** Returns the object that {@code reader} has read, and notes the use, or null. */
  @Nullable Object readBy(Object reader) {
    Reading present = reading;
    if (present.reader != reader) {
      return null;
    }
    if (!present.used) {
      present.used = true;
    }
    return present.object;
  }

  boolean isOf(Object reader) {
    return reading.reader == reader;
  }

  Reading reading() {
    return reading;
  }

  @Override
  ByteView plain() {
    return plain;
  }

  @Override
  ByteView compact() {
    return plain.compact();
  }

  @Override
  public @Nullable Metadata metadata() {
    return plain.metadata();
  }
}
