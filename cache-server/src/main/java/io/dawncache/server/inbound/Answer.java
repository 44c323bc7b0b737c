package io.dawncache.server.inbound;

/** What a request is answered with, but for a value: rendered when its turn to be written comes. */
@FunctionalInterface
interface Answer {
  /**
   * Returns the response. If this throws, none of it has been written, and the request is answered
   * with a failure.
   */
  Response render();
}
