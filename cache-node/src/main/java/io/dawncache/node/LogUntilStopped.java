package io.dawncache.node;

import java.util.logging.LogManager;

/**
 * The JDK's log manager, but the log stays open until the node has stopped. The JDK closes its
 * handlers as soon as the JVM begins to end, while the node still writes of its stop.
 *
 * <p>Public and with a public constructor because the JDK makes it, by the system property {@link
 * #PROPERTY}. That is to be set before any class of the log is initialized, this one included.
 */
public final class LogUntilStopped extends LogManager {
  /** Has the name of the log manager's class; a constant, so reading it initializes nothing. */
  static final String PROPERTY = "java.util.logging.manager";

  private static volatile boolean keepsOpen;

  /** Used by the JDK. */
  public LogUntilStopped() {}

  /** The log is not closed from now on, not even at the end of the JVM. */
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
