package io.dawncache.server.peer;

import io.dawncache.core.ByteAccount;
import io.dawncache.server.Dialect;
import io.dawncache.server.Limits;
import io.dawncache.server.wire.Fleet;
import io.dawncache.server.wire.NodeUrl;
import io.dawncache.server.wire.PeerAnswers;
import io.dawncache.server.wire.PeerRequests;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

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

  /** Adds what every connection to a peer begins with: HTTP, and a close when it is idle. */
  ChannelPipeline addHttp(ChannelPipeline pipeline) {
    HttpDecoderConfig decoding =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(limits.maxRequestLineBytes())
            .setMaxHeaderSize(limits.maxHeaderBytes());
    // Half the idle time-out of the peer: the side that asks is the side that closes.
    long idleMillis = Math.max(1, limits.idleTimeout().toMillis() / 2);
    return pipeline
        .addLast(new IdleStateHandler(0, 0, idleMillis, TimeUnit.MILLISECONDS))
        .addLast(new HttpClientCodec(decoding, false, false));
  }

  /** Returns the maker of requests to {@code peer}. */
  PeerRequests requestsTo(NodeUrl peer) {
    return new PeerRequests(dialect, peer, fleet, clock);
  }

  /** Returns the reader of answers. */
  PeerAnswers answers() {
    return new PeerAnswers(dialect, clock);
  }
}
