package io.dawncache.bench.workload;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Draws numbers by Zipf's law: {@code n} occurs {@code (n + 1)^skew} times less often than 0. O(1)
 * per draw; immutable.
 */
public final class Zipf {
  /*
   * Walker's alias method, built in Vose's way: as many columns of one height as there are numbers,
   * each filled with at most two of them. A draw picks a column, and a height in it.
   */
  private final double[] heights; // up to which height a column is its own number's
  private final int[] aliases; // the number that has the rest

  /** Prepares to draw from {@code 0} to {@code count - 1}. */
  public Zipf(int count, double skew) {
    heights = new double[count];
    aliases = new int[count];
    Arrays.setAll(heights, n -> Math.pow(n + 1, -skew));
    double mean = Arrays.stream(heights).sum() / count;
    Arrays.setAll(heights, n -> heights[n] / mean);

    int[] waiting = new int[count]; // left: too little; right: too much
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
      heights[waiting[--lacking]] = 1; // full except for rounding
    }
  }

  /** Draws a number. */
  public int draw(RandomGenerator random) {
    int column = random.nextInt(heights.length);
    return random.nextDouble() < heights[column] ? column : aliases[column];
  }
}
