package io.dawncache.core;

/**
 * What a local cache holds at one moment.
 *
 * @param bytes the sum of the entries' weights: UTF-8 bytes of the key plus bytes of the value
 * @param items the number of entries
 * @param evictions entries that left to make room, since the group began
 */
public record CacheStats(long bytes, long items, long evictions) {}
