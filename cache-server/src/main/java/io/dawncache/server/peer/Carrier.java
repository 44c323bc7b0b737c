package io.dawncache.server.peer;

/** The connection on which a request was sent and its answer will arrive. */
interface Carrier {
  /** The answer is no longer wanted. */
  void giveUp(PeerExchange pending);
}
