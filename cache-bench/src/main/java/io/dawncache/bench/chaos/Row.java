package io.dawncache.bench.chaos;

import java.io.IOException;
import java.io.PrintWriter;

/** Something that happens to a fleet, and what its clients and its origin may notice of it. */
interface Row {
  /** Returns its name in tables and on the command line. */
  String name();

  /** Returns what is done, in a few words. */
  String title();

  /**
   * Does it.
   *
   * @param progress receives a line for each step
   * @throws IOException if it could not be done or measured
   */
  RowResult run(Plan plan, PrintWriter progress) throws IOException, InterruptedException;
}
