package io.dawncache.bench;

import java.util.Locale;

/**
 * A figure and the bound that it should stay within, as one line.
 *
 * @param what what the figure measures
 * @param reached the figure; its median counts
 * @param unit what it is counted in, such as {@code ms} or {@code of nginx}
 * @param atMost the bound, in that unit
 */
public record Aim(String what, Spread reached, String unit, double atMost) {
  /** Returns whether the median is within the bound. */
  public boolean isMet() {
    return reached.median() <= atMost;
  }

  /**
   * Returns {@code - a node: 0.98 (0.90 to 1.10) of nginx (expected: <= 1.25)}, or that and MISSED.
   */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "- %s: %s %s (expected: <= %.2f)%s",
        what,
        reached,
        unit,
        atMost,
        isMet() ? "" : " MISSED");
  }
}
