package io.dawncache.bench.chaos;

import io.dawncache.bench.chaos.Answers.Answer;
import io.dawncache.bench.chaos.Finding.Verdict;
import io.dawncache.bench.chaos.SoakCalls.Call;
import io.dawncache.bench.load.Quantity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Judges a soak. */
final class SoakFindings {
  private static final int PARTS = 5;

  /** By how much the last part's p99 may be above the first's: two of one run differ by less. */
  private static final double MOST_TIMES_P99 = 1.2;

  private static final int SHOWN = 3; // of what went wrong

  private final SoakResult soak;
  private final List<Finding> list = new ArrayList<>();

  private SoakFindings(SoakResult soak) {
    this.soak = soak;
  }

  /** Returns all findings. */
  static List<Finding> of(SoakResult soak) {
    SoakFindings findings = new SoakFindings(soak);
    findings.gets();
    findings.calls();
    findings.none("faults after which the fleet was not whole in 45 s", soak.neverWhole());
    findings.latency();
    findings.slopes();
    findings.none("reports of leaks in the nodes' logs", soak.logs().leaks());
    findings.none("errors in the nodes' logs", soak.logs().errors());
    soak.books()
        .forEach(
            (node, faults) ->
                findings.none("node " + node + ": books that do not balance", faults));
    findings.list.add(
        new Finding(
            "evictions of node 1",
            Quantity.count(soak.evictions()),
            "> 0, else its memory was never full",
            soak.evictions() > 0 ? Verdict.MET : Verdict.TOO_SHORT));
    return findings.list;
  }

  private void gets() {
    Map<Boolean, List<Answer>> answers =
        soak.answers().in(soak.judged()).stream()
            .collect(Collectors.partitioningBy(this::isDisturbed));
    List<Answer> quiet = answers.getOrDefault(false, List.of());
    List<Answer> disturbed = answers.getOrDefault(true, List.of());
    long failed = quiet.stream().filter(Answer::failed).count();
    noneOf("failed gets outside of faults", failed(quiet), failed, quiet.size());
    list.add(Finding.figure("failed gets during faults", failed(disturbed)));
  }

  private boolean isDisturbed(Answer answer) {
    return soak.isDisturbed(new Span(answer.dueNanos(), answer.dueNanos() + answer.latencyNanos()));
  }

  private static String failed(List<Answer> answers) {
    Map<String, Long> failures = Answers.failures(answers);
    String reasons =
        failures.entrySet().stream()
            .map(reason -> reason.getValue() + " x " + reason.getKey())
            .collect(Collectors.joining(", "));
    long failed = failures.values().stream().mapToLong(Long::longValue).sum();
    return Quantity.count(failed)
        + " of "
        + Quantity.count(answers.size())
        + (reasons.isEmpty() ? "" : ": " + reasons);
  }

  private void calls() {
    for (SoakCalls.Kind kind : SoakCalls.Kind.values()) {
      List<Call> quiet = calls(kind, false);
      List<Call> disturbed = calls(kind, true);
      List<String> failures = failures(quiet);
      noneOf(
          "failed " + kind.label() + " outside of faults",
          some(failures.size() + " of " + quiet.size(), failures),
          failures.size(),
          quiet.size());
      list.add(
          Finding.figure(
              "failed " + kind.label() + " during faults",
              some(failures(disturbed).size() + " of " + disturbed.size(), failures(disturbed))));
    }
    List<Call> quiet = soak.calls().stream().filter(this::isQuiet).toList();
    list.add(
        Finding.judged(
            "changes outside of faults that did not reach all members",
            Quantity.count(quiet.stream().filter(Call::unreached).count()),
            "0",
            quiet.stream().noneMatch(Call::unreached)));
    none("old values of changed keys outside of faults", stale(quiet));
    List<String> disturbed = stale(soak.calls().stream().filter(call -> !isQuiet(call)).toList());
    list.add(
        Finding.figure(
            "old values of changed keys during faults and the warm-up",
            some(String.valueOf(disturbed.size()), disturbed)));
  }

