package io.dawncache.bench.load;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/**
 * One thread's distributor: gives each request that is due to the connection that has had room for
 * the longest time, and counts how each ends. Belongs to one thread.
 */
final class Dispatcher {
  /*
   * Nothing is queued: the schedule knows when the next request is or was due, and as long as no
   * connection has room, it waits there. Its latency counts from when it was due all the same, so
   * that a server that stalls for a second is charged with all the requests of that second, and not
   * with the few that were in flight (that would be coordinated omission).
   *
   * Two things can delay a request. Either no connection has room: that is the server's doing, and
   * part of the latency. Or there was room and this thread was elsewhere: that is our own fault, and
   * is counted apart. Room that comes when there was none is noted with its time, so lateness of our
   * own begins when the request was due or when there was room again, whichever is later.
   */
  private final KeyChooser keys;
  private final double puts;
  private final KeyOwners owners;
  private final LongSupplier clock;
  private final SplittableRandom random;

  private Schedule schedule = Schedule.nothing();
  private final ArrayDeque<LoadConnection> ready = new ArrayDeque<>();
  private final List<LoadConnection> unflushed = new ArrayList<>();
  private long roomSinceNanos;
  private long inFlight; // measured or not
  private Tally warmUp = new Tally();
  private Tally measured = new Tally();

  /**
   * Makes a distributor without connections, and with nothing to send yet.
   *
   * @param puts the part of the requests that are puts, from 0 to 1
   * @param clock nanoseconds, of the schedule's clock
   */
  Dispatcher(KeyChooser keys, double puts, KeyOwners owners, LongSupplier clock, long seed) {
    this.keys = keys;
    this.puts = puts;
    this.owners = owners;
    this.clock = clock;
    this.random = new SplittableRandom(seed);
    this.roomSinceNanos = clock.getAsLong();
  }

  /** From now on sends what is due. */
  void begin(Schedule schedule) {
    this.schedule = schedule;
  }

  long nowNanos() {
    return clock.getAsLong();
  }

  /** A connection has room that it did not have; it may not be told so again before it is used. */
  void hasRoom(LoadConnection connection) {
    if (ready.isEmpty()) {
      roomSinceNanos = clock.getAsLong();
    }
    ready.add(connection);
  }

  /** A connection has ended. */
  void ended(LoadConnection connection) {
    ready.remove(connection);
    unflushed.remove(connection);
  }

  /** Sends what is due as far as there is room, and returns how many requests that were. */
  int dispatch() {
    long nowNanos = clock.getAsLong();
    int count = 0;
    while (!ready.isEmpty()) {
      long dueNanos = schedule.nextNanos(nowNanos);
      if (dueNanos > nowNanos) {
        break;
      }
      send(ready.remove(), dueNanos, nowNanos);
      count++;
    }
    for (LoadConnection connection : unflushed) {
      connection.flush();
    }
    unflushed.clear();
    return count;
  }

  private void send(LoadConnection connection, long dueNanos, long nowNanos) {
    boolean put = puts > 0 && random.nextDouble() < puts;
    int key = keys.next();
    while (put && !owners.owns(connection.target(), key)) {
      key = keys.next();
    }
    if (connection.isFlushed()) {
      unflushed.add(connection);
    }
    int bytes = connection.send(put, key, dueNanos, nowNanos);
    schedule.sent(dueNanos);
    inFlight++;
    Tally tally = tallyAt(dueNanos);
    tally.sent++;
    tally.sentPuts += put ? 1 : 0;
    tally.sentBytes += bytes;
    tally.sentLate(nowNanos - Math.max(dueNanos, roomSinceNanos));
    if (connection.hasRoom()) {
      ready.add(connection); // behind the others: they share the work
    }
  }

  /** A request has its answer. */
  void answered(
      boolean put, int status, long bodyBytes, boolean done, long dueNanos, long nowNanos) {
    inFlight--;
    Tally tally = tallyAt(dueNanos);
    tally.answered(put, status, bodyBytes, nowNanos - dueNanos, nowNanos);
    tally.putsNotDone += done ? 0 : 1;
  }

  /** A request will not be answered. */
  void failed(Failure failure, long dueNanos) {
    inFlight--;
    tallyAt(dueNanos).failed(failure);
  }

  /**
   * Returns where to count a request that was due then, or what happened then. What warms up never
   * counts with what is measured, not even if it ends late.
   */
  Tally tallyAt(long nanos) {
    return nanos >= schedule.measuredFromNanos() ? measured : warmUp;
  }

  /** Returns what has been measured since this was last called, and begins anew. */
  Tally takeMeasured() {
    Tally taken = measured;
    taken.backlog = schedule.backlog(clock.getAsLong());
    measured = new Tally();
    return taken;
  }

  /** Returns what the warm-up has counted since this was last called, and begins anew. */
  Tally takeWarmUp() {
    Tally taken = warmUp;
    taken.backlog = schedule.backlog(clock.getAsLong());
    warmUp = new Tally();
    return taken;
  }

  /** Returns whether a connection has room now. */
  boolean hasRoom() {
    return !ready.isEmpty();
  }

  /** Returns how many requests are sent and have not ended. */
  long inFlight() {
    return inFlight;
  }
}
