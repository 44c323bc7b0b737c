package io.dawncache.micrometer;

import io.dawncache.core.CacheStats;
import io.dawncache.core.EventStats;
import io.dawncache.core.Group;
import io.dawncache.core.GroupStats;
import io.dawncache.core.LoadListener;
import io.dawncache.core.LoadOutcome;
import io.dawncache.server.ServerStats.GroupReport;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The meters of one group. */
final class GroupMeters {
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofNanos(2_500_000),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2_500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10)
  };

  private final Group group;
  private final MeterSet meters;
  private final Samples samples;
  private final Tags tags;
  private final LoadListener listener;

  GroupMeters(Group group, MeterSet meters, Samples samples) {
    this.group = group;
    this.meters = meters;
    this.samples = samples;
    this.tags = Tags.of("group", group.name());
    registerAsEveryCache(Tags.of("cache", group.name()));
    registerHeld();
    registerActivity();
    registerEvents();
    Map<LoadOutcome, Timer> timers = loadTimers();
    this.listener = (outcome, time) -> Objects.requireNonNull(timers.get(outcome)).record(time);
    group.addLoadListener(listener);
  }

  /** Removes the meters; returns true. */
  boolean close() {
    group.removeLoadListener(listener);
    meters.removeAll();
    return true;
  }

  /** The names, and what they mean, are those of Micrometer's binders for other caches. */
  private void registerAsEveryCache(Tags cache) {
    meters.gauge(
        "cache.size", "The number of entries in this cache.", cache, of(GroupMeters::entries));
    meters.counter(
        "cache.gets",
        "The number of times cache lookup methods have returned a cached value.",
        cache.and("result", "hit"),
        ofStats(GroupStats::cacheHits));
    meters.counter(
        "cache.gets",
        "The number of times cache lookup methods have returned a cached value.",
        cache.and("result", "miss"),
        ofStats(GroupStats::misses));
    meters.counter(
        "cache.puts",
        "The number of entries added to the cache: the loads that the origin answered.",
        cache,
        ofStats(GroupStats::localLoads));
    meters.counter(
        "cache.evictions",
        "The number of entries that left to make room.",
        cache,
        ofStats(
            stats ->
                stats.mainCache().evictions()
                    + stats.hotCache().evictions()
                    + stats.missingKeys().evictions()));
    meters.counter(
        "cache.load",
        "The number of keys for which the origin was asked.",
        cache.and("result", "success"),
        ofStats(GroupStats::localLoads));
    meters.counter(
        "cache.load",
        "The number of keys for which the origin was asked.",
        cache.and("result", "failure"),
        ofStats(GroupStats::localLoadErrs));
    meters.time(
        "cache.load.duration",
        "The time that loads have taken, all together.",
        cache,
        ofStats(stats -> stats.loadTimes().totalTime().toNanos()));
  }

  private static double entries(GroupReport report) {
    GroupStats stats = report.stats();
    return stats.mainCache().items() + stats.hotCache().items() + stats.missingKeys().items();
  }

  private void registerHeld() {
    meters.bytes(
        "dawncache.budget.bytes",
        "What the group's entries may take; 0 for unbounded.",
        tags,
        of(report -> report.config().maxBytes()));
    registerRegion("main", GroupStats::mainCache);
    registerRegion("hot", GroupStats::hotCache);
    registerRegion("missing", GroupStats::missingKeys);
  }

  private void registerRegion(String name, Function<GroupStats, CacheStats> region) {
    Tags ofRegion = tags.and("region", name);
    meters.bytes(
        "dawncache.held.bytes",
        "The heap that entries take: own values and guests (main), copies (hot), keys not found.",
        ofRegion,
        ofStats(stats -> region.apply(stats).bytes()));
    meters.gauge(
        "dawncache.entries",
        "The number of entries.",
        ofRegion,
        ofStats(stats -> region.apply(stats).items()));
    meters.counter(
        "dawncache.evictions",
        "Entries that left to make room.",
        ofRegion,
        ofStats(stats -> region.apply(stats).evictions()));
  }

  private void registerActivity() {
    meters.gauge(
        "dawncache.gets.waiting",
        "Gets that wait for a load or a fetch.",
        tags,
        of(report -> report.activity().waitingGets()));
    meters.gauge(
        "dawncache.loads.running",
        "Loads that the origin has not answered.",
        tags,
        of(report -> report.activity().runningLoads()));
    meters.gauge(
        "dawncache.loads.queued",
        "Loads that wait for their turn.",
        tags,
        of(report -> report.activity().queuedLoads()));
    meters.gauge(
        "dawncache.loads.abandoned",
        "Threads that still run the getter of a load that has timed out.",
        tags,
        of(report -> report.activity().abandonedThreads()));
  }

  private void registerEvents() {
    meters.gauge(
        "dawncache.hottest.share",
        "The share of the hottest key in the gets of the keys that this node owns, 0 to 1.",
        tags,
        of(report -> report.hotKeys().isEmpty() ? 0 : report.hotKeys().get(0).share()));
    event("dawncache.hits.hot", "Gets answered with a copy.", EventStats::hotHits);
    event("dawncache.hits.missing", "Gets answered not found.", EventStats::notFoundHits);
    event("dawncache.hits.stale", "Gets answered with expired values.", EventStats::staleServed);
    event("dawncache.refreshes", "Values loaded again before their end.", EventStats::refreshes);
    event("dawncache.expired", "Entries that left at their end.", EventStats::expired);
    event(
        "dawncache.evicted.age.seconds",
        "For how long the own values that left to make room had been held, all together.",
        EventStats::evictedAgeSeconds);
    event("dawncache.removed", "Keys or the whole group forgotten.", EventStats::removed);
    event("dawncache.overloaded", "Gets and loads refused at a bound.", EventStats::overloaded);
    event("dawncache.not.kept", "Values not kept after a change.", EventStats::notKept);
    event("dawncache.too.large", "Values that the budget cannot hold.", EventStats::tooLarge);
    event(
        "dawncache.unreadable",
        "Values that a codec could not read, forgotten.",
        EventStats::unreadable);
    event("dawncache.hedges", "Second loads beside slow ones.", EventStats::hedges);
    event("dawncache.peeks", "Keys looked for at former owners.", EventStats::peeks);
    event("dawncache.peeks.found", "Keys found at former owners.", EventStats::peekHits);
    event("dawncache.offered", "Values offered to their owners.", EventStats::offered);
    event("dawncache.taken", "Values taken over when offered.", EventStats::taken);
    fetchedBytes("own", EventStats::bytesWithinZone);
    fetchedBytes("other", EventStats::bytesAcrossZones);
    meters.counter(
        "dawncache.answered.peers",
        "Gets that came from other nodes.",
        tags,
        ofStats(GroupStats::serverRequests));
  }

  private void event(String name, String description, ToDoubleFunction<EventStats> value) {
    meters.counter(name, description, tags, ofStats(stats -> value.applyAsDouble(stats.events())));
  }

  private void fetchedBytes(String zone, ToDoubleFunction<EventStats> value) {
    meters.counter(
        "dawncache.fetched.bytes",
        "The lengths of fetched values together, by their owners' zone.",
        tags.and("zone", zone),
        ofStats(stats -> value.applyAsDouble(stats.events())));
  }

  private Map<LoadOutcome, Timer> loadTimers() {
    Map<LoadOutcome, Timer> timers = new EnumMap<>(LoadOutcome.class);
    for (LoadOutcome outcome : LoadOutcome.values()) {
      timers.put(
          outcome,
          meters.timer(
              "dawncache.load",
              "How long calls of the getter took, with their time in the queue.",
              tags.and("outcome", outcome.name().toLowerCase(Locale.ROOT)),
              BUCKETS));
    }
    return timers;
  }

  private DoubleSupplier ofStats(ToDoubleFunction<GroupStats> value) {
    return of(report -> value.applyAsDouble(report.stats()));
  }

  /** Returns a value of the present sample; not a number while the group is not in it. */
  private DoubleSupplier of(ToDoubleFunction<GroupReport> value) {
    return () -> {
      GroupReport report = samples.present().groups().get(group.name());
      return report == null ? Double.NaN : value.applyAsDouble(report);
    };
  }
}
