package io.dawncache.bench.load;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What was counted in a while, by one thread or by many. Not thread-safe: it belongs to who fills
 * it, who may hand it over.
 *
 * <p>The books: all that was sent has been answered or has {@linkplain Failure failed}, or is still
 * in flight.
 */
final class Tally {
  /** The longest latency told apart from a longer one: an hour. */
  private static final long MOST_NANOS = 3_600_000_000_000L;

  private static final int DIGITS = 3;
  private static final int STATUSES = 600;

  final Histogram getLatency = histogram();
  final Histogram putLatency = histogram();
  final Histogram sentLate = histogram();

  private final long[] statuses = new long[STATUSES];
  private final Map<Failure, Long> failures = new EnumMap<>(Failure.class);
  private final Map<String, Long> refusedConnections = new TreeMap<>();
  long sent;
  long sentPuts;
  long sentBytes;
  long receivedBytes;
  long valueBytes; // of the bodies of answers
  long putsNotDone; // answered, but the node says that it has not put the value
  long opened;
  long backlog; // due and not sent at the end of the while
  long unsent; // due and never sent
  long lastAnswerNanos = Long.MIN_VALUE;

  private static Histogram histogram() {
    Histogram histogram = new Histogram(MOST_NANOS, DIGITS);
    histogram.setAutoResize(false);
    return histogram;
  }

  /** An answer has come. */
  void answered(boolean put, int status, long bodyBytes, long latencyNanos, long nowNanos) {
    record(put ? putLatency : getLatency, latencyNanos);
    statuses[status]++;
    valueBytes += bodyBytes;
    lastAnswerNanos = nowNanos;
  }

  /** A request has been sent that much later than it could have been. */
  void sentLate(long nanos) {
    record(sentLate, nanos);
  }

  private static void record(Histogram histogram, long nanos) {
    histogram.recordValue(Math.max(0, Math.min(nanos, MOST_NANOS)));
  }

  void failed(Failure failure) {
    failures.merge(failure, 1L, Long::sum);
  }

  /** No connection could be had, because of that. */
  void refused(String why) {
    refusedConnections.merge(why, 1L, Long::sum);
  }

  /** Adds what another has counted in the same while, or, but for the backlog, in another. */
  void add(Tally other) {
    getLatency.add(other.getLatency);
    putLatency.add(other.putLatency);
    sentLate.add(other.sentLate);
    for (int i = 0; i < STATUSES; i++) {
      statuses[i] += other.statuses[i];
    }
    other.failures.forEach((failure, count) -> failures.merge(failure, count, Long::sum));
    other.refusedConnections.forEach(
        (why, count) -> refusedConnections.merge(why, count, Long::sum));
    sent += other.sent;
    sentPuts += other.sentPuts;
    sentBytes += other.sentBytes;
    receivedBytes += other.receivedBytes;
    valueBytes += other.valueBytes;
    putsNotDone += other.putsNotDone;
    opened += other.opened;
    backlog += other.backlog;
    unsent += other.unsent;
    lastAnswerNanos = Math.max(lastAnswerNanos, other.lastAnswerNanos);
  }

  /** Returns the latencies of gets and puts together. */
  Histogram latency() {
    if (putLatency.getTotalCount() == 0) {
      return getLatency;
    }
    Histogram both = getLatency.copy();
    both.add(putLatency);
    return both;
  }

  long answered() {
    return getLatency.getTotalCount() + putLatency.getTotalCount();
  }

  long failures(Failure failure) {
    return failures.getOrDefault(failure, 0L);
  }

  /** Returns how many answers came by status, without those that did not come. */
  Map<Integer, Long> statuses() {
    Map<Integer, Long> counted = new TreeMap<>();
    for (int status = 0; status < STATUSES; status++) {
      if (statuses[status] > 0) {
        counted.put(status, statuses[status]);
      }
    }
    return counted;
  }

  /** Returns why connections could not be had, and how often. */
  Map<String, Long> refusedConnections() {
    return refusedConnections;
  }

  /** Returns how many requests ended with a status from 200 to 299 and their work done. */
  long served() {
    long served = -putsNotDone;
    for (int status = 200; status < 300; status++) {
      served += statuses[status];
    }
    return served;
  }

  /** Returns how many requests ended other than with a status from 200 to 299 and its work done. */
  long errors() {
    long errors = putsNotDone;
    for (long failed : failures.values()) {
      errors += failed;
    }
    for (int status = 0; status < STATUSES; status++) {
      errors += status / 100 == 2 ? 0 : statuses[status];
    }
    return errors;
  }
}
