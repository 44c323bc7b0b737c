/**
 * Interoperation with golang/groupcache, for real: a fleet of Go and Java nodes, each a process of
 * its own, in one ring. {@link io.dawncache.server.interop.InteropIT} asks the questions; {@link
 * io.dawncache.server.interop.MixedFleet} is what it asks.
 */
@NullMarked
package io.dawncache.server.interop;

import org.jspecify.annotations.NullMarked;
