package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Ends a program that has run out of memory, with {@link #EXIT_CODE}, after one line on standard
 * error. A process that continues after an {@link OutOfMemoryError} may have lost threads, and then
 * accepts connections that it never answers; a process that has ended is started again.
 */
public final class OutOfMemory {
  /*
   * The JVM itself ends the process when its heap is exhausted, if it was started with
   * -XX:+ExitOnOutOfMemoryError, as by scripts/lib.sh; its exit code is 3. It does not notice an
   * error that Java code constructs and throws, as the JDK and Netty do for direct buffers. Those
   * errors arrive here in two ways:
   *   - one ends a thread, or a handler passes it to its thread's uncaught exception handler;
   *   - one is caught and logged. Netty does this with what a task or a listener of an event loop
   *     throws, so every logged exception is checked.
   *
   * A thread that cannot be started is an OutOfMemoryError too. It does not mean that memory is
   * short, and only the load that needed the thread fails, so the process continues.
   */

  /** The JVM's own exit code. */
  public static final int EXIT_CODE = 3;

  private static final int MOST_CAUSES = 32; // a chain of causes may be a circle
  private static final String NO_THREAD = "unable to create";

  private OutOfMemory() {}

  /**
   * Ends this process when an {@link OutOfMemoryError} ends a thread or is logged. Replaces the
   * default uncaught exception handler.
   *
   * @param program the program's name, for the line on standard error
   */
  public static void endsProcess(String program) {
    Thread.setDefaultUncaughtExceptionHandler((thread, error) -> uncaught(program, thread, error));
    Logger.getLogger("").addHandler(new Net(program));
  }

  /** The thread may have ended, or continue: the cache also reports here what callbacks throw. */
  static void uncaught(String program, Thread thread, Throwable error) {
    endIfOutOfMemory(program, error);
    System.getLogger(OutOfMemory.class.getName())
        .log(System.Logger.Level.ERROR, "uncaught in thread " + thread.getName(), error);
  }

  private static void endIfOutOfMemory(String program, @Nullable Throwable error) {
    OutOfMemoryError found = find(error);
    if (found == null) {
      return;
    }
    String line = program + ": out of memory, exit code " + EXIT_CODE + ": " + found + "\n";
    try (OutputStream err = new FileOutputStream(FileDescriptor.err)) {
      err.write(line.getBytes(UTF_8));
    } catch (IOException e) {
      // Standard error is closed; the exit code remains.
    } finally {
      Runtime.getRuntime().halt(EXIT_CODE); // a shutdown hook would need memory
    }
  }

  /** Returns the error among {@code error} and its causes that is one of memory, or null. */
  static @Nullable OutOfMemoryError find(@Nullable Throwable error) {
    Throwable next = error;
    for (int i = 0; i < MOST_CAUSES && next != null; i++) {
      if (next instanceof OutOfMemoryError found
          && !String.valueOf(found.getMessage()).startsWith(NO_THREAD)) {
        return found;
      }
      next = next.getCause();
    }
    return null;
  }

  /** Checks the exception of each log record. */
  private static final class Net extends Handler {
    private final String program;

    Net(String program) {
      this.program = program;
    }

    @Override
    public void publish(LogRecord logged) {
      endIfOutOfMemory(program, logged.getThrown());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
