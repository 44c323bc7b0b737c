package io.dawncache.core;

import io.dawncache.core.singleflight.Singleflight;
import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One get of many keys: gathers what it needs, then sends each owner one request for all of its
 * keys and the origin one for all of this node's, or loads those one by one if it answers no
 * request for many.
 */
final class Bulk {
  /*
   * For requests for many keys, a flight a key is registered before anything leaves, so a single get that comes meanwhile joins
   * it, and a key that is already in flight is joined and not asked for again. To join runs a
   * flight's work at once if it starts it; here that work only notes the flight. Until `send` those
   * flights stand still: nothing slow may come between.
   */
  private final Group group;
  private final Loads loads;
  private final Map<String, Waiter<Entry>> begun = new LinkedHashMap<>();
  private final Map<Peer, List<Fetch>> fetches = new HashMap<>();
  private final Feed feed;

  Bulk(Group group, Loads loads) {
    this.group = group;
    this.loads = loads;
    this.feed = new Feed(loads);
  }

  /** Has {@code wait} join the flight of a key of this node's, now or when there is a place. */
  void load(Wait wait) {
    if (loads.loadsManyAtOnce()) {
      loads.flights().join(wait.key(), this::begin, wait);
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
  private void begin(String key, Waiter<Entry> flight) {
    begun.merge(
        key,
        flight,
        (first, second) ->
            (entry, error) -> {
              first.ended(entry, error);
              second.ended(entry, error);
            });
  }

  /** Has {@code wait} join the flight of another's key. */
  void fetch(
      Singleflight<String, Entry> flights, Wait wait, Peer owner, Iterator<Peer> nextOwners) {
    flights.join(
        wait.key(),
        (key, flight) ->
            fetches
                .computeIfAbsent(owner, any -> new ArrayList<>())
                .add(group.fetch(key, nextOwners, wait.left(), flight)),
        wait);
  }

  /** Sends what was gathered; flights may end before this returns. */
  void send() {
    fetches.forEach((owner, journeys) -> Fetch.askAll(group, owner, journeys));
    if (!begun.isEmpty()) {
      loads.startAll(begun);
    }
    feed.start();
  }
}
