package io.dawncache.core.consistenthash;

/** The points of a ring with smoothing, as the search for the one that takes a key reads them. */
final class SmoothedPoints {
  /*
   * Such a search costs cache misses and mispredicted branches rather than instructions. So it reads
   * where the key's cell begins and ends, then points one behind the other, 16 of them on average,
   * each with its holder, and nothing else. It begins at the cell's first point, which may lie before
   * the key, and compares places only at a point that takes the key: one branch to mispredict
   * instead of two.
   *
   * The upper 16 bits of a place number its cell, and the next 32 are its mark. Both together are all
   * that is compared where a walk begins, so within a cell marks say the order.
   */
  private static final int CELLS = 1 << (Long.SIZE - Scheme.Smoothing.CELL_SHIFT);
  private static final int NONE = -1;

  private final Scheme.Smoothing smoothing;

  /**
   * Cell i holds the points from {@code firsts[i]} up to but not including {@code firsts[i + 1]}.
   */
  private final int[] firsts = new int[CELLS + 1];

  private final long[] points; // each a mark, then the index of the member that holds the point

  SmoothedPoints(Scheme.Smoothing smoothing, PointIndex places, int[] holders) {
    this.smoothing = smoothing;
    this.points = new long[holders.length];
    int cell = 0;
    for (int point = 0; point < points.length; point++) {
      long place = places.place(point);
      points[point] = (long) Scheme.Smoothing.mark(place) << Integer.SIZE | holders[point];
      while (cell <= cell(place)) {
        firsts[cell++] = point;
      }
    }
    while (cell <= CELLS) {
      firsts[cell++] = points.length;
    }
  }

  /** Returns the holder of the first point from the start of {@code key} that takes it, or -1. */
  int holder(long key) {
    int mark = Scheme.Smoothing.mark(key);
    int cell = cell(key);
    int end = firsts[cell + 1];
    for (int i = firsts[cell]; i < points.length; i++) {
      long point = points[i];
      if (smoothing.takes(mark, mark(point))
          && (i >= end || Integer.compareUnsigned(mark(point), mark) >= 0)) {
        return (int) point;
      }
    }
    for (int i = 0; i < end; i++) { // after the last point comes the first
      long point = points[i];
      if (smoothing.takes(mark, mark(point))) {
        return (int) point;
      }
    }
    return NONE;
  }

  private static int mark(long point) {
    return (int) (point >>> Integer.SIZE);
  }

  /** Returns the number of the cell of {@code place}; cells are ordered as places, as signed. */
  private static int cell(long place) {
    return (int) (place >> Scheme.Smoothing.CELL_SHIFT) + CELLS / 2;
  }
}
