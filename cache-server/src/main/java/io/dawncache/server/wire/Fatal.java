package io.dawncache.server.wire;

/** An error of which no connection is the cause, so that closing one does not end it. */
public final class Fatal {
  private Fatal() {}

  /**
   * Passes an {@link OutOfMemoryError} to the thread's uncaught exception handler, where the
   * program decides whether it goes on. Netty would log it, or close one connection and forget it.
   */
  public static void report(Throwable cause) {
    if (cause instanceof OutOfMemoryError) {
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, cause);
    }
  }
}
