/**
 * A weight-bounded map that lets go of what was used least recently. It knows nothing of caches,
 * groups or threads: {@link io.dawncache.core.lru.Lru} keeps the order and the books, a {@link
 * io.dawncache.core.lru.Weigher} says what an entry costs, and whoever shares it between threads
 * brings the lock; only to find an entry takes none.
 */
@NullMarked
package io.dawncache.core.lru;

import org.jspecify.annotations.NullMarked;
