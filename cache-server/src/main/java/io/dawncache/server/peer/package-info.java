/**
 * Connections to other nodes and the {@link io.dawncache.core.PeerGetter} over them. {@link
 * io.dawncache.server.peer.PeerDirectory} makes one {@link io.dawncache.server.peer.PeerClient} per
 * member; a client keeps one {@link io.dawncache.server.peer.Link} per event loop: a connection of
 * frames, or a pool of HTTP connections. A request is a {@link io.dawncache.server.peer.Question}
 * and stays on the loop on which it began, so nothing here needs a lock.
 */
@NullMarked
package io.dawncache.server.peer;

import org.jspecify.annotations.NullMarked;
