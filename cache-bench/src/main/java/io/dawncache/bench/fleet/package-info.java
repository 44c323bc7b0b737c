/** A fleet of any size in one thread: the shipped ring, hot policy and membership, no sockets. */
@NullMarked
package io.dawncache.bench.fleet;

import org.jspecify.annotations.NullMarked;
