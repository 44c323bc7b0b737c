/**
 * A read-through cache that fills itself. A {@link io.dawncache.core.CacheNode} holds one process's
 * share: its {@link io.dawncache.core.Group}s, each a name, a byte budget and a {@link
 * io.dawncache.core.Getter} that loads what is missing, and its present members. Other nodes are
 * known only as {@link io.dawncache.core.PeerGetter}s; nothing here knows a socket or a message
 * format. Start reading at {@link io.dawncache.core.Group}.
 */
@NullMarked
package io.dawncache.core;

import org.jspecify.annotations.NullMarked;
