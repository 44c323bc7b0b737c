package io.dawncache.server.inbound;

import io.dawncache.core.CacheNode;
import io.dawncache.server.AccessTokens;
import io.dawncache.server.Dialect;
import io.dawncache.server.Limits;
import io.dawncache.server.Page;
import io.dawncache.server.RequestListener;
import io.dawncache.server.tls.Tls;
import io.dawncache.server.wire.Fleet;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of one server share.
 *
 * @param node the node whose groups are served
 * @param dialect the protocol's dialect
 * @param limits how much is accepted from a socket
 * @param connectionLimit how many connections are accepted
 * @param pages the pages beside the groups, by path
 * @param isGoPeer whether a Go program at this address is a member of the fleet; always false
 *     unless the server is configured for Go members
 * @param clock the wall clock, for clients that receive a value's end as a time of day
 * @param beforeReading run before what one read brought is served
 * @param frames whether a peer may switch to frames
 * @param clientTokens returns the tokens of which clients need one for a get; null if they need
 *     none
 * @param fleet what this node sends peers about itself, and where it notes what they send
 * @param requests receives each answered HTTP request; null for none
 * @param tls the TLS of connections; null for none
 */
public record Inbound(
    CacheNode node,
    Dialect dialect,
    Limits limits,
    ConnectionLimit connectionLimit,
    Map<String, Page> pages,
    Predicate<InetAddress> isGoPeer,
    InstantSource clock,
    Runnable beforeReading,
    boolean frames,
    @Nullable Supplier<AccessTokens> clientTokens,
    Fleet fleet,
    @Nullable RequestListener requests,
    @Nullable Tls tls) {}
