package io.dawncache.server.testing;

import java.text.MessageFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Takes what one class logs while it is open, and keeps it from the console. */
public final class LogRecorder extends Handler implements AutoCloseable {
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Logger logger; // held, since the log manager holds loggers weakly

  private LogRecorder(Logger logger) {
    this.logger = logger;
  }

  /** Starts to take what {@code type} logs through the platform's logger. */
  public static LogRecorder of(Class<?> type) {
    Logger logger = Logger.getLogger(type.getName());
    LogRecorder recorder = new LogRecorder(logger);
    logger.addHandler(recorder);
    logger.setUseParentHandlers(false);
    return recorder;
  }

  /** Returns what was logged so far: level and text. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  public void publish(LogRecord logged) {
    lines.add(
        logged.getLevel()
            + " "
            + MessageFormat.format(logged.getMessage(), logged.getParameters()));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setUseParentHandlers(true);
  }
}
