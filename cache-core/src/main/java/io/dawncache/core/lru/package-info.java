/**
 * A map bounded by weight that evicts the least recently used entries. It does not depend on caches
 * or groups. {@link io.dawncache.core.lru.ConcurrentLru} is its API. Inside, {@code Lru} keeps the
 * order and the weight under a lock, {@code ReadBuffer} holds the reads that are not yet in the
 * order, and {@code AccessClock} numbers the reads while no order is kept.
 */
@NullMarked
package io.dawncache.core.lru;

import org.jspecify.annotations.NullMarked;
