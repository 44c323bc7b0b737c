package io.dawncache.core;

/** The counters of a group that most tests compare, and how many own values it holds. */
record Counts(
    long gets,
    long cacheHits,
    long loads,
    long loadsDeduped,
    long localLoads,
    long localLoadErrs,
    long peerLoads,
    long peerErrors,
    long serverRequests,
    long items) {
  static Counts of(Group group) {
    GroupStats stats = group.stats();
    return new Counts(
        stats.gets(),
        stats.cacheHits(),
        stats.loads(),
        stats.loadsDeduped(),
        stats.localLoads(),
        stats.localLoadErrs(),
        stats.peerLoads(),
        stats.peerErrors(),
        stats.serverRequests(),
        stats.mainCache().items());
  }
}
