package io.dawncache.bench.chaos;

import io.dawncache.bench.chaos.Slope.Point;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was measured of each node over time. Safe for use by any thread. */
final class Curves {
  private final Map<Gauge, Map<Integer, List<Point>>> points = new EnumMap<>(Gauge.class);

  /** Adds a value; NaN where a process has ended. */
  synchronized void add(Gauge gauge, int node, double seconds, double value) {
    points
        .computeIfAbsent(gauge, of -> new TreeMap<>())
        .computeIfAbsent(node, of -> new ArrayList<>())
        .add(new Point(seconds, value));
  }

  /** Returns what was measured of a node, in order. */
  synchronized List<Point> of(Gauge gauge, int node) {
    return List.copyOf(points.getOrDefault(gauge, Map.of()).getOrDefault(node, List.of()));
  }

  /**
   * Returns the means of what was measured in each step of time. Values that follow each other
   * within a step tell little more than one does, so slopes are judged by the means.
   *
   * @param fromSeconds earlier ones are left out
   */
  List<Point> means(Gauge gauge, int node, double fromSeconds, double stepSeconds) {
    Map<Long, List<Point>> steps = new TreeMap<>();
    for (Point point : of(gauge, node)) {
      if (point.seconds() >= fromSeconds && !Double.isNaN(point.value())) {
        long step = (long) ((point.seconds() - fromSeconds) / stepSeconds);
        steps.computeIfAbsent(step, of -> new ArrayList<>()).add(point);
      }
    }
    return steps.values().stream().map(Curves::mean).toList();
  }

  private static Point mean(List<Point> points) {
    return new Point(
        points.stream().mapToDouble(Point::seconds).average().orElse(0),
        points.stream().mapToDouble(Point::value).average().orElse(0));
  }
}
