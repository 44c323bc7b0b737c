package io.dawncache.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine;

/** A page that grows by one section per command: its output, and whether it failed. */
final class ReportPage {
  private final StringBuilder text;
  private final PrintWriter terminal;
  private final List<String> failed = new ArrayList<>();

  /**
   * Makes a page.
   *
   * @param head the text above the sections
   * @param terminal receives all output, too, as it arrives
   */
  ReportPage(String head, PrintWriter terminal) {
    this.text = new StringBuilder(head);
    this.terminal = terminal;
  }

  /** Runs a command of the command line that {@code program} makes for a writer. */
  void run(List<String> command, Function<PrintWriter, CommandLine> program) {
    String title = "`scripts/bench " + String.join(" ", command) + "`";
    terminal.println(title);
    terminal.flush();
    StringWriter heard = new StringWriter();
    PrintWriter saying = new PrintWriter(new Both(heard, terminal), true);
    int exitCode = program.apply(saying).execute(command.toArray(String[]::new));
    saying.flush();
    text.append("\n### ").append(title).append("\n\n");
    text.append(heard.toString().strip()).append('\n');
    if (exitCode != 0) {
      failed.add(command.get(0));
      text.append("\n**Failed**, with exit code ").append(exitCode).append(".\n");
    }
  }

  /** Returns the commands that ended with another code than 0. */
  List<String> failed() {
    return List.copyOf(failed);
  }

  /** Returns the page as it is now. */
  @Override
  public String toString() {
    return text.toString();
  }

  /** Writes everything to two writers. */
  private static final class Both extends Writer {
    private final Writer one;
    private final Writer other;

    Both(Writer one, Writer other) {
      this.one = one;
      this.other = other;
    }

    @Override
    public void write(char[] chars, int from, int count) throws IOException {
      one.write(chars, from, count);
      other.write(chars, from, count);
    }

    @Override
    public void flush() throws IOException {
      one.flush();
      other.flush();
    }

    @Override
    public void close() {}
  }
}
