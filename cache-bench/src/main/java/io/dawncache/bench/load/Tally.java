package io.dawncache.bench.load;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What one thread or many have counted in a period. Not thread-safe: it belongs to the thread that
 * fills it, until that thread hands it over.
 *
 * <p>The books: every request sent has been answered, has {@linkplain Failure failed}, or is still
 * in flight.
 */
final class Tally {
  /** Latencies of an hour and more count as one hour. */
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
  long valueBytes; // in the bodies of answers
  long putsNotDone; // answered, but the node has not put the value
  long opened;
  long backlog; // due and not sent at the end of the period
  long unsent; // due and never sent
  long lastAnswerNanos = Long.MIN_VALUE;

  private static Histogram histogram() {
    Histogram histogram = new Histogram(MOST_NANOS, DIGITS);
    histogram.setAutoResize(false);
    return histogram;
  }

  /** An answer has arrived. */
  void answered(boolean put, int status, long bodyBytes, long latencyNanos, long nowNanos) {
    record(put ? putLatency : getLatency, latencyNanos);
    statuses[status]++;
    valueBytes += bodyBytes;
    lastAnswerNanos = nowNanos;
  }

  /** A request was sent {@code nanos} later than possible. */
  void sentLate(long nanos) {
    record(sentLate, nanos);
  }

  private static void record(Histogram histogram, long nanos) {
    histogram.recordValue(Math.max(0, Math.min(nanos, MOST_NANOS)));
  }

  void failed(Failure failure) {
    failures.merge(failure, 1L, Long::sum);
  }

  /** A connection could not be opened, for the reason {@code why}. */
  void refused(String why) {
    refusedConnections.merge(why, 1L, Long::sum);
  }

  /** Adds another tally of the same period; of another period, all except the backlog adds up. */
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

  /** Returns how many answers arrived, by status; only statuses that occurred. */
  Map<Integer, Long> statuses() {
    Map<Integer, Long> counted = new TreeMap<>();
    for (int status = 0; status < STATUSES; status++) {
      if (statuses[status] > 0) {
        counted.put(status, statuses[status]);
      }
    }
    return counted;
  }

  /** Returns why connections could not be opened, and how often. */
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
