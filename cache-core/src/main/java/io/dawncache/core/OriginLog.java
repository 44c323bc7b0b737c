package io.dawncache.core;

import io.dawncache.core.outage.OutageLog;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes to the operator's log when the origin of one group begins to fail or to reject, and when
 * it answers again and no load has failed for a minute. It writes at most one warning a minute,
 * however many loads fail.
 */
final class OriginLog {
  private static final int MOST_CAUSES = 5;

  private final String group;
  private final System.Logger log;
  private final OutageLog outage;
  private final AtomicBoolean servesStale = new AtomicBoolean(); // the log says so

  /** Writes about the origin of {@code group}, with times from {@code nanoTime}. */
  OriginLog(String group, System.Logger log, LongSupplier nanoTime) {
    this.group = Keys.shown(group);
    this.log = log;
    this.outage =
        new OutageLog(log, nanoTime, "loads", "group " + this.group + ": the origin answers again");
  }

  /** A load of this trace, if it has one, failed, or the origin rejected it. */
  void failed(GetException error, @Nullable TraceContext trace) {
    outage.occurred(
        () -> "group " + group + ": no value from the origin: " + described(error) + shown(trace),
        error);
  }

  /** An expired value answers in place of a failed load. */
  void servesStale(String key) {
    try {
      if (outage.isWarned() && servesStale.compareAndSet(false, true)) {
        log.log(
            Level.WARNING,
            "group " + group + ": expired values answer while the origin fails, first " + key);
      }
    } catch (Throwable t) {
      // The load's waiters are more important than a line in the log.
    }
  }

  /** A load brought the origin's answer. */
  void answered() {
    if (outage.over()) {
      servesStale.set(false);
    }
  }

  private static String shown(@Nullable TraceContext trace) {
    return trace == null ? "" : "; trace " + trace.traceId();
  }

  /** Returns the message and its causes. */
  private static String described(Throwable error) {
    StringBuilder text = new StringBuilder().append(error.getMessage());
    Throwable cause = error.getCause();
    for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
      text.append("; ").append(shown(cause));
      cause = cause.getCause();
    }
    return text.toString();
  }

  /** Returns the cause's toString, or its class name if that throws: the cause is user code. */
  private static String shown(Throwable cause) {
    try {
      return cause.toString();
    } catch (Throwable t) {
      return cause.getClass().getName();
    }
  }
}
