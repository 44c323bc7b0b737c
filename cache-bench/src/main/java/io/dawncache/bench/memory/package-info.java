/**
 * What a group makes of its bytes: how many it really holds, and how many gets it answers by them.
 * {@code scripts/bench bytes} weighs heaps, {@code scripts/bench hit-ratio} replays traces; both
 * compare with a bound and exit with 1 where it is passed. Times are the other packages' business.
 */
@NullMarked
package io.dawncache.bench.memory;

import org.jspecify.annotations.NullMarked;
