package io.dawncache.core;

/** Where an exception goes that nobody waits for. */
final class Uncaught {
  private Uncaught() {}

  /** Passes {@code thrown} to this thread's uncaught exception handler; never throws. */
  static void report(Throwable thrown) {
    Thread thread = Thread.currentThread();
    try {
      thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
    } catch (Throwable ignored) {
      // As the JVM does: what called this has to go on.
    }
  }
}
