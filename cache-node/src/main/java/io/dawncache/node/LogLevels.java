package io.dawncache.node;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.node.config.LogLevel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The levels of loggers as the configuration sets them. */
final class LogLevels {
  /** The loggers with a level of ours; the JDK keeps a logger only as long as somebody holds it. */
  @GuardedBy("LogLevels.class")
  private static final Map<String, Logger> CHANGED = new LinkedHashMap<>();

  private LogLevels() {}

  /**
   * Sets these levels, and takes back the earlier ones of loggers that are not among them.
   *
   * @param levels by logger; an empty name is the parent of all
   */
  static synchronized void set(Map<String, LogLevel> levels) {
    CHANGED.forEach((name, logger) -> logger.setLevel(name.isEmpty() ? Level.INFO : null));
    CHANGED.clear();
    levels.forEach(
        (name, level) -> {
          Logger logger = Logger.getLogger(name);
          logger.setLevel(levelOf(level));
          CHANGED.put(name, logger);
        });
    if (!levels.isEmpty()) {
      for (Handler handler : Logger.getLogger("").getHandlers()) {
        handler.setLevel(Level.ALL); // the loggers decide
      }
    }
  }

  private static Level levelOf(LogLevel level) {
    return switch (level) {
      case OFF -> Level.OFF;
      case ERROR -> Level.SEVERE;
      case WARN -> Level.WARNING;
      case INFO -> Level.INFO;
      case DEBUG -> Level.FINE;
      case TRACE -> Level.FINEST;
    };
  }
}
