package io.dawncache.server.inbound;

/** What a request is answered with, but for a value: rendered when its turn to be written comes. */
@FunctionalInterface
interface Answer {
  /**
   * Writes the response.
   *
   * @param toHead whether it is to go without its body
   * @param last whether it is the connection's last
   */
  void render(boolean toHead, boolean last, Outbox out);
}
