package io.dawncache.core;

import java.util.function.Consumer;

/**
 * The core's one seam to the network: asks one other node for a key.
 *
 * <p>Safe for use by any thread, also by an event loop: {@link #fetch} never blocks.
 */
public interface PeerGetter extends AutoCloseable {
  /**
   * Asks the peer and tells {@code callback} exactly once how it went, no later than {@link
   * PeerRequest#timeout()} from now, on any thread. The callback does not block. A fetch that
   * throws counts as {@link PeerResult.Status#NOT_ASKED}.
   */
  void fetch(PeerRequest request, Consumer<? super PeerResult> callback);

  /** The peer has left the member list: fetches in flight may end, idle connections are closed. */
  @Override
  default void close() {}
}
