package io.dawncache.bench.load;

import org.HdrHistogram.Histogram;

/**
 * One second of a run in figures.
 *
 * @param second its number, 0 for the first measured second, negative for the warm-up
 * @param sent requests sent
 * @param answered answers received
 * @param errors requests that ended badly
 * @param backlog requests due at its end and not sent
 */
record SecondRow(
    int second,
    long sent,
    long answered,
    long errors,
    long backlog,
    long p50Nanos,
    long p99Nanos,
    long maxNanos) {
  static SecondRow of(int second, Tally tally) {
    Histogram latency = tally.latency();
    return new SecondRow(
        second,
        tally.sent,
        tally.answered(),
        tally.errors(),
        tally.backlog,
        latency.getValueAtPercentile(50),
        latency.getValueAtPercentile(99),
        latency.getMaxValue());
  }
}
