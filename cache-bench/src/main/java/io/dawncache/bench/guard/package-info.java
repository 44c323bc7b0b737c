/**
 * {@code bench guard}: what must not get worse, in figures that a noisy machine does not distort:
 * bytes allocated, and times against a baseline that runs in between.
 */
@NullMarked
package io.dawncache.bench.guard;

import org.jspecify.annotations.NullMarked;
