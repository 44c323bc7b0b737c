package io.dawncache.bench.load;

import java.io.PrintWriter;
import java.util.function.Consumer;

/** Prints a line per second of a run; on a terminal each replaces the last. */
final class Progress implements Consumer<SecondRow> {
  private static final String BACK_TO_START = "\r";
  private static final String CLEAR_TO_END = "\u001b[K";

  private final PrintWriter out;
  private final boolean terminal;
  private boolean open; // a line that the next one replaces

  Progress(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  @Override
  public void accept(SecondRow row) {
    String line =
        String.format(
            "%8s  %12s  errors %-6s p50 %-8s p99 %-8s%s",
            row.second() < 0 ? "warm-up" : (row.second() + 1) + " s",
            Quantity.count(row.answered()) + "/s",
            Quantity.count(row.errors()),
            row.answered() == 0 ? "-" : Quantity.time(row.p50Nanos()),
            row.answered() == 0 ? "-" : Quantity.time(row.p99Nanos()),
            row.backlog() == 0 ? "" : "  backlog " + Quantity.count(row.backlog()));
    if (terminal) {
      out.print(BACK_TO_START + line + CLEAR_TO_END);
      out.flush();
      open = true;
    } else {
      out.println(line.stripTrailing());
    }
  }

  /** Ends the last line. */
  void close() {
    if (open) {
      out.println();
      open = false;
    }
    out.flush();
  }
}
