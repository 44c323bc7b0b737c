package io.dawncache.server.peer;

import io.dawncache.server.wire.Dialect;
import io.dawncache.server.wire.Limits;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;

/**
 * What the clients of all peers share.
 *
 * @param bootstrap makes connections, all but the event loop and the handlers being set
 * @param loops the event loops that connections live on
 * @param dialect the protocol's dialect
 * @param limits what is taken from a socket
 * @param timings when a peer counts as one that cannot be asked
 * @param maxConnections how many connections one event loop opens to one peer
 * @param self this node's URL, the mark of its requests
 */
public record Outbound(
    Bootstrap bootstrap,
    EventLoopGroup loops,
    Dialect dialect,
    Limits limits,
    PeerTimings timings,
    int maxConnections,
    String self) {}
