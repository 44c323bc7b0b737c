/**
 * The standalone programs. {@link io.dawncache.node.NodeMain} is one node: its command line says
 * where it listens, who its peers are, and which {@link io.dawncache.node.Origin} feeds each of its
 * groups; beside the groups it serves {@code /healthz} and {@code /stats}. {@link
 * io.dawncache.node.GetMain} asks a node as any client does, and {@link
 * io.dawncache.node.StatusMain} prints what the nodes of a fleet count. An application that embeds
 * {@link io.dawncache.server.CacheServer} needs nothing of this package, nor picocli, gson and
 * Apache HttpClient, which nobody else uses.
 */
@NullMarked
package io.dawncache.node;

import org.jspecify.annotations.NullMarked;
