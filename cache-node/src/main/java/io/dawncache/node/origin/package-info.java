/**
 * Where the values of a standalone node's groups come from. An {@link
 * io.dawncache.node.origin.Origin} is a kind of place with a scheme, found on the class path; it
 * names its {@link io.dawncache.node.origin.Setting}s and opens the place of one group. {@link
 * io.dawncache.node.origin.Origins} reads what the command line or the file says of it, and returns
 * a {@link io.dawncache.node.origin.GuardedOrigin}, which counts the loads and knows whether the
 * place is reachable.
 */
@NullMarked
package io.dawncache.node.origin;

import org.jspecify.annotations.NullMarked;
