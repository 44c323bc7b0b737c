package io.dawncache.core;

/**
 * A group's counters since it began, under groupcache's names, and what it holds.
 *
 * <p>Each counter is exact; a snapshot taken while gets are in flight may show one side of an
 * identity before the other. At rest, when no get is in flight, these hold:
 *
 * <ul>
 *   <li>{@code gets == cacheHits + misses()}: a get is answered from memory or is a miss;
 *   <li>{@code loadsDeduped == localLoads + localLoadErrs + peerLoads + peerErrors}: what was begun
 *       has ended, one way each;
 *   <li>{@code serverRequests <= gets}: a peer's request is a get too.
 * </ul>
 *
 * @param gets gets by callers and by peers with a valid key
 * @param cacheHits gets answered from memory at the first look: with a value, with the memory that
 *     the key was not found, or with an expired value while the last load of its key has failed
 * @param loads groupcache's name for {@link #misses()}; how many loads ran, {@code localLoads} and
 *     {@code localLoadErrs} say
 * @param loadsDeduped keys that the getter was asked for, and fetches from peers, begun for them
 *     and for refreshes, after singleflight; a run of a {@link BulkGetter} for 50 keys counts 50
 *     here and below, and once in {@code loadTimes}
 * @param localLoads keys for which the getter answered, with a value or with <em>not found</em>
 * @param localLoadErrs keys of the getter that did not: rejected, failed, timed out, or overloaded
 * @param peerLoads fetches that a peer answered, with a value or with <em>not found</em>
 * @param peerErrors fetches that ended otherwise: rejected, failed, overloaded, or the peer could
 *     not be asked
 * @param serverRequests gets that came from peers
 * @param mainCache the values of own keys that are held
 * @param hotCache the copies of other nodes' values that are held
 * @param missingKeys the keys that are remembered as not found
 * @param events what else happened
 * @param loadTimes how long runs of the getter took
 */
public record GroupStats(
    long gets,
    long cacheHits,
    long loads,
    long loadsDeduped,
    long localLoads,
    long localLoadErrs,
    long peerLoads,
    long peerErrors,
    long serverRequests,
    CacheStats mainCache,
    CacheStats hotCache,
    CacheStats missingKeys,
    EventStats events,
    LoadTimeStats loadTimes) {
  /**
   * Returns how many gets were misses: this node's memory held no answer when the get began. Such a
   * get waits for the key's owner or for the getter, alone or with others; it stays a miss however
   * it ends, also if it is refused as overloaded or is answered with an expired value at last.
   */
  public long misses() {
    return gets - cacheHits;
  }
}
