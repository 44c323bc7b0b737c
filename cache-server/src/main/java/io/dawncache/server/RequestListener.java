package io.dawncache.server;

/**
 * Receives each HTTP request that a server has answered, for a log of accesses; requests of peers
 * in frames are not among them. Set by {@link ServerConfig.Builder#requestListener}.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface RequestListener {
  /**
   * A request has its answer, which is about to be sent. Runs on an event loop, so it must not
   * block; an exception closes the connection.
   *
   * @param request what was asked and how it was answered
   */
  void answered(AnsweredRequest request);
}
