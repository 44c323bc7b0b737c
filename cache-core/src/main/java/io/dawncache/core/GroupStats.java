package io.dawncache.core;

/**
 * A group's counters since it was added, under groupcache's names, and what it holds.
 *
 * <p>Each counter is exact. A snapshot taken while gets are in flight may show one side of an
 * identity before the other. When no get is in flight, these hold:
 *
 * <ul>
 *   <li>{@code gets == cacheHits + loads}: a get is answered from memory or is a miss;
 *   <li>{@code loadsDeduped == localLoads + localLoadErrs + peerLoads + peerErrors}: each that
 *       began has ended in one way;
 *   <li>{@code serverRequests <= gets}: a peer's request is a get too.
 * </ul>
 *
 * @param gets gets by callers and by peers with a valid key
 * @param cacheHits gets answered from memory at the first look
 * @param loads all other gets: {@code gets - cacheHits}
 * @param loadsDeduped keys passed to the getter, and fetches from peers, for gets and for
 *     refreshes, after singleflight; a call of a {@link BulkGetter} for 50 keys counts 50 here and
 *     below, and once in {@code loadTimes}
 * @param localLoads keys for which the getter answered with a value or with <em>not found</em>
 * @param localLoadErrs all other keys of the getter: rejected, failed, timed out, or overloaded
 * @param peerLoads fetches that a peer answered with a value or with <em>not found</em>
 * @param peerErrors all other fetches: rejected, failed, timed out, overloaded, unclear, or the
 *     peer could not be asked
 * @param serverRequests gets that came from peers
 * @param mainCache the values held of own keys, and the guests: values of keys that another node
 *     owns now
 * @param hotCache the held copies of other nodes' values
 * @param missingKeys the keys remembered as not found
 * @param events what else happened
 * @param loadTimes how long calls of the getter took
 * @since 0.1.0
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
   * {@return how many gets were misses: this node's memory held no answer when the get began} Such
   * a get waits for the key's owner or for the getter, alone or with others; it stays a miss
   * however it ends, also if it is refused as overloaded or is answered with an expired value at
   * last.
   */
  public long misses() {
    return gets - cacheHits;
  }
}
