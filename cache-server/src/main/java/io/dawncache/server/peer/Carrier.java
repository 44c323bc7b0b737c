package io.dawncache.server.peer;

/** What a request was sent on and its answer is waited for. */
interface Carrier {
  /** Nobody waits for the answer any more. */
  void giveUp(PeerExchange pending);
}
