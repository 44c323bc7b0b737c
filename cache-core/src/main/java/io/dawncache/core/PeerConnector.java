package io.dawncache.core;

/**
 * Makes the peer getter for a member that has joined; a server gives one to the core.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface PeerConnector {
  /**
   * {@return a peer getter for the node at {@code url}; does not connect yet}
   *
   * @param url the URL of a node
   * @throws IllegalArgumentException if the URL is not one of a node
   */
  PeerGetter connect(String url);
}
