/**
 * The load generator, {@code scripts/load}: asks running nodes over HTTP, open or closed loop, and
 * reports latency as independent users see it.
 *
 * <p>A run is a few threads ({@link io.dawncache.bench.load.LoadThread}), each with an event loop,
 * connections and a {@link io.dawncache.bench.load.Schedule} of its own; they share nothing except
 * the plan. Each thread hands over its counts once per second.
 */
@NullMarked
package io.dawncache.bench.load;

import org.jspecify.annotations.NullMarked;
