package io.dawncache.core;

import java.util.concurrent.atomic.LongAdder;

/** A group's counters while they count; {@link GroupStats} tells what each one means. */
final class Counters {
  final LongAdder gets = new LongAdder();
  final LongAdder cacheHits = new LongAdder();
  final LongAdder loads = new LongAdder();
  final LongAdder loadsDeduped = new LongAdder();
  final LongAdder localLoads = new LongAdder();
  final LongAdder localLoadErrs = new LongAdder();
  final LongAdder peerLoads = new LongAdder();
  final LongAdder peerErrors = new LongAdder();
  final LongAdder serverRequests = new LongAdder();

  GroupStats snapshot(CacheStats mainCache) {
    return new GroupStats(
        gets.sum(),
        cacheHits.sum(),
        loads.sum(),
        loadsDeduped.sum(),
        localLoads.sum(),
        localLoadErrs.sum(),
        peerLoads.sum(),
        peerErrors.sum(),
        serverRequests.sum(),
        mainCache);
  }
}
