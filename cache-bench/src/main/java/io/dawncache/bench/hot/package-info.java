/**
 * How much of a fleet's traffic copies of others' values save. {@code scripts/bench hot} lets the
 * shipped classes choose them in simulated time, beside who knows all that will be asked for, and
 * exits with 1 where the shipped policy falls too far behind.
 */
@NullMarked
package io.dawncache.bench.hot;

import org.jspecify.annotations.NullMarked;
