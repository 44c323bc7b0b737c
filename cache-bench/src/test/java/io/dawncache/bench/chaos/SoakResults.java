package io.dawncache.bench.chaos;

import io.dawncache.bench.chaos.SoakCalls.Call;
import io.dawncache.bench.chaos.SoakCalls.Kind;
import io.dawncache.bench.chaos.Timeline.Event;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Soaks in which all went well but for what a test says. They take an hour, of which ten minutes
 * are warm-up; from minute 20 to minute 21 something was done to the fleet.
 */
final class SoakResults {
  static final int MINUTES = 60;

  /** So that times are below zero and above it, as {@link System#nanoTime} may be. */
  private static final long BEGIN_NANOS = TimeUnit.MINUTES.toNanos(-30);

  private final Answers answers = new Answers();
  private final List<Call> calls = new ArrayList<>();
  private final Curves curves = new Curves();
  private final Map<Integer, List<String>> books =
      new TreeMap<>(Map.of(1, List.of(), 2, List.of(), 3, List.of()));
  private final List<String> neverWhole = new ArrayList<>();
  private NodeLogs logs = new NodeLogs(List.of(), List.of());
  private long evictions = 7;

  SoakResults() {
    for (int minute = 0; minute < MINUTES; minute++) {
      answered(minute + 0.5, 2, null);
      for (Kind kind : Kind.values()) {
        call(minute + 0.5, kind, null, false, null);
      }
      for (int node = 1; node <= SoakPlan.NODES; node++) {
        for (Gauge gauge : Gauge.values()) {
          curves.add(gauge, node, minute * 60.0, 40);
        }
      }
    }
  }

  static long nanos(double minute) {
    return BEGIN_NANOS + (long) (minute * 60e9);
  }

  SoakResults answered(double minute, long millis, String failure) {
    long latency = TimeUnit.MILLISECONDS.toNanos(millis);
    answers.add(new Answers.Answer(nanos(minute), 1, latency, failure, false));
    return this;
  }

  SoakResults call(double minute, Kind kind, String failure, boolean unreached, String stale) {
    Span span = new Span(nanos(minute), nanos(minute + 0.01));
    calls.add(new Call(kind, span, failure, unreached, stale));
    return this;
  }

  SoakResults measured(Gauge gauge, double minute, double value) {
    curves.add(gauge, 1, minute * 60, value);
    return this;
  }

  SoakResults logged(List<String> leaks, List<String> errors) {
    logs = new NodeLogs(leaks, errors);
    return this;
  }

  SoakResults booked(int node, String fault) {
    books.put(node, List.of(fault));
    return this;
  }

  SoakResults notWhole(String after) {
    neverWhole.add(after);
    return this;
  }

  SoakResults evicted(long count) {
    evictions = count;
    return this;
  }

  SoakResult result() {
    return new SoakResult(
        new SoakPlan(Duration.ofMinutes(MINUTES), 400, 1000, Path.of("soak")),
        BEGIN_NANOS,
        new Span(nanos(10), nanos(MINUTES)),
        List.of(new Span(nanos(20), nanos(21))),
        answers,
        List.copyOf(calls),
        curves,
        List.copyOf(neverWhole),
        books,
        logs,
        evictions,
        List.of(new Event(1200, "node 2 is \"killed\" & <gone>")));
  }
}
