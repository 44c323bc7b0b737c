package io.dawncache.server.peer;

import java.time.Duration;

/**
 * When a peer counts as one that cannot be asked.
 *
 * @param connect how long a connection may take, its host's look-up and all of the host's addresses
 *     included
 * @param probeAfter how long a fetch waits before the peer is probed, and between two probes
 * @param probe how long a probe may take until any answer
 * @param avoid how long a peer is not asked again after it could not be
 * @param lists how often at most, and only with what is asked anyhow, member lists are exchanged
 *     that seem to be the same
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
