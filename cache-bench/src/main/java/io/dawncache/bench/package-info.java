/**
 * The program {@code scripts/bench} and what it makes of a run. Benchmarks lie in the packages
 * beside it, each named after the package that it measures: {@code io.dawncache.bench.core.lru}
 * measures {@code io.dawncache.core.lru}. {@link io.dawncache.bench.BenchMain} knows none of them;
 * JMH finds them.
 */
@NullMarked
package io.dawncache.bench;

import org.jspecify.annotations.NullMarked;
