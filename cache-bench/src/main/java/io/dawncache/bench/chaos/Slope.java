package io.dawncache.bench.chaos;

import java.util.List;

/**
 * How fast a quantity grows, by least squares, and how well that is known.
 *
 * @param perSecond the slope
 * @param uncertain by how much the true slope may be larger, or smaller: each is so in 5 of 100
 *     runs at most, if what the line does not explain is independent between points; infinite if
 *     there are fewer than three points
 */
record Slope(double perSecond, double uncertain) {
  /** Of Student's distribution with 1 to 4 degrees of freedom; {@link #student} computes others. */
  private static final double[] FEW_DEGREES = {6.313752, 2.919986, 2.353363, 2.131847};

  private static final double NORMAL = 1.644854; // the quantile 0.95

  /** A value at a time, in seconds. */
  record Point(double seconds, double value) {}

  /**
   * Returns the slope of the line that fits the points best.
   *
   * @param points in the order of time
   * @param resolution the smallest step of the quantity. Over the time of the points it bounds what
   *     can be known: that a number of threads was always 40 does not say that it never grows
   */
  static Slope of(List<Point> points, double resolution) {
    int count = points.size();
    if (count < 3) {
      return new Slope(0, Double.POSITIVE_INFINITY);
    }
    double meanX = points.stream().mapToDouble(Point::seconds).average().orElse(0);
    double meanY = points.stream().mapToDouble(Point::value).average().orElse(0);
    double xx = 0;
    double xy = 0;
    for (Point point : points) {
      double x = point.seconds() - meanX;
      xx += x * x;
      xy += x * (point.value() - meanY);
    }
    double slope = xy / xx;
    double unexplained = 0;
    for (Point point : points) {
      double rest = point.value() - meanY - slope * (point.seconds() - meanX);
      unexplained += rest * rest;
    }
    double error = Math.sqrt(unexplained / (count - 2) / xx);
    double step = resolution / (points.get(count - 1).seconds() - points.get(0).seconds());
    return new Slope(slope, Math.max(step, error * student(count - 2)));
  }

  /**
   * Returns the quantile 0.95 of Student's distribution, with an error below 0.0001.
   *
   * @see <a href="https://doi.org/10.1145/355598.355600">Hill 1970, algorithm 396</a>, of which
   *     this is the expansion by Cornish and Fisher
   */
  static double student(int degrees) {
    if (degrees <= FEW_DEGREES.length) {
      return FEW_DEGREES[degrees - 1];
    }
    double z = NORMAL;
    double z2 = z * z;
    double n = degrees;
    double one = z * (z2 + 1) / 4;
    double two = z * ((5 * z2 + 16) * z2 + 3) / 96;
    double three = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
    double four = z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92_160;
    return z + (one + (two + (three + four / n) / n) / n) / n;
  }
}
