/**
 * How much of a fleet's traffic copies of other nodes' values save. {@code scripts/bench hot} lets
 * the shipped classes choose them in simulated time, compares them with a choice that knows all
 * requests, and exits with 1 if the shipped policy falls too far behind.
 */
@NullMarked
package io.dawncache.bench.hot;

import org.jspecify.annotations.NullMarked;
