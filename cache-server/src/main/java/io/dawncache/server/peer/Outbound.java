package io.dawncache.server.peer;

import io.dawncache.core.ByteAccount;
import io.dawncache.server.Dialect;
import io.dawncache.server.Limits;
import io.dawncache.server.tls.Tls;
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
import org.jspecify.annotations.Nullable;

/**
 * What the clients of all peers share.
 *
 * @param bootstrap opens connections; everything except the event loop and the handlers is set
 * @param loops the event loops that connections run on
 * @param dialect the protocol's dialect
 * @param limits bounds what is read from a socket
 * @param timings when a peer counts as one that cannot be asked
 * @param maxConnections how many connections one event loop opens to one peer that takes no frames
 * @param frames whether peers that take frames are asked in frames
 * @param fleet what this node sends peers about itself, and where it notes what they send
 * @param account counts the bytes of answers that arrive in parts, until they are whole
 * @param clock the wall clock, for the expiry times that Go nodes send
 * @param ejections takes peers out of this node's view; null if none is ever taken out
 * @param tls the TLS of connections to peers whose URLs ask for it; null if none does
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
    InstantSource clock,
    @Nullable Ejections ejections,
    @Nullable Tls tls) {
  /** The message of an exchange whose answer does not fit into the node's account of bytes. */
  static final String NO_ROOM = "overloaded, no room here for the answer";

  /** Adds the first handlers of every connection to a peer: the idle time-out and HTTP. */
  ChannelPipeline addHttp(ChannelPipeline pipeline) {
    HttpDecoderConfig decoding =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(limits.maxRequestLineBytes())
            .setMaxHeaderSize(limits.maxHeaderBytes());
    // Half the peer's idle time-out, so that the side that asks closes first.
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
