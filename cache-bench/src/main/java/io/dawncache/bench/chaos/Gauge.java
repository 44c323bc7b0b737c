package io.dawncache.bench.chaos;

import io.dawncache.bench.chaos.Finding.Verdict;
import io.dawncache.bench.load.Quantity;
import java.util.List;
import java.util.Locale;

/** What is measured of a node's process, and how much of it the node has to do with. */
enum Gauge {
  LIVE_HEAP("live heap", (double) (SoakPlan.HEAP_MIB << 20), 1024, true),
  DIRECT_MEMORY("direct memory", (double) (SoakPlan.DIRECT_MIB << 20), 1024, true),
  RESIDENT_MEMORY("resident memory", (double) (SoakPlan.RESIDENT_MIB << 20), 4096, true),
  DESCRIPTORS("open descriptors", 1024, 1, false),
  THREADS("threads", 256, 1, false);

  /** Which part of its budget a quantity may grow by in an hour. */
  private static final double MOST = 0.01;

  private static final double HOUR = 3600;

  private final String label;
  private final double budget;
  private final double resolution;
  private final boolean inBytes;

  Gauge(String label, double budget, double resolution, boolean inBytes) {
    this.label = label;
    this.budget = budget;
    this.resolution = resolution;
    this.inBytes = inBytes;
  }

  String label() {
    return label;
  }

  /** Returns a quantity as people write it. */
  String shown(double value) {
    String size =
        inBytes
            ? Quantity.bytes(Math.round(Math.abs(value)))
            : String.format(Locale.ROOT, "%,.1f", Math.abs(value));
    return (value < 0 ? "-" : "") + size;
  }

  /**
   * Judges whether a curve is flat: whether the upper bound of its slope is below 1 % of the budget
   * an hour. If the slope is known less well than that, only a slope that is surely too steep is
   * judged.
   */
  Finding flat(int node, List<Slope.Point> points) {
    Slope slope = Slope.of(points, resolution);
    double hourly = slope.perSecond() * HOUR;
    double uncertain = slope.uncertain() * HOUR;
    double most = budget * MOST;
    Verdict verdict =
        hourly - uncertain > most
            ? Verdict.MISSED
            : uncertain > most
                ? Verdict.TOO_SHORT
                : hourly + uncertain < most ? Verdict.MET : Verdict.MISSED;
    String reached =
        points.size() < 3
            ? "too few points"
            : shown(hourly)
                + " an hour, at most "
                + shown(hourly + uncertain)
                + "; mean "
                + shown(points.stream().mapToDouble(Slope.Point::value).average().orElse(0))
                + " of "
                + points.size()
                + " points";
    return new Finding(
        "node " + node + ": slope of the " + label,
        reached,
        "upper bound (95 %) < " + shown(most) + " an hour, 1 % of " + shown(budget),
        verdict);
  }
}
