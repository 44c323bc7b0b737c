package io.dawncache.core;

import io.dawncache.core.Explanation.Held;
import io.dawncache.core.Explanation.OnGet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Explains what a get of a key would do, without doing it: {@link Gets} and {@link Loads} decide by
 * the same questions. Counts nothing, and is no use of the key.
 */
final class Explainer {
  private static final int MOST_OWNERS = 3;

  private final CoarseClock clock;
  private final Owners owners;
  private final Memory memory;
  private final Peeks peeks;
  private final Flights flights;
  private final LastLoads lastLoads;

  Explainer(
      CoarseClock clock,
      Owners owners,
      Memory memory,
      Peeks peeks,
      Flights flights,
      LastLoads lastLoads) {
    this.clock = clock;
    this.owners = owners;
    this.memory = memory;
    this.peeks = peeks;
    this.flights = flights;
    this.lastLoads = lastLoads;
  }

  /** What a get does, and the node that it asks. */
  private record Way(OnGet onGet, @Nullable String from) {
    Way(OnGet onGet) {
      this(onGet, null);
    }
  }

  Explanation explain(String key) {
    long now = clock.now();
    Entry.Own main = memory.peekMain(key);
    if (main != null) {
      return held(main, main.isGuest() ? Held.GUEST : Held.OWN, wayOf(main, now));
    }
    Entry copy = memory.peekCopy(key);
    if (copy != null && !copy.isExpired(now)) {
      return held(copy, Held.COPY, new Way(OnGet.ANSWER));
    }
    Entry missing = memory.peekMissing(key);
    if (missing != null && !missing.isExpired(now)) {
      return held(missing, Held.NOT_FOUND, new Way(OnGet.ANSWER_NOT_FOUND));
    }
    return explanation(key, Held.NOTHING, null, onMiss(key));
  }

  private Way wayOf(Entry.Own entry, long now) {
    if (entry.isGuest()) {
      return entry.answersAt(now) ? new Way(OnGet.ANSWER) : onMiss(entry.key());
    }
    if (!entry.isExpired(now)) {
      return new Way(now < entry.loadDueNanos() ? OnGet.ANSWER : OnGet.ANSWER_AND_REFRESH);
    }
    return entry.outlivesAFailure(now) && now < memory.end(entry)
        ? new Way(OnGet.ANSWER_STALE)
        : onMiss(entry.key());
  }

  private Way onMiss(String key) {
    Iterator<Owner> acting = owners.of(key);
    if (acting.hasNext() && acting.next() instanceof Owner.Remote owner && peeks.mayFetch(key)) {
      return flights.fetches().isInFlight(key)
          ? new Way(OnGet.JOIN)
          : new Way(OnGet.FETCH, owner.url());
    }
    if (flights.loads().isInFlight(key)) {
      return new Way(OnGet.JOIN);
    }
    Owner.Remote former = peeks.source(key);
    return former == null ? new Way(OnGet.LOAD) : new Way(OnGet.PEEK, former.url());
  }

  private Explanation held(Entry entry, Held held, Way way) {
    return explanation(entry.key(), held, entry, way);
  }

  private Explanation explanation(String key, Held held, @Nullable Entry entry, Way way) {
    long leftNanos = entry == null ? CoarseClock.NEVER : clock.leftUntil(entry.expiresNanos());
    return new Explanation(
        key,
        ownersOf(key),
        held,
        entry == null ? 0 : entry.value().length(),
        entry == null ? null : entry.metadata(),
        leftNanos == CoarseClock.NEVER ? null : Duration.ofNanos(Math.max(0, leftNanos)),
        leftNanos <= 0,
        lastLoads.of(key, clock.exact()),
        way.onGet(),
        way.from());
  }

  private List<String> ownersOf(String key) {
    List<String> urls = new ArrayList<>();
    Iterator<Owner> all = owners.all(key);
    while (all.hasNext() && urls.size() < MOST_OWNERS) {
      urls.add(all.next().url());
    }
    return urls;
  }
}
