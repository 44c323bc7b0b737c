package io.dawncache.core;

/**
 * Told once how a get ended, without a future in between: the form in which a server asks.
 *
 * <p>A hit answers on the calling thread before the call returns; a miss answers on whichever
 * thread ended the flight, possibly an event loop. An implementation must neither block nor run
 * code that might: it hands over.
 */
public interface GetCallback {
  /**
   * The get ended with a value.
   *
   * @param minuteQps for a peer's get: how often a minute other nodes ask this node for the key; 0
   *     for a client's
   */
  void value(Entry entry, double minuteQps);

  /** The get ended without a value. */
  void error(GetException error);
}
