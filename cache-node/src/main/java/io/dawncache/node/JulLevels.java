package io.dawncache.node;

import io.dawncache.operations.LogLevels;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/**
 * The levels of the JDK's loggers, under the names that {@link System.Logger.Level} has for them.
 */
final class JulLevels implements LogLevels {
  private static final Map<String, Level> LEVELS =
      Map.of(
          "OFF", Level.OFF,
          "ERROR", Level.SEVERE,
          "WARNING", Level.WARNING,
          "INFO", Level.INFO,
          "DEBUG", Level.FINE,
          "TRACE", Level.FINER,
          "ALL", Level.ALL);

  /** The loggers that were set: the JDK holds loggers weakly, and a new one has no level. */
  private final Map<String, Logger> set = new ConcurrentHashMap<>();

  @Override
  public Map<String, String> levels() {
    Map<String, String> levels = new TreeMap<>();
    LogManager loggers = LogManager.getLogManager();
    for (String name : Collections.list(loggers.getLoggerNames())) {
      Logger logger = loggers.getLogger(name);
      if (logger != null && logger.getLevel() != null) {
        levels.put(name, named(logger.getLevel()));
      }
    }
    return levels;
  }

  /** Returns the name of a level. */
  static String named(Level level) {
    return LEVELS.entrySet().stream()
        .filter(known -> known.getValue().equals(level))
        .map(Map.Entry::getKey)
        .findAny()
        .orElse(level.getName());
  }

  @Override
  public void set(String logger, String level) {
    Level wanted = LEVELS.get(level.toUpperCase(Locale.ROOT));
    if (wanted == null) {
      throw new IllegalArgumentException(
          "level: " + level + " (expected: OFF, ERROR, WARNING, INFO, DEBUG, TRACE or ALL)");
    }
    set.computeIfAbsent(logger, Logger::getLogger).setLevel(wanted);
    for (Handler handler : Logger.getLogger("").getHandlers()) {
      if (handler.getLevel().intValue() > wanted.intValue()) {
        handler.setLevel(wanted); // else it would drop what the logger lets through
      }
    }
  }
}
