package io.dawncache.core;

import io.dawncache.core.singleflight.Singleflight;

/**
 * One group's flights: loads from the origin, and fetches from other nodes. A detached flight goes
 * on for its waiters; the next caller starts another.
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
