package io.dawncache.bench.workload;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Draws numbers by Zipf's law: {@code n} comes {@code (n + 1)^skew} times less often than 0. O(1) a
 * draw; immutable.
 */
public final class Zipf {
  /*
   * Walker's alias method, in Vose's way to build it: as many columns of one height as there are
   * numbers, each filled with at most two of them. To draw is to point at a column, and at a height
   * in it.
   */
  private final double[] heights; // up to where a column is its own number's
  private final int[] aliases; // whose the rest is

  /** Prepares to draw from {@code 0} to {@code count - 1}. */
  public Zipf(int count, double skew) {
    heights = new double[count];
    aliases = new int[count];
    Arrays.setAll(heights, n -> Math.pow(n + 1, -skew));
    double mean = Arrays.stream(heights).sum() / count;
    Arrays.setAll(heights, n -> heights[n] / mean);

    int[] waiting = new int[count]; // from the left who lacks, from the right who has too much
    int lacking = 0;
    int giving = count;
    for (int n = 0; n < count; n++) {
      if (heights[n] < 1) {
        waiting[lacking++] = n;
      } else {
        waiting[--giving] = n;
      }
    }
    while (lacking > 0 && giving < count) {
      int taker = waiting[--lacking];
      int giver = waiting[giving];
      aliases[taker] = giver;
      heights[giver] -= 1 - heights[taker];
      if (heights[giver] < 1) {
        giving++;
        waiting[lacking++] = giver;
      }
    }
    while (lacking > 0) {
      heights[waiting[--lacking]] = 1; // full but for rounding
    }
  }

  /** Draws a number. */
  public int draw(RandomGenerator random) {
    int column = random.nextInt(heights.length);
    return random.nextDouble() < heights[column] ? column : aliases[column];
  }
}
