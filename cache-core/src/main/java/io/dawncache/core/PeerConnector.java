package io.dawncache.core;

/** Makes the peer getter for a member that has joined; a server gives one to the core. */
@FunctionalInterface
public interface PeerConnector {
  /**
   * Returns a peer getter for the node at {@code url}; does not connect yet.
   *
   * @throws IllegalArgumentException if the URL is not one of a node
   */
  PeerGetter connect(String url);
}
