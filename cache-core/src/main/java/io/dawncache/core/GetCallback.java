package io.dawncache.core;

import org.jspecify.annotations.Nullable;

/**
 * Called once when a get ends; a server uses it instead of a future.
 *
 * <p>A hit calls it on the calling thread before the get returns; a miss calls it on the thread
 * that ends the flight, possibly an event loop. An implementation must not block or run code that
 * might; it passes the work on.
 *
 * @since 0.1.0
 */
public interface GetCallback {
  /**
   * Called if the get ended with a value.
   *
   * @param entry the entry
   * @param minuteQps for a peer's get, how many gets per minute other nodes make of the key at this
   *     node; 0 for a client's
   */
  void value(Entry entry, double minuteQps);

  /**
   * Called if the get ended without a value.
   *
   * @param error why there is no value
   */
  void error(GetException error);

  /**
   * {@return the trace that the get belongs to; null, as by default, if it is not known} Called at
   * most once, on the calling thread, and only for a miss: a load or a fetch that the get begins
   * passes it on, see {@link LoadTrace}.
   */
  default @Nullable TraceContext trace() {
    return null;
  }
}
