package io.dawncache.server;

import io.dawncache.core.PeerResult;
import java.util.Map;
import java.util.Objects;

/**
 * What this node knows and counts of a peer.
 *
 * @param health whether it can be asked
 * @param fetches how many fetches from it have ended in each way, since it joined the member list;
 *     without the ways in which none has ended
 * @since 0.1.0
 */
public record PeerStats(PeerHealth health, Map<PeerResult.Status, Long> fetches) {
  /** Refuses nulls, and copies the counts. */
  public PeerStats {
    Objects.requireNonNull(health, "health");
    fetches = Map.copyOf(fetches);
  }
}
