package io.dawncache.bench.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * A run, second by second.
 *
 * @param seconds from its begin on
 * @param events what happened, in order
 */
record Timeline(List<Second> seconds, List<Event> events) {
  /** Of a run that has not begun. */
  static final Timeline EMPTY = new Timeline(List.of(), List.of());

  /**
   * One second.
   *
   * @param answered the requests due in it that were answered
   * @param failed those that failed
   * @param p50Nanos half of the answered were faster; 0 if there were none
   * @param loads how many the origin saw begin
   * @param fewestMembers how many members, ejected ones not counted, the node with the fewest had;
   *     -1 if no node was seen
   * @param mostMembers and the node with the most
   */
  record Second(
      long answered,
      long failed,
      long p50Nanos,
      long p99Nanos,
      long maxNanos,
      long loads,
      int fewestMembers,
      int mostMembers) {}

  /**
   * Something that happened.
   *
   * @param seconds when, from the begin on
   */
  record Event(double seconds, String text) {}

  /** Puts together what was counted in a part of the run. */
  static Timeline of(Span span, Observations seen, List<Event> events) {
    List<Second> seconds = new ArrayList<>();
    long step = TimeUnit.SECONDS.toNanos(1);
    for (long from = span.fromNanos(); from - span.toNanos() < 0; from += step) {
      Span second = new Span(from, from + step);
      List<Answers.Answer> due = seen.answers().in(second);
      Histogram latencies = Answers.latencies(due);
      long answered = latencies.getTotalCount();
      int fewest = Integer.MAX_VALUE;
      int most = -1;
      for (Sights.Sight sight : seen.sights().in(second)) {
        fewest = Math.min(fewest, sight.page().membersInForce());
        most = Math.max(most, sight.page().membersInForce());
      }
      seconds.add(
          new Second(
              answered,
              due.size() - answered,
              latencies.getValueAtPercentile(50),
              latencies.getValueAtPercentile(99),
              latencies.getMaxValue(),
              seen.loads().in(second).size(),
              most < 0 ? -1 : fewest,
              most));
    }
    return new Timeline(List.copyOf(seconds), List.copyOf(events));
  }
}
