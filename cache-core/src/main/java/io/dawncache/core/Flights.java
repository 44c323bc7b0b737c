package io.dawncache.core;

import io.dawncache.core.singleflight.Singleflight;

/**
 * What one group is asking for: loads of the origin, and fetches of other nodes. A flight that is
 * detached goes on for those who wait already; who comes later starts another.
 *
 * @param loads by key
 * @param fetches by key
 */
record Flights(Singleflight<String, Entry> loads, Singleflight<String, Entry> fetches) {
  Flights() {
    this(new Singleflight<>(), new Singleflight<>());
  }

  void detach(String key) {
    loads.detach(key);
    fetches.detach(key);
  }

  void detachAll() {
    loads.detachAll();
    fetches.detachAll();
  }
}
