package io.dawncache.bench.core;

import org.openjdk.jmh.annotations.Threads;

/** As {@link GroupHitBenchmark}, by two threads that share the cache and ask for the same keys. */
@Threads(2)
public class GroupHitTwoThreadsBenchmark extends GroupHitBenchmark {}
