package io.dawncache.server.inbound;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Lets the connections of one event loop write long answers by turns, a few in each round of the
 * loop, so that what is short passes between them.
 *
 * <p>Belongs to the event loop.
 */
final class Turns {
  /*
   * Without turns each connection would write for as long as its socket takes bytes, which is
   * megabytes: a thousand clients that ask for large values would keep the loop for a second before
   * it looks at any other connection.
   *
   * A round is a task that the loop has as a scheduled one, already due: the loop takes those up
   * when it has looked at its sockets again. A plain task would run before that, together with the
   * one that it makes, for as long as the loop gives to tasks.
   *
   * A turn that throws, or whose connection has closed, ends like any other. A turn holds no bytes:
   * what waits is in the account of its connection.
   */
  static final int ROUND_BYTES = 256 << 10;

  private final Executor nextRound;
  private final ArrayDeque<Turn> waiting = new ArrayDeque<>();
  private boolean roundIsDue;

  /**
   * Makes the turns of one event loop.
   *
   * @param nextRound runs a task of the loop when that has looked at its sockets again
   */
  Turns(Executor nextRound) {
    this.nextRound = nextRound;
  }

  static Turns of(EventExecutor loop) {
    return new Turns(round -> loop.schedule(round, 0, TimeUnit.NANOSECONDS));
  }

  /** The turns of one connection, one after the other. */
  final class Turn {
    private final LongSupplier take;
    private boolean waits;

    private Turn(LongSupplier take) {
      this.take = take;
    }

    /** Takes a place in the queue, unless it has one. */
    void ask() {
      if (!waits) {
        waiting.add(this);
        waits = true;
      }
      makeRoundDue();
    }

    private long take() {
      waits = false;
      return take.getAsLong();
    }
  }

  /**
   * Returns the turns of a connection.
   *
   * @param take writes when it is the connection's turn, and returns how many bytes; it asks again
   *     if there is more to write
   */
  Turn turn(LongSupplier take) {
    return new Turn(take);
  }

  private void makeRoundDue() {
    if (!roundIsDue) {
      nextRound.execute(this::round);
      roundIsDue = true;
    }
  }

  private void round() {
    roundIsDue = false;
    int turns = waiting.size(); // each connection has one turn a round
    long bytes = 0;
    try {
      for (; turns > 0 && bytes < ROUND_BYTES; turns--) {
        bytes += waiting.remove().take();
      }
    } finally {
      if (!waiting.isEmpty()) {
        makeRoundDue();
      }
    }
  }
}
