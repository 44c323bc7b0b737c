package io.dawncache.node;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The terminal of this process, which shows one screen after the other and reads single keys. It is
 * set by {@code stty}, and is as before when this is closed or the process ends by a signal.
 */
final class Terminal implements TopCommand.Screen, AutoCloseable {
  /*
   * stty gives a read a time-out ("min 0 time N"), so that one thread waits for a key and for the
   * time of the next screen. InputStream.read then returns -1, as at the end of the input; the end
   * of a terminal comes at once, so a -1 before its time is taken for that.
   */
  static final int NO_KEY = -1;
  static final int ENDED = -2;

  private static final String ESCAPE = "\u001b[";
  private static final int MOST_TENTHS = 255;

  private final PrintWriter out;
  private final String settings;
  private final long waitNanos;
  private final Thread atExit = new Thread(this::restore, "dawncache-terminal");

  private Terminal(PrintWriter out, String settings, long waitNanos) {
    this.out = out;
    this.settings = settings;
    this.waitNanos = waitNanos;
  }

  /**
   * Takes the terminal, if standard input and output are one; else returns null.
   *
   * @param waitMillis how long {@link #key} waits, to a tenth of a second, at most 25.5 s
   */
  static @Nullable Terminal open(PrintWriter out, long waitMillis)
      throws IOException, InterruptedException {
    if (run("test -t 0 && test -t 1", ProcessBuilder.Redirect.INHERIT) == null) {
      return null;
    }
    String settings = run("stty -g", ProcessBuilder.Redirect.PIPE);
    long tenths = Math.max(1, Math.min(MOST_TENTHS, waitMillis / 100));
    if (settings == null
        || run("stty -icanon -echo min 0 time " + tenths, ProcessBuilder.Redirect.INHERIT)
            == null) {
      return null;
    }
    Terminal terminal =
        new Terminal(out, settings.strip(), TimeUnit.MILLISECONDS.toNanos(tenths * 100));
    Runtime.getRuntime().addShutdownHook(terminal.atExit);
    out.print(ESCAPE + "?1049h" + ESCAPE + "?25l"); // another screen, without a cursor
    return terminal;
  }

  /** Returns what a command of the shell has printed, or null if it fails. */
  private static @Nullable String run(String command, ProcessBuilder.Redirect out)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("sh", "-c", command)
            .redirectInput(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(out)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), US_ASCII);
    return process.waitFor() == 0 ? printed : null;
  }

  @Override
  public void show(List<String> lines) throws IOException, InterruptedException {
    out.print(screen(lines, run("stty size", ProcessBuilder.Redirect.PIPE)));
    out.flush();
  }

  /**
   * Returns what a terminal is to be sent to show these lines.
   *
   * @param size its rows and columns as {@code stty size} prints them; null if they are not known
   */
  static String screen(List<String> lines, @Nullable String size) {
    String[] rowsAndColumns = (size == null ? "0 0" : size.strip()).split(" ", 2);
    int rows = orElse(rowsAndColumns[0], 24);
    int columns = orElse(rowsAndColumns[1], 80);
    int shown = Math.min(lines.size(), rows);
    StringBuilder screen = new StringBuilder(ESCAPE + "H");
    for (int i = 0; i < shown; i++) {
      String line = lines.get(i == shown - 1 ? lines.size() - 1 : i);
      screen.append(line, 0, Math.min(line.length(), columns)).append(ESCAPE).append('K');
      screen.append(i == shown - 1 ? "" : "\r\n");
    }
    return screen.append(ESCAPE).append('J').toString();
  }

  /** A terminal that does not know its size says 0. */
  private static int orElse(String number, int otherwise) {
    return number.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(number) : otherwise;
  }

  @Override
  public int key() throws IOException {
    return key(System.in, waitNanos);
  }

  /**
   * As {@link #key()}.
   *
   * @param in returns -1 after {@code waitNanos} without a key, and at once if it has ended
   */
  static int key(InputStream in, long waitNanos) throws IOException {
    long start = System.nanoTime();
    int read = in.read();
    if (read >= 0) {
      return read;
    }
    return System.nanoTime() - start < waitNanos / 2 ? ENDED : NO_KEY;
  }

  @Override
  public void close() {
    try {
      if (Runtime.getRuntime().removeShutdownHook(atExit)) {
        restore();
      }
    } catch (IllegalStateException e) {
      // The process ends already, and the hook restores the terminal.
    }
  }

  private void restore() {
    out.print(ESCAPE + "?25h" + ESCAPE + "?1049l");
    out.flush();
    try {
      var unused = run("stty " + settings, ProcessBuilder.Redirect.INHERIT);
    } catch (IOException e) {
      // The terminal is gone, and nothing is left to restore.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