  private List<Call> calls(SoakCalls.Kind kind, boolean disturbed) {
    return soak.calls().stream()
        .filter(call -> call.kind() == kind && soak.judged().contains(call.span().fromNanos()))
        .filter(call -> soak.isDisturbed(call.span()) == disturbed)
        .toList();
  }

  private boolean isQuiet(Call call) {
    return soak.judged().contains(call.span().fromNanos()) && !soak.isDisturbed(call.span());
  }

  private List<String> failures(List<Call> calls) {
    return faults(calls, Call::failure);
  }

  private List<String> stale(List<Call> calls) {
    return faults(calls, Call::stale);
  }

  /** Returns what is wrong with some of these calls, each with its time. */
  private List<String> faults(List<Call> calls, Function<Call, @Nullable String> what) {
    List<String> faults = new ArrayList<>();
    for (Call call : calls) {
      String text = what.apply(call);
      if (text != null) {
        faults.add(
            String.format(Locale.ROOT, "%.1f s ", soak.seconds(call.span().fromNanos())) + text);
      }
    }
    return faults;
  }

  /** Judges the p99 of the last part by that of the first, or by the highest before it (A/A). */
  private void latency() {
    Span judged = soak.judged();
    long length = (judged.toNanos() - judged.fromNanos()) / PARTS;
    Map<Integer, Long> parts = new LinkedHashMap<>();
    for (int part = 0; part < PARTS; part++) {
      long from = judged.fromNanos() + part * length;
      List<Answer> quiet =
          soak.answers().in(new Span(from, from + length)).stream()
              .filter(answer -> !isDisturbed(answer))
              .toList();
      if (!quiet.isEmpty()) {
        parts.put(part, Answers.latencies(quiet).getValueAtPercentile(99));
      }
    }
    String what = "p99 of the last fifth, outside of faults";
    Long first = parts.get(0);
    Long last = parts.remove(PARTS - 1);
    if (first == null || last == null) {
      list.add(new Finding(what, "no gets", "", Verdict.TOO_SHORT));
      return;
    }
    long highest = parts.values().stream().mapToLong(Long::longValue).max().orElse(first);
    long most = Math.max(highest, (long) (first * MOST_TIMES_P99));
    list.add(
        Finding.judged(
            what,
            Quantity.time(last)
                + " after "
                + parts.values().stream().map(Quantity::time).collect(Collectors.joining(", ")),
            String.format(
                Locale.ROOT,
                "<= %s: %.1f x the first, or the highest before",
                Quantity.time(most),
                MOST_TIMES_P99),
            last <= most));
  }

  private void slopes() {
    double fromSeconds = soak.seconds(soak.judged().fromNanos());
    double step = soak.plan().betweenPoints().toNanos() / 1e9;
    for (Gauge gauge : Gauge.values()) {
      list.add(gauge.flat(1, soak.curves().means(gauge, 1, fromSeconds, step)));
    }
  }

  /** Judges whether none failed of those that there were; of none at all nothing is known. */
  private void noneOf(String what, String reached, long failed, long all) {
    Verdict verdict = failed > 0 ? Verdict.MISSED : all == 0 ? Verdict.TOO_SHORT : Verdict.MET;
    list.add(new Finding(what, reached, "0", verdict));
  }

  private void none(String what, List<String> faults) {
    list.add(
        Finding.judged(what, some(String.valueOf(faults.size()), faults), "0", faults.isEmpty()));
  }

  private static String some(String count, List<String> faults) {
    String more = faults.size() > SHOWN ? "; ..." : "";
    return faults.isEmpty()
        ? count
        : Stream.concat(Stream.of(count), faults.stream().distinct().limit(SHOWN))
                .collect(Collectors.joining("; "))
                .replaceFirst("; ", ": ")
            + more;
  }
}
