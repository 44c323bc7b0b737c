package io.dawncache.core.consistenthash;

import java.util.Arrays;

/**
 * Finds a place among points in constant time if the points are spread evenly, as with a good hash.
 * The span from the first point to the last is cut into cells of one width, about as many as
 * points, and each cell stores which points are in it.
 */
final class PointIndex {
  /*
   * The cells' width is a power of two, so a shift of the distance from the first point finds the
   * cell. A distance is unsigned: any two signed longs are less than 2^64 apart. Places before the
   * first point and after the last do not use the cells.
   *
   * With a good hash a cell holds one or two points, which are compared one by one. A crowded cell
   * is searched by halving, so an uneven hash costs what it would without cells.
   */
  private static final int CROWD = 8;

  private final long[] places; // ascending
  private final int shift;

  /**
   * Cell i holds the points from {@code firsts[i]} up to but not including {@code firsts[i + 1]}.
   */
  private final int[] firsts;

  private PointIndex(long[] places, int shift, int[] firsts) {
    this.places = places;
    this.shift = shift;
    this.firsts = firsts;
  }

  /** Makes the index of {@code places}, which are distinct and ascending, and must not change. */
  static PointIndex of(long[] places) {
    if (places.length == 0) {
      return new PointIndex(places, 0, new int[0]);
    }
    long first = places[0];
    long span = places[places.length - 1] - first;
    int cellBits = Integer.SIZE - Integer.numberOfLeadingZeros(places.length);
    int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(span) - cellBits);
    int[] firsts = new int[(int) (span >>> shift) + 2];
    int point = 0;
    for (int cell = 0; cell < firsts.length; cell++) {
      while (point < places.length && (places[point] - first) >>> shift < cell) {
        point++;
      }
      firsts[cell] = point;
    }
    return new PointIndex(places, shift, firsts);
  }

  /** Returns how many points there are. */
  int size() {
    return places.length;
  }

  /** Returns the place of {@code point}. */
  long place(int point) {
    return places[point];
  }

  /**
   * Returns the first point at or after {@code place}, or the number of points if there is none.
   */
  int firstAtOrAfter(long place) {
    int points = places.length;
    if (points == 0 || place > places[points - 1]) {
      return points;
    }
    if (place <= places[0]) {
      return 0;
    }
    int cell = (int) ((place - places[0]) >>> shift);
    int point = firsts[cell];
    int end = firsts[cell + 1];
    if (end - point > CROWD) {
      int found = Arrays.binarySearch(places, point, end, place);
      return found >= 0 ? found : -found - 1;
    }
    while (point < end && places[point] < place) {
      point++;
    }
    return point;
  }
}
