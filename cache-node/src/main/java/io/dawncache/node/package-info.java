/**
 * The standalone programs. {@link io.dawncache.node.NodeMain} is one node: its command line says
 * where it listens, which peers it has, and from which {@link io.dawncache.node.origin.Origin} each
 * of its groups loads; beside the groups it serves {@code /healthz} and {@code /stats}. {@link
 * io.dawncache.node.GetMain} asks a node as any client does, and {@link
 * io.dawncache.node.StatusMain} prints what the nodes of a fleet count. An application that embeds
 * {@link io.dawncache.server.CacheServer} needs neither this package nor picocli, gson and Apache
 * HttpClient, which only this package uses.
 */
@NullMarked
package io.dawncache.node;

import org.jspecify.annotations.NullMarked;
