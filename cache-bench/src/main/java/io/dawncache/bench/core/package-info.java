/** What a get costs in one process, compared with the caches used without Dawncache. */
@NullMarked
package io.dawncache.bench.core;

import org.jspecify.annotations.NullMarked;
