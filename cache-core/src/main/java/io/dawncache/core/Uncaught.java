package io.dawncache.core;

/** Reports an exception that no caller waits for. */
final class Uncaught {
  private Uncaught() {}

  /** Passes {@code thrown} to this thread's uncaught exception handler; never throws. */
  static void report(Throwable thrown) {
    Thread thread = Thread.currentThread();
    try {
      thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
    } catch (Throwable ignored) {
      // Ignored, as by the JVM: the caller must go on.
    }
  }
}
