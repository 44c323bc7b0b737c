/** The concurrent LRU, compared with the JDK's {@link java.util.LinkedHashMap}, on one thread. */
@NullMarked
package io.dawncache.bench.core.lru;

import org.jspecify.annotations.NullMarked;
