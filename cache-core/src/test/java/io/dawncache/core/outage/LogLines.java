package io.dawncache.core.outage;

import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;

/** A logger that is set to INFO and keeps its lines, each behind its level. */
public final class LogLines implements System.Logger {
  private final List<String> lines = new ArrayList<>();

  /** Returns what has been logged. */
  public synchronized List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  public String getName() {
    return "lines";
  }

  @Override
  public boolean isLoggable(Level level) {
    return level.compareTo(Level.INFO) >= 0;
  }

  @Override
  public void log(Level level, ResourceBundle bundle, String text, Throwable thrown) {
    add(level, text);
  }

  @Override
  public void log(Level level, ResourceBundle bundle, String format, Object... params) {
    add(level, format);
  }

  private synchronized void add(Level level, String text) {
    if (isLoggable(level)) {
      lines.add(level + " " + text);
    }
  }
}
