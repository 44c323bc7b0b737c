package io.dawncache.server;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What this node knows about whether a peer can be asked.
 *
 * @param url the peer's URL
 * @param state whether it is asked
 * @param reason why it is not; empty if it is
 * @param since from when on it has been in this state
 * @param zone in which the peer is, as it has said; null if it has said none
 * @since 0.1.0
 */
public record PeerHealth(
    String url, State state, String reason, Instant since, @Nullable String zone) {
  /** Whether a peer is asked. */
  public enum State {
    /** It is asked. */
    UP,
    /** It could not be asked, and a probe finds out whether it can be again. */
    SUSPECT,
    /** It is out of this node's view until it answers probes again. */
    EJECTED,
    /**
     * It has reported that it leaves: it is out of this node's view until another process is there.
     */
    LEAVING
  }

  /**
   * {@return a peer that is asked, of an unknown zone}
   *
   * @param url the peer's URL
   * @param since from when on
   */
  public static PeerHealth up(String url, Instant since) {
    return new PeerHealth(url, State.UP, "", since, null);
  }

  /**
   * {@return the same of a peer in a zone}
   *
   * @param zone the zone; null if it is not known
   */
  public PeerHealth inZone(@Nullable String zone) {
    return new PeerHealth(url, state, reason, since, zone);
  }
}
