package io.dawncache.bench.contest;

import java.io.IOException;

/**
 * A client that sends a contestant the same load in each turn, with one thread on the second core.
 */
interface Client {
  /**
   * Sends requests for about {@code seconds} seconds.
   *
   * @throws IOException if the client fails, or an answer holds no value
   */
  Asked ask(int seconds) throws IOException;

  /**
   * The result of a turn.
   *
   * @param requests how many requests were answered
   * @param perSecond how many per second
   */
  record Asked(long requests, double perSecond) {}
}
