/**
 * The load generator, {@code scripts/load}: asks running nodes over HTTP, open or closed loop, and
 * reports latency as those see it who do not wait for each other.
 *
 * <p>A run is a few threads ({@link io.dawncache.bench.load.LoadThread}), each with an event loop,
 * connections and a {@link io.dawncache.bench.load.Schedule} of its own; they share nothing but
 * what they are told to ask for. What a thread counts in a second it hands over whole.
 */
@NullMarked
package io.dawncache.bench.load;

import org.jspecify.annotations.NullMarked;
