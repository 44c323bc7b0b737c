package io.dawncache.core;

/**
 * What the near cache of a {@link TypedGroup} holds and has done. Gets that it answers are among
 * the {@link GroupStats#cacheHits}; the others of a view are {@code decodes} and failures.
 *
 * @param items the objects held, including some whose bytes have left memory already
 * @param decodes objects that were decoded and kept, because none was held for their bytes
 * @param evictions objects that left to make room although their bytes are still in memory
 * @since 0.1.0
 */
public record NearStats(long items, long decodes, long evictions) {}
