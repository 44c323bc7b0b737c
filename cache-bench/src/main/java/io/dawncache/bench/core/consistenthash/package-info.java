/** The ring, compared with the {@link java.util.TreeMap} that one would build it from. */
@NullMarked
package io.dawncache.bench.core.consistenthash;

import org.jspecify.annotations.NullMarked;
