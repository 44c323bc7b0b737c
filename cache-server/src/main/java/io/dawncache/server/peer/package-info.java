/**
 * Connections to other nodes and the {@link io.dawncache.core.PeerGetter} over them. {@link
 * io.dawncache.server.peer.PeerDirectory} makes one {@link io.dawncache.server.peer.PeerClient} a
 * member; a client keeps a {@link io.dawncache.server.peer.Link} an event loop: a connection of
 * frames, or a pool of HTTP connections. What is asked is a {@link
 * io.dawncache.server.peer.Question}, and stays on the loop it began on, so nothing here needs a
 * lock.
 */
@NullMarked
package io.dawncache.server.peer;

import org.jspecify.annotations.NullMarked;
