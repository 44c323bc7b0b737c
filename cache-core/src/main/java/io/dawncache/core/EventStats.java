package io.dawncache.core;

/**
 * What else has happened in a group since it was added, besides what groupcache counts. Hits of
 * copies, hits of keys remembered as not found, and stale answers at the first look are among the
 * {@code cacheHits}.
 *
 * @param hotHits gets answered with a copy of another node's value
 * @param notFoundHits gets answered because the key is remembered as not found
 * @param staleServed gets answered with an expired value because the origin failed
 * @param refreshes values loaded again before their end
 * @param expired entries that left because they had expired
 * @param evictedAgeSeconds for how long the own values and guests that left to make room had been
 *     held, all together; divided by the evictions of the main cache it is their mean age. Counted
 *     in steps of 8.6 s, and an age of more than 6.5 days counts less
 * @param removed how often this node forgot a key, which a put causes too, or the group, whether it
 *     held anything or not
 * @param overloaded gets and loads refused because a bound was reached
 * @param notKept values that were not kept because their key was forgotten while they were loaded
 * @param tooLarge values that were loaded or put and not kept, because the budget cannot hold them
 * @param unreadable values that a {@link TypedGroup} could not decode, and therefore forgot here
 * @param hedges second loads started beside slow ones
 * @param bulkRequests requests of peers for many keys at once; each of their keys is also a {@code
 *     serverRequest}
 * @param peeks keys that this node came to own and looked for in their former owners' memory
 * @param peekHits how many of them were there, and so were not loaded
 * @param offered values that this node offered to the members that own their keys now, because it
 *     leaves, or because they have joined or come back
 * @param taken values that this node took over from members that had offered them
 * @param handedOver how often another member took over the changes that this node still had to send
 *     to a member when it left, or its journal of changes
 * @param notHandedOver how often no member did
 * @param bytesWithinZone the lengths of all fetched values together whose owners are in this node's
 *     zone, or in a zone that it does not know
 * @param bytesAcrossZones the same of values whose owners are in another zone
 * @param unheard events that were dropped because a listener did not keep up
 * @since 0.1.0
 */
public record EventStats(
    long hotHits,
    long notFoundHits,
    long staleServed,
    long refreshes,
    long expired,
    long evictedAgeSeconds,
    long removed,
    long overloaded,
    long notKept,
    long tooLarge,
    long unreadable,
    long hedges,
    long bulkRequests,
    long peeks,
    long peekHits,
    long offered,
    long taken,
    long handedOver,
    long notHandedOver,
    long bytesWithinZone,
    long bytesAcrossZones,
    long unheard) {}
