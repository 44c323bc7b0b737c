package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Writes to the operator's log when the origin of one group begins to fail or to reject, and when
 * it answers again: one warning a minute at most, however many loads fail.
 */
final class OriginLog {
  /*
   * The end of every load passes here on its way to those who wait, so nothing may leave by an
   * exception: a getter's exception may throw out of its own toString, and so may a logger. An
   * origin that answers costs one volatile read.
   *
   * A failure within a minute of the last warning is counted and not written. If the origin answers
   * meanwhile, there is nothing to take back: "answers again" is only written after a warning. So a
   * group whose origin fails for one key in a hundred writes two lines a minute.
   */
  private static final long PACE_NANOS = 60_000_000_000L;
  private static final int MOST_CAUSES = 5;
  private static final int MOST_CHARS = 2_000;

  private final String group;
  private final System.Logger log;
  private final LongSupplier nanoTime;

  /** Whether the last line says that the origin does not answer. */
  private volatile boolean warned;

  @GuardedBy("this")
  private boolean paced;

  @GuardedBy("this")
  private long warnedNanos;

  @GuardedBy("this")
  private long unwritten; // failures since the last warning

  @GuardedBy("this")
  private long beganNanos;

  @GuardedBy("this")
  private boolean servesStale;

  /** Writes about the origin of {@code group}, at the times that {@code nanoTime} tells. */
  OriginLog(String group, System.Logger log, LongSupplier nanoTime) {
    this.group = Keys.shown(group);
    this.log = log;
    this.nanoTime = nanoTime;
  }

  /** A load failed, or the origin rejected it. */
  void failed(GetException error) {
    try {
      long before = warnNow();
      if (before >= 0) {
        String counted = before == 0 ? "" : ", and " + before + " loads more since the last line";
        String text = "group " + group + ": no value from the origin: " + told(error) + counted;
        log.log(Level.WARNING, text);
        log.log(Level.DEBUG, text, error);
      }
    } catch (Throwable t) {
      // Those who wait for the load come before a line in the log.
    }
  }

  /** An expired value answers in the place of a load that failed. */
  void servesStale(String key) {
    try {
      if (beginsStale()) {
        log.log(
            Level.WARNING,
            "group " + group + ": expired values answer while the origin fails, first " + key);
      }
    } catch (Throwable t) {
      // As above.
    }
  }

  /** A load brought the origin's answer. */
  void answered() {
    if (warned) {
      try {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(endsFailing());
        if (seconds >= 0) {
          log.log(
              Level.INFO, "group " + group + ": the origin answers again, after " + seconds + " s");
        }
      } catch (Throwable t) {
        // As above.
      }
    }
  }

  /** Returns how many failures have not been written, or -1 if this one is not to be, either. */
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

  private synchronized boolean beginsStale() {
    boolean begins = warned && !servesStale;
    servesStale |= begins;
    return begins;
  }

  private synchronized long endsFailing() {
    if (!warned) {
      return -TimeUnit.SECONDS.toNanos(1);
    }
    warned = false;
    servesStale = false;
    return nanoTime.getAsLong() - beganNanos;
  }

  /** Returns the message and its causes in one line. */
  private static String told(Throwable error) {
    StringBuilder text = new StringBuilder().append(error.getMessage());
    Throwable cause = error.getCause();
    for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
      text.append("; ").append(cause);
      cause = cause.getCause();
    }
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(MOST_CHARS)
        .forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return line.toString();
  }
}
