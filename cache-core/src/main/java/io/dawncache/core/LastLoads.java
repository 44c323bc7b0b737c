package io.dawncache.core;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * How the last loads of one group's keys ended, for operators: of a fixed number of keys, without
 * the keys. Safe for use by any thread; noting takes no lock.
 */
final class LastLoads {
  /*
   * A key has one place, by its hash, which the next load of any key of that place takes over. So
   * what is remembered is bounded, and usually is the last load of a key that was loaded a moment
   * ago. A note has 64 bits of its key's hash in place of the key.
   */
  private static final int PLACES = 256; // a power of two
  private static final int MOST_ERROR_CHARS = 200;

  private record Note(long hash, LoadOutcome outcome, long endNanos, long nanos, String error) {}

  private final AtomicReferenceArray<@Nullable Note> notes = new AtomicReferenceArray<>(PLACES);

  /** Notes a load that ended at {@code endNanos} after {@code nanos}. */
  void note(
      String key, LoadOutcome outcome, @Nullable GetException error, long endNanos, long nanos) {
    long hash = RateSketch.hash(key);
    notes.set(place(hash), new Note(hash, outcome, endNanos, nanos, textOf(error)));
  }

  /** Returns the last load of the key as seen at {@code nowNanos}, or null if it is not known. */
  @Nullable LastLoad of(String key, long nowNanos) {
    long hash = RateSketch.hash(key);
    Note note = notes.get(place(hash));
    return note == null || note.hash != hash
        ? null
        : new LastLoad(
            note.outcome,
            Duration.ofNanos(Math.max(0, nowNanos - note.endNanos)),
            Duration.ofNanos(note.nanos),
            note.error);
  }

  private static int place(long hash) {
    return (int) hash & (PLACES - 1);
  }

  private static String textOf(@Nullable GetException error) {
    String message = error == null ? null : error.getMessage();
    return message == null
        ? ""
        : message.substring(0, Math.min(message.length(), MOST_ERROR_CHARS));
  }
}
