package io.dawncache.bench.siege;

import io.dawncache.bench.chaos.Finding;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/** One thing that is done to a node of its own, and what another client may notice of it. */
interface Scene {
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
  List<Finding> run(Plan plan, PrintWriter progress) throws IOException, InterruptedException;
}
