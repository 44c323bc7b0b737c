package io.dawncache.node;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.node.config.LogLevel;
import io.dawncache.node.text.Choice;
import io.dawncache.operations.LogLevels;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/**
 * The levels of the JDK's loggers, in the words of the configuration. The configuration sets them,
 * and operators do while the node runs; an empty name is the parent of all loggers.
 */
final class JdkLogLevels implements LogLevels {
  private static final Level INITIAL = Level.INFO; // of the parent of all
  private static final int MOST_SET = 1_000; // by requests; each is held
  private static final int MOST_NAME_CHARS = 256;

  /** The loggers that were set; the JDK keeps a logger only as long as somebody holds it. */
  @GuardedBy("JdkLogLevels.class")
  private static final Map<String, Logger> HELD = new HashMap<>();

  @GuardedBy("JdkLogLevels.class")
  private static final Set<String> CONFIGURED = new HashSet<>();

  private final Set<String> set = ConcurrentHashMap.newKeySet();

  JdkLogLevels() {}

  /** Sets these levels, and takes back those of an earlier call that are not among them. */
  static synchronized void configure(Map<String, LogLevel> levels) {
    for (String earlier : CONFIGURED) {
      if (!levels.containsKey(earlier)) {
        logger(earlier).setLevel(earlier.isEmpty() ? INITIAL : null);
      }
    }
    CONFIGURED.clear();
    CONFIGURED.addAll(levels.keySet());
    levels.forEach(JdkLogLevels::set);
  }

  private static synchronized Logger logger(String name) {
    return HELD.computeIfAbsent(name, Logger::getLogger);
  }

  private static void set(String name, LogLevel level) {
    logger(name).setLevel(jdkLevel(level));
    for (Handler handler : Logger.getLogger("").getHandlers()) {
      handler.setLevel(Level.ALL); // the loggers decide
    }
  }

  @Override
  public Map<String, String> levels() {
    Map<String, String> levels = new TreeMap<>();
    LogManager loggers = LogManager.getLogManager();
    loggers
        .getLoggerNames()
        .asIterator()
        .forEachRemaining(
            name -> {
              Logger logger = loggers.getLogger(name);
              Level level = logger == null ? null : logger.getLevel();
              if (level != null) {
                levels.put(name, Choice.label(of(level)));
              }
            });
    return levels;
  }

  @Override
  public void set(String logger, String level) {
    LogLevel wanted;
    try {
      wanted = Choice.parse(LogLevel.class, level);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("level: " + Program.reason(e), e);
    }
    if (logger.length() > MOST_NAME_CHARS) {
      throw new IllegalArgumentException(
          "logger: " + logger.length() + " characters (expected: <= " + MOST_NAME_CHARS + ")");
    }
    if (set.size() >= MOST_SET && !set.contains(logger)) {
      throw new IllegalArgumentException(
          "logger: " + logger + " (expected: one of the " + MOST_SET + " that were set before)");
    }
    set.add(logger);
    set(logger, wanted);
  }

  private static Level jdkLevel(LogLevel level) {
    return switch (level) {
      case OFF -> Level.OFF;
      case ERROR -> Level.SEVERE;
      case WARN -> Level.WARNING;
      case INFO -> Level.INFO;
      case DEBUG -> Level.FINE;
      case TRACE -> Level.FINEST;
    };
  }

  /** Returns the first level, from off to trace, that logs all that a level of the JDK does. */
  static LogLevel of(Level level) {
    for (LogLevel each : LogLevel.values()) {
      if (jdkLevel(each).intValue() <= level.intValue()) {
        return each;
      }
    }
    return LogLevel.TRACE;
  }
}
