package io.dawncache.server.peer;

import java.time.Duration;

/**
 * The times after which a peer counts as unreachable.
 *
 * @param connect how long a connection may take, with the look-up of its host and all of the host's
 *     addresses
 * @param probeAfter how long a fetch waits before the peer is probed, and between two probes
 * @param probe how long a probe waits for any answer
 * @param avoid how long a peer is not asked again after it could not be reached
 * @param lists how often at most member lists that seem equal are exchanged, and only along with
 *     other requests
 */
public record PeerTimings(
    Duration connect, Duration probeAfter, Duration probe, Duration avoid, Duration lists) {
  /** The timings of a node. */
  public static final PeerTimings DEFAULT =
      new PeerTimings(
          Duration.ofMillis(500),
          Duration.ofMillis(500),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(5));
}
