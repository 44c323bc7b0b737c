package io.dawncache.core;

import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One get of many keys: sends each owner one request for all of its keys, and the origin one for
 * all of this node's keys; if the getter takes no request for many, those are loaded one by one.
 */
final class Bulk implements Gets.Sender {
  /*
   * The flights of all keys are registered before anything is sent, so a single get that comes
   * meanwhile joins them, and a key that is already in flight is joined and not asked for again.
   * Joining a new flight runs its work at once; here that work only notes the flight. Until `send`
   * those flights do not start, so nothing slow may come between.
   */
  private static final GetResult NO_RESULT = new GetResult(null, GetFailedException.WITHOUT_TEXT);

  private final Gets gets;
  private final Loads loads;
  private final Map<String, Waiter<Entry>> begun = new LinkedHashMap<>();
  private final Map<Owner.Remote, List<Fetch>> fetches = new HashMap<>();
  private final Feed feed;
  private @Nullable TraceContext trace; // of the first get that has one and begins a load here

  Bulk(Gets gets, Loads loads) {
    this.gets = gets;
    this.loads = loads;
    this.feed = new Feed(loads);
  }

  /** Gets {@code keys} for a user; see {@link Group#getAll(Collection, Duration, BiConsumer)}. */
  void getAll(
      Collection<String> keys,
      @Nullable Duration timeout,
      BiConsumer<String, ? super GetResult> callback) {
    Set<String> distinct = new LinkedHashSet<>(keys);
    distinct.forEach(key -> Keys.check(key, gets.config().maxKeyBytes()));
    Map<String, GetResult> hits = new LinkedHashMap<>();
    try {
      for (String key : distinct) {
        Entry hit = gets.lookUp(key);
        PendingGet wait =
            hit == null ? gets.begin(key, timeout, null, calling(callback, key), true) : null;
        if (hit != null) {
          hits.put(key, new GetResult(hit, null));
        } else if (wait != null) {
          gets.route(wait, this);
        }
      }
    } finally {
      send(); // whatever is thrown: the flights that were begun need their ends
    }
    hits.forEach((key, hit) -> call(callback, key, hit));
  }

  private Waiter<Entry> calling(BiConsumer<String, ? super GetResult> callback, String key) {
    return (entry, error) -> call(callback, key, resultOf(key, entry, error));
  }

  /** Calls a callback for one key; what it throws keeps no other key from its own call. */
  private static void call(
      BiConsumer<String, ? super GetResult> callback, String key, GetResult result) {
    try {
      callback.accept(key, result);
    } catch (Throwable t) {
      Uncaught.report(t);
    }
  }

  /** Returns how a get ended; never throws, because a caller waits for it. */
  private GetResult resultOf(String key, @Nullable Entry entry, @Nullable Throwable error) {
    try {
      return entry != null
          ? new GetResult(entry, null)
          : new GetResult(null, GetException.of(gets.group(), key, error));
    } catch (Throwable t) { // no memory
      return NO_RESULT;
    }
  }

  @Override
  public void fetch(Owner.Remote owner, Fetch fetch) {
    fetches.computeIfAbsent(owner, any -> new ArrayList<>()).add(fetch);
  }

  /** Joins {@code wait} to the load of its key, now or when there is a place. */
  @Override
  public void load(PendingGet wait) {
    if (loads.loadsManyAtOnce()) {
      loads.flights().join(wait.key(), (key, flight) -> begin(key, wait.trace(), flight), wait);
    } else {
      feed.add(wait);
    }
  }

  /**
   * A peer may name a key twice, and the key may be forgotten between the two:
   *
   * <ol>
   *   <li>the first begins a flight;
   *   <li>the key is forgotten, which detaches that flight;
   *   <li>the second begins another flight.
   * </ol>
   *
   * <p>One load then ends both.
   */
  private void begin(String key, @Nullable TraceContext its, Waiter<Entry> flight) {
    trace = trace == null ? its : trace;
    begun.merge(
        key,
        flight,
        (first, second) ->
            (entry, error) -> {
              first.ended(entry, error);
              second.ended(entry, error);
            });
  }

  /** Sends what was gathered; flights may end before this returns. */
  void send() {
    fetches.forEach((owner, itsFetches) -> Fetch.askAll(gets.handOff(), owner, itsFetches));
    if (!begun.isEmpty()) {
      loads.startAll(begun, trace);
    }
    feed.start();
  }
}
