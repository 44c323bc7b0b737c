package io.dawncache.core;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The keys of one bulk get that are loaded one by one: only a few at a time, so that they do not
 * fill the bounded queue of loads.
 */
final class Feed {
  /*
   * When a place is free, a key's load starts, or its wait joins the flight of another get. When it
   * ends, it frees its place for the next key. A load may end on the thread that starts it, and
   * would then start the next one inside itself. So free places are counted: the thread that moves
   * the count from 0 starts loads until it has brought the count back to 0.
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
    for (int places = loads.maxLoadsOfABulk(); places > 0 && !rest.isEmpty(); places--) {
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

  /** Starts the next load that a caller still waits for. */
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
          wait.trace(),
          (entry, error) -> {
            try {
              wait.ended(entry, error);
            } finally {
              placeIsFree();
            }
          });
    } catch (Throwable t) { // out of memory
      wait.giveUp(t);
      placeIsFree();
    }
  }
}
