package io.dawncache.core.outage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes about one kind of fault to the operator's log. It writes a warning when the fault begins,
 * and at most one a minute while it lasts, with the number of occurrences that were not written. It
 * writes one line when the fault is over: at the first success a minute or more after its last
 * occurrence.
 *
 * <p>No method throws, whatever the logger or a text does. Safe for use by any thread.
 */
public final class OutageLog {
  /*
   * A success proves nothing for the other keys, owners or files that still fail: where one load in
   * three fails, a success soon follows each failure. So a fault lasts until nothing has failed for
   * a minute.
   *
   * One thread writes at a time: it has set `writing`. Other threads do not wait for it: they count
   * their occurrence, or leave the end to a later success. So the lines are in the order in which
   * the state changed. Neither the logger nor a text, which may be user code, runs under the lock.
   * A warning counts as written once the logger has returned, so an end is never written without
   * its beginning.
   *
   * Other code waits for the callers, so no exception may leave this class: the toString of a
   * logged exception may throw, and so may a logger. Without a fault, over() costs one volatile
   * read.
   */
  private static final long PACE_NANOS = 60_000_000_000L;

  private static final int MOST_CHARS = 2_000;

  private final System.Logger log;
  private final LongSupplier nanoTime;
  private final String occurrences;
  private final String over;

  /** Whether the fault has begun and is not over. */
  private volatile boolean failing;

  /** Whether the last line is a warning. */
  private volatile boolean warned;

  @GuardedBy("this")
  private boolean writing;

  @GuardedBy("this")
  private long beganNanos;

  @GuardedBy("this")
  private long latestNanos; // of the last occurrence

  @GuardedBy("this")
  private long warnedNanos; // while `warned`

  @GuardedBy("this")
  private long unwritten; // occurrences since the last warning

  /**
   * Makes a log for one kind of fault.
   *
   * @param log where the lines go
   * @param nanoTime returns the time in nanoseconds, such as {@link System#nanoTime}
   * @param occurrences the plural name of its occurrences, such as {@code loads}
   * @param over the line for the fault's end, without control characters; the class appends how
   *     long the fault lasted and when it last occurred
   */
  public OutageLog(System.Logger log, LongSupplier nanoTime, String occurrences, String over) {
    this.log = Objects.requireNonNull(log, "log");
    this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
    this.occurrences = Objects.requireNonNull(occurrences, "occurrences");
    this.over = Objects.requireNonNull(over, "over");
  }

  /** {@return whether the last line is a warning} */
  public boolean isWarned() {
    return warned;
  }

  /**
   * Reports an occurrence of the fault.
   *
   * @param text makes the line, if one is to be written; control characters in it become {@code ?},
   *     and only its first 2,000 characters are written
   * @param cause its stack goes to the log at the level DEBUG; or null
   */
  public void occurred(Supplier<String> text, @Nullable Throwable cause) {
    try {
      long before = beginWarning();
      if (before < 0) {
        return;
      }
      boolean written = false;
      try {
        String more =
            before == 0 ? "" : ", and " + before + " " + occurrences + " more since the last line";
        String line = oneLine(text.get()) + more;
        log.log(Level.WARNING, line);
        written = true;
        if (cause != null) {
          log.log(Level.DEBUG, line, cause);
        }
      } finally {
        endWarning(before, written);
      }
    } catch (Throwable t) {
      // Callers are more important than a line in the log.
    }
  }

  /**
   * Reports a success. The fault is over if its last occurrence is at least a minute old. Returns
   * whether this ends a fault that has been written.
   *
   * @return whether this ends a fault that has been written
   */
  public boolean over() {
    if (!failing) {
      return false;
    }
    boolean ended = false;
    try {
      String end = beginEnd();
      if (end != null) {
        ended = true;
        try {
          log.log(Level.INFO, oneLine(over) + end);
        } finally {
          endWriting();
        }
      }
    } catch (Throwable t) {
      // As above.
    }
    return ended;
  }

  /**
   * Returns how many occurrences have not been written, or -1 if this one must not be written
   * either.
   */
  private synchronized long beginWarning() {
    long now = nanoTime.getAsLong();
    latestNanos = now;
    if (!failing) {
      failing = true;
      beganNanos = now;
    }
    if (writing || (warned && now - warnedNanos < PACE_NANOS)) {
      unwritten++;
      return -1;
    }
    writing = true;
    return unwritten;
  }

  private synchronized void endWarning(long before, boolean written) {
    writing = false;
    if (written) {
      unwritten -= before; // occurrences that arrived meanwhile stay
      warned = true;
      warnedNanos = nanoTime.getAsLong();
    } else {
      unwritten++;
    }
  }

  /** Returns the rest of the line for the fault's end, or null if it must not be written. */
  private synchronized @Nullable String beginEnd() {
    long quietNanos = nanoTime.getAsLong() - latestNanos;
    if (!failing || writing || quietNanos < PACE_NANOS) {
      return null;
    }
    if (!warned) {
      failing = false;
      return null;
    }
    String end =
        ", after "
            + TimeUnit.NANOSECONDS.toSeconds(latestNanos - beganNanos)
            + " s; the last failure was "
            + TimeUnit.NANOSECONDS.toSeconds(quietNanos)
            + " s ago";
    failing = false;
    warned = false;
    writing = true; // last: if something above fails, a later success writes the end
    return end;
  }

  private synchronized void endWriting() {
    writing = false;
  }

  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(MOST_CHARS)
        .forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return line.toString();
  }
}
