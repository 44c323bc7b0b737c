/** What a get costs in one process, beside the caches that one would use without Dawncache. */
@NullMarked
package io.dawncache.bench.core;

import org.jspecify.annotations.NullMarked;
