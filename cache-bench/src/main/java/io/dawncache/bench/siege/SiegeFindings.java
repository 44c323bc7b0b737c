package io.dawncache.bench.siege;

import io.dawncache.bench.chaos.Finding;
import io.dawncache.bench.load.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is judged of a scene. In the short form, figures that a busy machine can spoil have no bar.
 */
final class SiegeFindings {
  private static final double SENT = 0.99;
  private static final double GOODPUT = 0.8;
  private static final double LOADED = 0.9;
  private static final double TIMES_P99 = 2;
  private static final long P99_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long ALIVE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final boolean shortForm;
  private final List<Finding> list = new ArrayList<>();
  private boolean sentAll = true;

  SiegeFindings(Plan plan) {
    this.shortForm = plan.shortForm();
  }

  List<Finding> list() {
    return List.copyOf(list);
  }

  void figure(String what, String reached) {
    list.add(Finding.figure(what, reached));
  }

  private void timed(String what, String reached, String bar, boolean met) {
    if (shortForm) {
      figure(what, reached);
    } else if (sentAll || met) {
      judged(what, reached, bar, met);
    } else {
      list.add(Finding.notJudged(what, reached, bar));
    }
  }

  private void judged(String what, String reached, String bar, boolean met) {
    list.add(Finding.judged(what, reached, bar, met));
  }

  /**
   * Judges whether what was sent was what should have been; if not, no bar on time that is missed
   * later says anything of the node.
   */
  void sent(String what, double part) {
    String reached = ratio(part);
    String bar = ">= " + SENT;
    if (shortForm) {
      figure(what, reached);
    } else if (part < SENT) {
      sentAll = false;
      list.add(Finding.notJudged(what, reached, bar));
    } else {
      judged(what, reached, bar, true);
    }
  }

  /** Says how gets went that are the measure of others. */
  void alone(String what, Outcome outcome) {
    figure(what, latencies(outcome));
  }

  /**
   * Judges the useful answers of a part of a scene by those of another one, both by the gets due.
   */
  void goodput(String what, Outcome alone, Outcome outcome) {
    double ratio = useful(outcome) / Math.max(Double.MIN_NORMAL, useful(alone));
    timed(
        what,
        ratio(ratio)
            + ": "
            + Quantity.count(outcome.useful())
            + " of "
            + Quantity.count(outcome.due()),
        ">= " + GOODPUT + " x alone",
        ratio >= GOODPUT);
  }

  private static double useful(Outcome outcome) {
    return (double) outcome.useful() / Math.max(1, outcome.due());
  }

  /** Judges whether every get was answered with the right value. */
  void noneFailed(String what, Outcome outcome) {
    String refused = outcome.refusals() == 0 ? "" : outcome.refusals() + " x status 503";
    String reasons =
        Stream.of(refused, outcome.reasons())
            .filter(reason -> !reason.isEmpty())
            .collect(Collectors.joining(", "));
    judged(
        what,
        Quantity.count(outcome.failures())
            + " of "
            + Quantity.count(outcome.due())
            + (reasons.isEmpty() ? "" : ": " + reasons),
        "0",
        outcome.failures() == 0 && outcome.due() > 0);
  }

  /** Judges whether gets that the node could not serve were refused, and none ended otherwise. */
  void shed(String what, Outcome outcome) {
    String reasons = outcome.reasons();
    judged(
        what,
        Quantity.count(outcome.refusals())
            + " of "
            + Quantity.count(outcome.due())
            + " refused"
            + (reasons.isEmpty() ? "" : "; " + reasons),
        "some, each with 503 and Retry-After; no other failure",
        outcome.refusals() > 0 && outcome.unexpected() == 0);
  }

  /** Judges whether the node said all the while that it is alive, on both listeners. */
  void alive(Watch.Seen seen) {
    judged(
        "/healthz without an answer",
        Quantity.count(seen.silent())
            + " of "
            + Quantity.count(seen.asked())
            + (seen.silent() == 0 ? "" : ", the last: " + seen.trouble()),
        "0",
        seen.silent() == 0 && seen.asked() > 0);
    timed(
        "slowest /healthz",
        Quantity.time(seen.slowestNanos()),
        "<= " + Quantity.time(ALIVE_NANOS),
        seen.slowestNanos() <= ALIVE_NANOS);
  }

  /** Judges how many loads were done a second. */
  void loads(double rate, double capacity) {
    timed(
        "loads done",
        Quantity.rate(rate),
        ">= " + LOADED + " x " + Quantity.rate(capacity),
        rate >= LOADED * capacity);
  }

  /** Judges the p99 of gets by those of a quiet time. */
  void p99(String what, Outcome alone, Outcome outcome) {
    long most = Math.max((long) (TIMES_P99 * alone.percentile(99)), P99_NANOS);
    timed(
        what,
        latencies(outcome),
        "p99 <= " + Quantity.time(most),
        outcome.percentile(99) <= most && outcome.useful() > 0);
  }

  /** Judges the physical memory of a node's process. */
  void memory(long residentBytes, long mostBytes) {
    judged(
        "most memory of the process",
        mebibytes(residentBytes),
        "<= " + mebibytes(mostBytes),
        residentBytes > 0 && residentBytes <= mostBytes);
  }

  /** Judges when something was as before; negative if it was not in time. */
  void back(String what, long nanos, long mostNanos) {
    judged(
        what,
        nanos < 0 ? "not in time" : Quantity.time(nanos),
        "<= " + Quantity.time(mostNanos),
        nanos >= 0);
  }

  static String mebibytes(long bytes) {
    return Quantity.count(bytes >> 20) + " MiB";
  }

  private static String latencies(Outcome outcome) {
    return "p50 "
        + Quantity.time(outcome.percentile(50))
        + ", p99 "
        + Quantity.time(outcome.percentile(99))
        + ", slowest "
        + Quantity.time(outcome.percentile(100));
  }

  private static String ratio(double ratio) {
    return String.format(Locale.ROOT, "%.3f", ratio);
  }
}
