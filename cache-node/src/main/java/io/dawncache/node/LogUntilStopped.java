package io.dawncache.node;

import java.util.logging.LogManager;

/**
 * The JDK's log manager, except that the log stays open until the node has stopped. The JDK closes
 * its handlers as soon as the JVM begins to shut down, while the node still logs its stop.
 *
 * <p>Public and with a public constructor because the JDK makes it, by the system property {@link
 * #PROPERTY}. Set that before any class of the log is initialized, including this one.
 */
public final class LogUntilStopped extends LogManager {
  /** The property with the log manager's class; a constant, so reading it initializes nothing. */
  static final String PROPERTY = "java.util.logging.manager";

  private static volatile boolean keepsOpen;

  /** Used by the JDK. */
  public LogUntilStopped() {}

  /** Keeps the log open from now on, also while the JVM shuts down. */
  static void keepOpen() {
    keepsOpen = true;
  }

  /** Closes the handlers, unless the log is kept open. */
  @Override
  public void reset() {
    if (!keepsOpen) {
      super.reset();
    }
  }
}
