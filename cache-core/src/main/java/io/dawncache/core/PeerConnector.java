package io.dawncache.core;

/** Makes the way to a member that has entered the member list; what a server gives the core. */
@FunctionalInterface
public interface PeerConnector {
  /**
   * Returns the way to ask the node at {@code url}; does not yet connect.
   *
   * @throws IllegalArgumentException if the URL is not one of a node
   */
  PeerGetter connect(String url);
}
