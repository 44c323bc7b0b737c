package io.dawncache.core;

/**
 * What else has happened in a group since it began, beside what groupcache counts. Hits by copies,
 * by what is known to be missing, and stale answers given at the first look are among the {@code
 * cacheHits}.
 *
 * @param hotHits gets answered by a copy of another node's value
 * @param notFoundHits gets answered by the memory that the key was not found
 * @param staleServed gets answered with an expired value because the origin failed
 * @param refreshes values loaded anew before their end
 * @param expired entries that left because their end had come
 * @param removed times that this node was told to forget a key, which a put does too, or the group;
 *     whether it held any of it or not
 * @param overloaded gets and loads refused because a bound was reached
 * @param notKept values that were not kept because their key was forgotten while they were loaded
 * @param tooLarge values that were loaded or put and not kept, because the budget cannot hold them
 * @param hedges second loads begun beside slow ones
 * @param bulkRequests requests of peers for many keys at once; each of their keys is also a {@code
 *     serverRequest}
 * @param unheard events that were dropped because a listener did not keep up
 */
public record EventStats(
    long hotHits,
    long notFoundHits,
    long staleServed,
    long refreshes,
    long expired,
    long removed,
    long overloaded,
    long notKept,
    long tooLarge,
    long hedges,
    long bulkRequests,
    long unheard) {}
