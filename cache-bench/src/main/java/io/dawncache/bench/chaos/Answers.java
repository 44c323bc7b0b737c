package io.dawncache.bench.chaos;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What became of every request of a run. Safe for use by any thread. */
final class Answers {
  private static final long MOST_NANOS = TimeUnit.MINUTES.toNanos(2);
  private static final int DIGITS = 3;

  /**
   * One request.
   *
   * @param dueNanos when it was due, by {@link System#nanoTime}
   * @param latencyNanos from then to its end
   * @param failure why it failed; null if it was answered with the right bytes
   * @param moved whether it went to a second node, because the first gave no connection or closed
   *     one
   */
  record Answer(
      long dueNanos, int key, long latencyNanos, @Nullable String failure, boolean moved) {
    boolean failed() {
      return failure != null;
    }
  }

  @GuardedBy("this")
  private final List<Answer> all = new ArrayList<>();

  synchronized void add(Answer answer) {
    all.add(answer);
  }

  /** Returns the requests that were due in a part of the run, in the order in which they ended. */
  synchronized List<Answer> in(Span span) {
    return all.stream().filter(answer -> span.contains(answer.dueNanos())).toList();
  }

  /** Returns the latencies of those that were answered. */
  static Histogram latencies(List<Answer> answers) {
    Histogram histogram = new Histogram(MOST_NANOS, DIGITS);
    for (Answer answer : answers) {
      if (!answer.failed()) {
        histogram.recordValue(Math.min(MOST_NANOS, Math.max(1, answer.latencyNanos())));
      }
    }
    return histogram;
  }

  /** Returns how many failed for each reason. */
  static Map<String, Long> failures(List<Answer> answers) {
    return answers.stream()
        .map(Answer::failure)
        .filter(failure -> failure != null)
        .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
  }
}
