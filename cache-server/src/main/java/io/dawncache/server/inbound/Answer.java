package io.dawncache.server.inbound;

/** An answer other than a value: rendered when its turn to be written comes. */
@FunctionalInterface
interface Answer {
  /**
   * Returns the response. If this throws, none of it has been written, and the request is answered
   * with a failure.
   */
  Response render();
}
