package io.dawncache.core;

/**
 * What a local cache holds at one moment.
 *
 * @param bytes the heap that the entries take: keys, values and their overhead
 * @param items the number of entries
 * @param evictions entries that left to make room, since the group was added
 * @since 0.1.0
 */
public record CacheStats(long bytes, long items, long evictions) {}
