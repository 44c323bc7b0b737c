package io.dawncache.core;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Decides where an arrived value is kept, and what it is there: own, guest, copy, or nothing. */
final class Keeper {
  /*
   * A value in main is an own value if this node owns its key now, and a guest if not. Owners may
   * change between the owner check and the put:
   *   1. this node checks, and owns the key;
   *   2. a new list is published, and rehome sweeps without finding the key;
   *   3. this node puts the value.
   * So the node checks again after the put, and after each change that a check has led to. A list
   * that is published after the last check is swept after it, and finds the key. A copy of a key
   * that this node has come to own is dropped in the same way.
   *
   * The picker may be the user's, so it is not called under Memory's locks.
   */

  /**
   * A fetch from another zone that a copy saves counts as this many: the network charges for the
   * bytes, and the answer takes about a millisecond, several times as long as within the zone.
   */
  private static final double ACROSS_ZONES = 4;

  private final PresentConfig config;
  private final CoarseClock clock;
  private final Owners owners;
  private final Memory memory;
  private final Counters counters;
  private final ContentTypes contentTypes = new ContentTypes();

  Keeper(PresentConfig config, CoarseClock clock, Owners owners, Memory memory, Counters counters) {
    this.config = config;
    this.clock = clock;
    this.owners = owners;
    this.memory = memory;
    this.counters = counters;
  }

  /** Returns an own value whose TTL begins now. */
  Entry.Own own(String key, ByteView value, long ttlNanos) {
    Duration soft = config.now().refreshAfterWrite();
    long softNanos = soft == null ? CoarseClock.NEVER : soft.toNanos();
    return new Entry.Own(
        key, contentTypes.share(value), clock.endOf(ttlNanos), clock.endOf(softNanos));
  }

  /** Returns the own value of a loaded answer, whose times come before the group's. */
  Entry.Own loaded(String key, ByteView value, long ttlNanos, Loaded loaded) {
    Duration soft =
        loaded.refreshAfter() == null ? config.now().refreshAfterWrite() : loaded.refreshAfter();
    long endNanos = clock.endOf(ttlNanos);
    long refreshNanos = soft == null ? CoarseClock.NEVER : clock.endOf(nanos(soft));
    ByteView sharing = contentTypes.share(value);
    Duration stale = loaded.staleIfError();
    return stale == null
        ? new Entry.Own(key, sharing, endNanos, refreshNanos)
        : new Entry.Graced(key, sharing, endNanos, refreshNanos, nanos(stale));
  }

  private static long nanos(Duration time) {
    return TimeUnit.NANOSECONDS.convert(time); // the longest ones are NEVER
  }

  /**
   * Returns an own value that a former owner has answered.
   *
   * @param begunNanos when it was asked, from when the TTL counts
   * @param certain whether it has missed no change; else the value is kept no longer than a copy
   */
  Entry.Own peeked(String key, ByteView value, long ttlNanos, long begunNanos, boolean certain) {
    long expiresNanos = CoarseClock.end(begunNanos, ttlNanos);
    ByteView sharing = contentTypes.share(value);
    if (!certain) {
      return new Entry.Unsure(key, sharing, Math.min(expiresNanos, hotEnd(begunNanos)));
    }
    Duration soft = config.now().refreshAfterWrite();
    long softNanos = soft == null ? CoarseClock.NEVER : soft.toNanos();
    return new Entry.Own(key, sharing, expiresNanos, CoarseClock.end(begunNanos, softNanos));
  }

  /** Returns a loaded answer's TTL: the getter's, or else the group's; with jitter. */
  long ttlNanos(Loaded loaded) {
    Duration ttl = loaded.ttl();
    if (ttl == null) {
      ttl = loaded.value() == null ? config.now().negativeTtl() : config.now().ttl();
    }
    if (ttl == null) {
      return CoarseClock.NEVER;
    }
    double kept = 1 - config.now().ttlJitter() * ThreadLocalRandom.current().nextDouble();
    return (long) (TimeUnit.NANOSECONDS.convert(ttl) * kept);
  }

  /** Keeps a loaded value: as an own value, or as a guest if another node owns the key. */
  void keep(Entry.Own entry, long generation) {
    String key = entry.key();
    boolean ours = owners.isSelf(key);
    boolean kept = ours ? memory.keepOwn(entry, generation) : memory.keepGuest(entry, generation);
    if (kept) {
      settle(entry);
    } else {
      noteFenced(key, generation);
    }
  }

  /** Keeps a fetched value as a copy if it is still valid and popular at its owner. */
  void keepFetched(
      Entry fetched, double minuteQps, boolean acrossZones, long begunNanos, long generation) {
    String key = fetched.key();
    boolean wanted = minuteQps > 0; // NaN is no rate
    boolean holds = fetched.expiresNanos() > clock.exact();
    if (wanted && holds && !owners.isSelf(key)) {
      ByteView value = contentTypes.share(fetched.value());
      Entry.Copy copy = new Entry.Copy(key, value, fetched.expiresNanos(), hotEnd(begunNanos));
      keepCopy(copy, acrossZones ? ACROSS_ZONES * minuteQps : minuteQps, generation);
    }
  }

  /** Remembers for a while that an own key is not found, and drops its older value. */
  void keepMissing(String key, long ttlNanos, long generation) {
    boolean remembered = ttlNanos > 0 && owners.isSelf(key);
    long end = remembered ? clock.endOf(ttlNanos) : 0;
    memory.keepMissing(new Entry.Missing(key, end), generation);
  }

  /** Holds a value that was put, instead of any other value; see {@link Memory#replace}. */
  void replace(Entry.Own successor, Runnable detach) {
    memory.replace(successor, detach);
    settle(successor);
  }

  /** Turns every value whose owner has changed into what it is now, or drops it. */
  void rehome() {
    memory.rehome(owners::isSelf, this::settle);
  }

  private void keepCopy(Entry.Copy copy, double minuteQps, long generation) {
    if (!memory.keepCopy(copy, minuteQps, generation)) {
      noteFenced(copy.key(), generation);
    } else if (owners.isSelf(copy.key())) {
      memory.dropCopy(copy);
    }
  }

  /** Makes a value of main what it is by the present member list. */
  private void settle(Entry.Own entry) {
    boolean ours = owners.isSelf(entry.key());
    while (entry.isGuest() == ours && memory.become(entry, ours)) {
      ours = owners.isSelf(entry.key());
    }
  }

  private long hotEnd(long fromNanos) {
    return CoarseClock.end(fromNanos, config.now().hotTtl().toNanos());
  }

  private void noteFenced(String key, long generation) {
    if (memory.generation(key) != generation) {
      counters.notKept.increment();
    }
  }
}
