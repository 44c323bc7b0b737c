package io.dawncache.bench.siege;

import java.io.IOException;

/** Clients that cost a node more than they should. */
interface Attack {
  /** The group whose values have 1 MiB. */
  String LARGE = "large";

  /** Returns its name in tables and on the command line. */
  String name();

  /** Returns what the clients do, in a few words. */
  String title();

  /**
   * Starts the clients, which attack until they are closed.
   *
   * @throws IOException if they cannot be started
   */
  Running start(SiegeNode node, Plan plan) throws IOException;

  /** An attack that goes on. */
  interface Running extends AutoCloseable {
    /** Closes all connections of the attack, and returns when they are closed. */
    @Override
    void close() throws IOException;
  }
}
