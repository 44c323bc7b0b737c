package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.core.outage.OutageLog;
import io.dawncache.server.AnsweredRequest;
import io.dawncache.server.RequestListener;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes a line for each request that a node has answered, on a thread of its own. A request for
 * which there is no room in its queue, or whose line cannot be written, is dropped and counted: the
 * log never holds up an event loop. Safe for use by any thread.
 */
final class AccessLog implements RequestListener, AutoCloseable {
  /*
   * The thread takes a request, writes its line into a buffer, and flushes that when no other
   * request waits. Only it touches the writer, so a signal to open the file anew just sets a flag,
   * which the thread sees at the next request. Until then the former file stays open and empty of
   * what is to come. A file that cannot be opened anew is tried again for each request, so a disk
   * that was full or a folder that was gone needs no restart.
   *
   * The end is an entry in the queue like others: what came before it is written.
   */
  static final int QUEUED = 8192;

  private static final System.Logger LOG = System.getLogger(AccessLog.class.getName());
  private static final AnsweredRequest END =
      new AnsweredRequest(Instant.EPOCH, null, "", "", 0, 0, Duration.ZERO, null);
  private static final String STDERR = "stderr";

  /** A disk or a reader of standard error that hangs holds up the end of a node no longer. */
  private static final long CLOSE_MILLIS = 2000;

  private final Opening opening;
  private final String target;
  private final Function<AnsweredRequest, String> form;
  private final BlockingQueue<AnsweredRequest> queue;
  private final LongAdder dropped = new LongAdder();
  private final OutageLog losses;
  private final Thread thread = new Thread(this::run, "dawncache-access-log");
  private @Nullable Writer out; // of the thread; null if it could not be opened anew
  private volatile boolean reopens;

  /** Opens what the lines are written to. */
  @FunctionalInterface
  interface Opening {
    Writer open() throws IOException;
  }

  /**
   * Opens the target, and takes requests from then on.
   *
   * @param form makes a line, with its end, of a request
   */
  AccessLog(String target, Opening opening, Function<AnsweredRequest, String> form, int queued)
      throws IOException {
    this.target = target;
    this.opening = opening;
    this.form = form;
    this.queue = new ArrayBlockingQueue<>(queued);
    this.losses =
        new OutageLog(
            LOG,
            System::nanoTime,
            "requests",
            "access-log " + target + ": nothing is lost any more");
    this.out = opening.open();
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Opens an access log.
   *
   * @param target a file, which may exist, or {@code stderr}
   * @throws IOException if the file cannot be written; the message names it
   */
  static AccessLog open(String target, Function<AnsweredRequest, String> form) throws IOException {
    Opening opening =
        target.equals(STDERR) ? () -> writer(System.err) : () -> writer(Path.of(target));
    try {
      return new AccessLog(target, opening, form, QUEUED);
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(
          "access-log: "
              + target
              + ": "
              + reason(e)
              + " (expected: a file that can be written, stderr or off)",
          e);
    }
  }

  private static Writer writer(PrintStream stream) {
    return new BufferedWriter(new OutputStreamWriter(stream, UTF_8)) {
      @Override
      public void close() throws IOException {
        flush(); // others write to the stream, too
      }
    };
  }

  private static Writer writer(Path file) throws IOException {
    return Files.newBufferedWriter(
        file, UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static String reason(Exception e) {
    return e instanceof NoSuchFileException
        ? "no such folder"
        : e instanceof AccessDeniedException ? "permission denied" : Program.reason(e);
  }

  /** Returns how many requests have no line. */
  long dropped() {
    return dropped.sum();
  }

  /** Has the file opened anew before the next line: it may have been renamed. */
  void reopen() {
    reopens = true;
  }

  @Override
  public void answered(AnsweredRequest request) {
    if (!queue.offer(request)) {
      dropped.increment();
    }
  }

  /** Writes what has been taken, and closes the file; gives up after two seconds. */
  @Override
  public void close() {
    try {
      if (queue.offer(END, CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
        thread.join(CLOSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    thread.interrupt(); // if it is not over, the rest is not written
  }

  private void run() {
    try {
      long known = 0;
      for (AnsweredRequest next = queue.take(); !next.equals(END); next = queue.take()) {
        write(next);
        long lost = dropped.sum();
        if (lost > known) {
          known = lost;
          losses.occurred(
              () -> "access-log " + target + ": " + lost + " requests have no line", null);
        } else {
          losses.over();
        }
      }
    } catch (InterruptedException e) {
      // The node stops.
    } finally {
      closeWriter();
    }
  }

  private void write(AnsweredRequest request) {
    try {
      if (reopens) {
        reopens = false;
        closeWriter();
      }
      Writer present = out;
      if (present == null) {
        present = opening.open();
        out = present;
      }
      present.write(form.apply(request));
      if (queue.isEmpty()) {
        present.flush();
      }
    } catch (IOException | RuntimeException e) {
      dropped.increment();
      closeWriter();
    }
  }

  private void closeWriter() {
    Writer present = out;
    out = null;
    try {
      if (present != null) {
        present.close();
      }
    } catch (IOException e) {
      dropped.increment(); // of what its buffer held
    }
  }
}
