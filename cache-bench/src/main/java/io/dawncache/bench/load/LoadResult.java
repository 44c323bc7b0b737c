package io.dawncache.bench.load;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a run.
 *
 * @param began when it began, by the wall clock
 * @param measuredFromNanos when the measurement began
 * @param total everything measured
 * @param seconds the whole seconds that were measured, or the only one
 * @param stopped whether a user ended it early
 * @param abandoned why it could not continue; null if it could
 */
record LoadResult(
    LoadPlan plan,
    Instant began,
    long measuredFromNanos,
    Tally total,
    List<SecondRow> seconds,
    boolean stopped,
    @Nullable String abandoned) {
  private static final double RATE_KEPT = 0.99;
  private static final long OWN_LATENESS_NANOS = 10_000_000; // for one request in a hundred

  /** Returns the time from the start of the measurement to the last answer. */
  long elapsedNanos() {
    long elapsed = total.answered() == 0 ? 0 : total.lastAnswerNanos - measuredFromNanos;
    return stopped || abandoned != null ? elapsed : Math.max(elapsed, plan.windowNanos());
  }

  /** Returns the answers per second. */
  double ratePerSecond() {
    return elapsedNanos() <= 0 ? 0 : total.answered() * 1e9 / elapsedNanos();
  }

  /** Returns whether any answer has arrived. */
  boolean isAnswered() {
    return total.answered() > 0;
  }

  /** Returns whether any request was answered successfully. */
  boolean isServed() {
    return total.served() > 0;
  }

  /** Returns whether the plan's rate was kept; a closed loop has no rate. */
  boolean keptRate() {
    return shortfalls().isEmpty();
  }

  /** Returns why the rate was not kept, one sentence per reason. */
  List<String> shortfalls() {
    List<String> shortfalls = new ArrayList<>();
    if (!plan.isOpen()) {
      return shortfalls;
    }
    if (total.unsent > 0) {
      shortfalls.add(
          Quantity.count(total.unsent)
              + " requests that were due had not been sent at the end, for no connection had room:"
              + " answers came too slowly for "
              + Quantity.count((long) plan.connections() * plan.depth())
              + " requests in flight.");
    }
    long lateNanos = total.sentLate.getValueAtPercentile(99);
    if (lateNanos > OWN_LATENESS_NANOS) {
      shortfalls.add(
          "The generator itself was late: one request in a hundred went out "
              + Quantity.time(lateNanos)
              + " or more after it could have (expected: less than "
              + Quantity.time(OWN_LATENESS_NANOS)
              + "), which the latencies include. It needs more CPU, or more threads.");
    }
    if (!stopped && ratePerSecond() < RATE_KEPT * plan.rate()) {
      shortfalls.add(
          Quantity.rate(ratePerSecond())
              + " were answered of "
              + Quantity.rate(plan.rate())
              + " that were wanted.");
    }
    return shortfalls;
  }
}
