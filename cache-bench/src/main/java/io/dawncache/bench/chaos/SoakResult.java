package io.dawncache.bench.chaos;

import io.dawncache.bench.chaos.Timeline.Event;
import java.util.List;
import java.util.Map;

/**
 * What was seen of a soak.
 *
 * @param beginNanos when it began; times of curves and events count from then
 * @param judged the time after the warm-up
 * @param windows the times of what was done to the fleet, each until the fleet was as before
 * @param answers what became of the gets
 * @param calls and of everything else that clients asked for
 * @param neverWhole after what the fleet did not become whole, and why
 * @param books what of each node's books did not balance at the end, by its number
 * @param evictions how many entries node 1 has evicted
 */
record SoakResult(
    SoakPlan plan,
    long beginNanos,
    Span judged,
    List<Span> windows,
    Answers answers,
    List<SoakCalls.Call> calls,
    Curves curves,
    List<String> neverWhole,
    Map<Integer, List<String>> books,
    NodeLogs logs,
    long evictions,
    List<Event> events) {
  /** Returns whether something was being done to the fleet at any moment of this time. */
  boolean isDisturbed(Span span) {
    return windows.stream()
        .anyMatch(
            window ->
                span.fromNanos() - window.toNanos() < 0 && window.fromNanos() - span.toNanos() < 0);
  }

  double seconds(long nanos) {
    return (nanos - beginNanos) / 1e9;
  }
}
