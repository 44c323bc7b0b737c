package io.dawncache.core;

import java.util.concurrent.atomic.LongAdder;

/** A group's live counters; {@link GroupStats} and {@link EventStats} explain each one. */
final class Counters {
  final LongAdder cacheHits = new LongAdder();
  final LongAdder loads = new LongAdder();
  final LongAdder loadsDeduped = new LongAdder();
  final LongAdder localLoads = new LongAdder();
  final LongAdder localLoadErrs = new LongAdder();
  final LongAdder peerLoads = new LongAdder();
  final LongAdder peerErrors = new LongAdder();
  final LongAdder serverRequests = new LongAdder();

  final LongAdder hotHits = new LongAdder();
  final LongAdder notFoundHits = new LongAdder();
  final LongAdder staleServed = new LongAdder();
  final LongAdder refreshes = new LongAdder();
  final LongAdder expired = new LongAdder();
  final LongAdder evictedAgeUnits = new LongAdder();
  final LongAdder removed = new LongAdder();
  final LongAdder overloaded = new LongAdder();
  final LongAdder notKept = new LongAdder();
  final LongAdder tooLarge = new LongAdder();
  final LongAdder unreadable = new LongAdder();
  final LongAdder hedges = new LongAdder();
  final LongAdder bulkRequests = new LongAdder();
  final LongAdder peeks = new LongAdder();
  final LongAdder peekHits = new LongAdder();
  final LongAdder offered = new LongAdder();
  final LongAdder taken = new LongAdder();
  final LongAdder handedOver = new LongAdder();
  final LongAdder notHandedOver = new LongAdder();
  final LongAdder bytesWithinZone = new LongAdder();
  final LongAdder bytesAcrossZones = new LongAdder();

  GroupStats snapshot(Memory memory, LoadTimes loadTimes, long unheard) {
    long hits = cacheHits.sum();
    long misses = loads.sum();
    return new GroupStats(
        hits + misses, // so that a hit counts once
        hits,
        misses,
        loadsDeduped.sum(),
        localLoads.sum(),
        localLoadErrs.sum(),
        peerLoads.sum(),
        peerErrors.sum(),
        serverRequests.sum(),
        memory.mainStats(),
        memory.hotStats(),
        memory.missingStats(),
        events(unheard),
        loadTimes.snapshot());
  }

  private EventStats events(long unheard) {
    return new EventStats(
        hotHits.sum(),
        notFoundHits.sum(),
        staleServed.sum(),
        refreshes.sum(),
        expired.sum(),
        (long) (evictedAgeUnits.sum() * Entry.AGE_UNIT_SECONDS),
        removed.sum(),
        overloaded.sum(),
        notKept.sum(),
        tooLarge.sum(),
        unreadable.sum(),
        hedges.sum(),
        bulkRequests.sum(),
        peeks.sum(),
        peekHits.sum(),
        offered.sum(),
        taken.sum(),
        handedOver.sum(),
        notHandedOver.sum(),
        bytesWithinZone.sum(),
        bytesAcrossZones.sum(),
        unheard);
  }
}
