package io.dawncache.bench.chaos;

import io.dawncache.bench.load.Quantity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** The findings that several rows have, from what was seen of a run. */
final class Findings {
  private static final long PIECE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final double MOST_TIMES_P99 = 1.5;

  private final Observations seen;
  private final List<Finding> list = new ArrayList<>();

  Findings(Observations seen) {
    this.seen = seen;
  }

  void add(Finding finding) {
    list.add(finding);
  }

  List<Finding> list() {
    return list;
  }

  /** Judges whether any request failed, and says how many went to a second node. */
  void noneFailed(Span span) {
    List<Answers.Answer> answers = seen.answers().in(span);
    long failed = answers.stream().filter(Answers.Answer::failed).count();
    String reasons =
        Answers.failures(answers).entrySet().stream()
            .map(reason -> reason.getValue() + " x " + reason.getKey())
            .collect(Collectors.joining(", "));
    list.add(
        Finding.judged(
            "failed requests",
            Quantity.count(failed)
                + " of "
                + Quantity.count(answers.size())
                + (reasons.isEmpty() ? "" : ": " + reasons),
            "0",
            failed == 0 && !answers.isEmpty()));
    long moved = answers.stream().filter(Answers.Answer::moved).count();
    if (moved > 0) {
      list.add(Finding.figure("requests that went to a second node", Quantity.count(moved)));
    }
  }

  /**
   * Judges the slowest request by the undisturbed p99.9.
   *
   * @param moreNanos how much slower it may be
   */
  void slowest(Span undisturbed, Span after, long moreNanos) {
    long p999 = latencies(undisturbed).getValueAtPercentile(99.9);
    long most = p999 + moreNanos;
    long slowest = latencies(after).getMaxValue();
    list.add(Finding.figure("undisturbed p99.9", Quantity.time(p999)));
    list.add(
        Finding.judged(
            "slowest request",
            Quantity.time(slowest),
            "<= " + Quantity.time(most) + ", the undisturbed p99.9 + " + Quantity.time(moreNanos),
            slowest <= most));
  }

  /**
   * Judges the p99 by the undisturbed one: it may be half as much again, or as high as in the worst
   * ten seconds of the undisturbed time (A/A).
   */
  void p99(String what, Span undisturbed, Span after) {
    long before = latencies(undisturbed).getValueAtPercentile(99);
    long worst = before;
    for (long from = undisturbed.fromNanos();
        from + PIECE_NANOS - undisturbed.toNanos() <= 0;
        from += PIECE_NANOS) {
      Histogram piece = latencies(new Span(from, from + PIECE_NANOS));
      worst = Math.max(worst, piece.getValueAtPercentile(99));
    }
    long reached = latencies(after).getValueAtPercentile(99);
    long most = Math.max(worst, (long) (before * MOST_TIMES_P99));
    list.add(
        Finding.judged(
            what,
            Quantity.time(reached),
            "<= "
                + Quantity.time(most)
                + ", of 1.5 x the undisturbed "
                + Quantity.time(before)
                + " and its worst 10 s, "
                + Quantity.time(worst),
            reached <= most));
  }

  /** Judges when all these nodes held {@code lost} ejected, and returns then, or null. */
  @Nullable Long ejected(ChaosNode lost, List<ChaosNode> by, Span after, long mostNanos) {
    String what = "ejected by all after";
    String bar = "<= " + Quantity.time(mostNanos);
    Long ejected = seen.sights().allEjected(lost, by, after);
    if (ejected != null) {
      long took = ejected - after.fromNanos();
      list.add(Finding.judged(what, Quantity.time(took), bar, took <= mostNanos));
    } else if (seen.sights().sayStates(after)) {
      list.add(Finding.judged(what, "not by all", bar, false));
    } else {
      list.add(Finding.notSaid(what, "/stats has no state of peers", bar));
    }
    return ejected;
  }

  /** Says from when on every node that was seen counted on all members. */
  void allMembersInForce(int count, Span after) {
    Long since = seen.sights().allCountOn(count, after).nanos();
    String reached =
        !seen.sights().sayStates(after)
            ? "/stats has no state of peers"
            : since == null ? "not at the end" : Quantity.time(since - after.fromNanos());
    list.add(Finding.figure("no node holds another one ejected after", reached));
  }

  /** Judges when something began to hold; null if it did not. */
  void within(String what, @Nullable Long sinceNanos, long fromNanos, Duration most) {
    list.add(
        Finding.judged(
            what + " after",
            sinceNanos == null ? "not at the end" : Quantity.time(sinceNanos - fromNanos),
            "<= " + Quantity.time(most.toNanos()),
            sinceNanos != null && sinceNanos - fromNanos <= most.toNanos()));
  }

  /** Judges the loads of some keys by how many of these keys were asked for. */
  void loadsOfAsked(String what, Span span, Predicate<String> keys, double most) {
    Set<String> asked = asked(span, keys);
    List<Loads.Load> loads = seen.loads().in(span, asked::contains);
    double ratio = (double) loads.size() / Math.max(1, asked.size());
    list.add(
        Finding.judged(
            what,
            String.format(
                Locale.ROOT,
                "%.3f: %,d of %,d keys asked, by nodes %s",
                ratio,
                loads.size(),
                asked.size(),
                Loads.byNode(loads)),
            String.format(Locale.ROOT, "<= %.2f a key asked", most),
            ratio <= most && !asked.isEmpty()));
  }

  /** Says how slow the slow requests of a part of the run were. */
  void figureOfTail(String what, Span span) {
    Histogram latencies = latencies(span);
    list.add(
        Finding.figure(
            what + ": p99, p99.9, slowest",
            Quantity.time(latencies.getValueAtPercentile(99))
                + ", "
                + Quantity.time(latencies.getValueAtPercentile(99.9))
                + ", "
                + Quantity.time(latencies.getMaxValue())));
  }

  private Set<String> asked(Span span, Predicate<String> keys) {
    Set<String> asked = new HashSet<>();
    for (Answers.Answer answer : seen.answers().in(span)) {
      String key = seen.keys().name(answer.key());
      if (keys.test(key)) {
        asked.add(key);
      }
    }
    return asked;
  }

  private Histogram latencies(Span span) {
    return Answers.latencies(seen.answers().in(span));
  }
}
