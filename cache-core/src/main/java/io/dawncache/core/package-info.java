/**
 * A read-through cache that fills itself. A {@link io.dawncache.core.CacheNode} is one process's
 * part of it: its {@link io.dawncache.core.Group}s, each with a name, a byte budget and a {@link
 * io.dawncache.core.Getter} that loads missing values, and its present members. It knows other
 * nodes only as {@link io.dawncache.core.PeerGetter}s; nothing here knows a socket or a message
 * format. Start reading at {@link io.dawncache.core.Group}.
 */
@NullMarked
package io.dawncache.core;

import org.jspecify.annotations.NullMarked;
