package io.dawncache.core.outage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes about one kind of fault to the operator's log: a warning when it begins, at most one a
 * minute while it lasts, which counts the occurrences that were not written, and one line when it
 * is over.
 *
 * <p>No method throws, whatever the logger or a text does. Safe for use by any thread.
 */
public final class OutageLog {
  /*
   * An occurrence within a minute of the last warning is counted and not written. If the fault is
   * over meanwhile, there is nothing to take back: the line that says so only follows a warning. So
   * a fault that comes and goes writes two lines a minute.
   *
   * Callers are on their way to somebody who waits, so nothing may leave by an exception: one that
   * is logged may throw out of its own toString, and so may a logger. Where there is no fault,
   * over() costs one volatile read.
   */
  private static final long PACE_NANOS = 60_000_000_000L;

  private static final int MOST_CHARS = 2_000;

  private final System.Logger log;
  private final LongSupplier nanoTime;
  private final String occurrences;
  private final String over;

  /** Whether the last line is a warning. */
  private volatile boolean warned;

  @GuardedBy("this")
  private boolean paced;

  @GuardedBy("this")
  private long warnedNanos;

  @GuardedBy("this")
  private long unwritten; // occurrences since the last warning

  @GuardedBy("this")
  private long beganNanos;

  /**
   * Writes about one kind of fault.
   *
   * @param nanoTime tells the time in nanoseconds, such as {@link System#nanoTime}
   * @param occurrences what its occurrences are called, such as {@code loads}
   * @param over the line that says that it is over, without its end, which tells how long it lasted
   */
  public OutageLog(System.Logger log, LongSupplier nanoTime, String occurrences, String over) {
    this.log = Objects.requireNonNull(log, "log");
    this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
    this.occurrences = Objects.requireNonNull(occurrences, "occurrences");
    this.over = Objects.requireNonNull(over, "over");
  }

  /** Returns whether the last line is a warning. */
  public boolean isWarned() {
    return warned;
  }

  /**
   * The fault has occurred.
   *
   * @param text makes the line, if it is to be written; control characters in it are written as
   *     {@code ?}, and no more than its first 2,000 characters
   * @param cause whose stack goes to the log at the level DEBUG, or null
   */
  public void occurred(Supplier<String> text, @Nullable Throwable cause) {
    try {
      long before = warnNow();
      if (before >= 0) {
        String more =
            before == 0 ? "" : ", and " + before + " " + occurrences + " more since the last line";
        String line = oneLine(text.get()) + more;
        log.log(Level.WARNING, line);
        if (cause != null) {
          log.log(Level.DEBUG, line, cause);
        }
      }
    } catch (Throwable t) {
      // Those who wait come before a line in the log.
    }
  }

  /** The fault is over, if there was one. Returns whether that has been written. */
  public boolean over() {
    if (!warned) {
      return false;
    }
    try {
      long lastedNanos = end();
      if (lastedNanos >= 0) {
        log.log(Level.INFO, over + ", after " + TimeUnit.NANOSECONDS.toSeconds(lastedNanos) + " s");
        return true;
      }
    } catch (Throwable t) {
      // As above.
    }
    return false;
  }

  /** Returns how many occurrences have not been written, or -1 if this one is not to be, either. */
  private synchronized long warnNow() {
    long now = nanoTime.getAsLong();
    if (paced && now - warnedNanos < PACE_NANOS) {
      unwritten++;
      return -1;
    }
    paced = true;
    warnedNanos = now;
    if (!warned) {
      warned = true;
      beganNanos = now;
    }
    long before = unwritten;
    unwritten = 0;
    return before;
  }

  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(MOST_CHARS)
        .forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return line.toString();
  }

  /** Returns how long it lasted, or -1 if another thread has seen its end. */
  private synchronized long end() {
    if (!warned) {
      return -1;
    }
    warned = false;
    return Math.max(0, nanoTime.getAsLong() - beganNanos);
  }
}
