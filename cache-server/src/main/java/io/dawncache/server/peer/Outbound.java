package io.dawncache.server.peer;

import io.dawncache.core.ByteAccount;
import io.dawncache.server.wire.Dialect;
import io.dawncache.server.wire.Fleet;
import io.dawncache.server.wire.Limits;
import io.dawncache.server.wire.NodeUrl;
import io.dawncache.server.wire.PeerAnswers;
import io.dawncache.server.wire.PeerRequests;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import java.time.InstantSource;

/**
 * What the clients of all peers share.
 *
 * @param bootstrap makes connections, all but the event loop and the handlers being set
 * @param loops the event loops that connections live on
 * @param dialect the protocol's dialect
 * @param limits what is taken from a socket
 * @param timings when a peer counts as one that cannot be asked
 * @param maxConnections how many connections one event loop opens to one peer that takes no frames
 * @param frames whether peers that take them are asked in frames
 * @param fleet what this node says of itself to peers, and where it notes what they say
 * @param account of the answers that come in parts, until they are whole
 * @param clock the wall clock that Go nodes live by
 */
public record Outbound(
    Bootstrap bootstrap,
    EventLoopGroup loops,
    Dialect dialect,
    Limits limits,
    PeerTimings timings,
    int maxConnections,
    boolean frames,
    Fleet fleet,
    ByteAccount account,
    InstantSource clock) {
  /** Why a fetch ends whose answer the node's account has no room for. */
  static final String NO_ROOM = "overloaded, no room here for the answer";

  /** Returns the maker of requests to {@code peer}. */
  PeerRequests requestsTo(NodeUrl peer) {
    return new PeerRequests(dialect, peer, fleet, clock);
  }

  /** Returns the reader of answers. */
  PeerAnswers answers() {
    return new PeerAnswers(dialect, clock);
  }
}
