package io.dawncache.bench.contest;

import java.io.IOException;

/** Who asks a contestant, with one thread on the second core, always for the same. */
interface Client {
  /**
   * Asks for about so many seconds.
   *
   * @throws IOException if the client fails, or any answer is none with a value
   */
  Asked ask(int seconds) throws IOException;

  /**
   * What a turn brought.
   *
   * @param requests how many were answered
   * @param perSecond how many a second
   */
  record Asked(long requests, double perSecond) {}
}
