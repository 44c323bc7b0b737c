package io.dawncache.server.wire;

/** An error that no connection has caused, so that closing one does not mend it. */
public final class Fatal {
  private Fatal() {}

  /**
   * Passes an {@link OutOfMemoryError} to the thread's uncaught exception handler, where the
   * program decides whether to continue. Netty would only log it, or close one connection.
   */
  public static void report(Throwable cause) {
    if (cause instanceof OutOfMemoryError) {
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, cause);
    }
  }
}
