/**
 * What an application embeds to become a node: {@link io.dawncache.server.CacheServer} puts a
 * socket in front of a {@link io.dawncache.core.CacheNode} and gives it clients for its peers. No
 * Netty type appears in a public signature of this package.
 */
@NullMarked
package io.dawncache.server;

import org.jspecify.annotations.NullMarked;
