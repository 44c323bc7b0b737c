/**
 * Interoperation with golang/groupcache, for real: a fleet of Go and Java nodes, each a process of
 * its own, in one ring. {@link io.dawncache.node.interop.InteropIT} asks the questions; {@link
 * io.dawncache.node.interop.MixedFleet} is what it asks.
 */
@NullMarked
package io.dawncache.node.interop;

import org.jspecify.annotations.NullMarked;
