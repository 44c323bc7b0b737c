package io.dawncache.node;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;

/** Logs while its JVM ends, when the JDK has had the time to close the log. */
final class LastLog {
  private LastLog() {}

  /**
   * Runs it.
   *
   * @param args {@code keep} if the log is to be kept open
   */
  public static void main(String[] args) {
    NodeMain.keepLogOpen();
    Logger log = Logger.getLogger("last");
    log.info("begun");
    if (args.length == 1) {
      LogUntilStopped.keepOpen();
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> logLast(log)));
  }

  /** Waits until the JDK has closed the log, or does not seem to. */
  private static void logLast(Logger log) {
    CountDownLatch never = new CountDownLatch(1);
    try {
      for (int i = 0; i < 20 && Logger.getLogger("").getHandlers().length > 0; i++) {
        if (never.await(50, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    log.info("last");
  }
}
