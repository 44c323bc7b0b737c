package io.dawncache.core;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The keys of one get of many that are to be loaded one by one: a few at a time, so that they do
 * not fill the queue of loads, which is bounded, with each other.
 */
final class Feed {
  /*
   * A key's load starts, or its wait joins the flight of another get, when a place is free. The end
   * of one frees its place for the next. A load may end on the thread that starts it, and would then
   * start the next inside itself; so places are counted, and who moves the count from 0 starts
   * loads until it has brought it back to 0.
   */
  private final Loads loads;
  private final Queue<PendingGet> rest = new ConcurrentLinkedQueue<>();
  private final AtomicInteger freePlaces = new AtomicInteger();

  Feed(Loads loads) {
    this.loads = loads;
  }

  void add(PendingGet wait) {
    rest.add(wait);
  }

  void start() {
    for (int places = loads.placesOfABulk(); places > 0 && !rest.isEmpty(); places--) {
      placeIsFree();
    }
  }

  private void placeIsFree() {
    if (freePlaces.getAndIncrement() == 0) {
      do {
        startNext();
      } while (freePlaces.decrementAndGet() > 0);
    }
  }

  /** Starts the next load that somebody still waits for. */
  private void startNext() {
    for (PendingGet wait = rest.poll(); wait != null; wait = rest.poll()) {
      if (!wait.hasLeft()) {
        start(wait);
        return;
      }
    }
  }

  private void start(PendingGet wait) {
    try {
      loads.join(
          wait.key(),
          (entry, error) -> {
            try {
              wait.ended(entry, error);
            } finally {
              placeIsFree();
            }
          });
    } catch (Throwable t) { // no memory
      wait.giveUp(t);
      placeIsFree();
    }
  }
}
