/**
 * {@code bench collectors}: what each garbage collector of the JVM costs the callers of a node
 * whose cache is full.
 */
@NullMarked
package io.dawncache.bench.collectors;

import org.jspecify.annotations.NullMarked;
