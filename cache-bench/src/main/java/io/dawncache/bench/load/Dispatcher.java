package io.dawncache.bench.load;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/**
 * Distributes the requests of one thread: gives each request that is due to the connection that has
 * had room for the longest time, and counts how each ends. Confined to one thread.
 */
final class Dispatcher {
  /*
   * Nothing is queued: the schedule knows when the next request is or was due, and while no
   * connection has room, the request waits there. Its latency still counts from when it was due, so
   * that a server that stalls for a second is charged with all the requests of that second, and not
   * only with the few in flight (that would be coordinated omission).
   *
   * Two things can delay a request. If no connection has room, the server is the cause, and the
   * delay is part of the latency. If there is room but this thread is late, the generator is the
   * cause, and the delay is also counted separately. When there is room again after none, its time
   * is noted, so the generator's lateness begins when the request was due or when there was room
   * again, whichever is later.
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
  private long inFlight; // whether measured or not
  private Tally warmUp = new Tally();
  private Tally measured = new Tally();

  /**
   * Makes a dispatcher without connections, and with nothing to send yet.
   *
   * @param puts the fraction of the requests that are puts, from 0 to 1
   * @param clock the schedule's clock, in nanoseconds
   */
  Dispatcher(KeyChooser keys, double puts, KeyOwners owners, LongSupplier clock, long seed) {
    this.keys = keys;
    this.puts = puts;
    this.owners = owners;
    this.clock = clock;
    this.random = new SplittableRandom(seed);
    this.roomSinceNanos = clock.getAsLong();
  }

  /** Starts to send what is due. */
  void begin(Schedule schedule) {
    this.schedule = schedule;
  }

  long nowNanos() {
    return clock.getAsLong();
  }

  /** A connection has room again; call this once until the room is used. */
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

  /** Sends what is due as far as there is room, and returns how many requests it sent. */
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
      ready.add(connection); // at the end, so that all connections share the work
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
   * Returns the tally for a request that was due at {@code nanos}, or for an event then. A request
   * of the warm-up never counts as measured, even if it ends late.
   */
  Tally tallyAt(long nanos) {
    return nanos >= schedule.measuredFromNanos() ? measured : warmUp;
  }

  /** Returns what has been measured since the last call, and starts again from zero. */
  Tally takeMeasured() {
    Tally taken = measured;
    taken.backlog = schedule.backlog(clock.getAsLong());
    measured = new Tally();
    return taken;
  }

  /** Returns what the warm-up has counted since the last call, and starts again from zero. */
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
