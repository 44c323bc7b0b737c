/**
 * How a group uses its bytes: how many it really holds, and how many gets it answers with them.
 * {@code scripts/bench bytes} weighs heaps, {@code scripts/bench hit-ratio} replays traces; both
 * compare with a bound and exit with 1 if it is exceeded. Other packages measure times.
 */
@NullMarked
package io.dawncache.bench.memory;

import org.jspecify.annotations.NullMarked;
