package io.dawncache.core.consistenthash;

import static java.util.Objects.requireNonNull;

/**
 * A member of a ring with its weight: a member of weight 2 owns twice the keys of one of weight 1.
 *
 * @param name the member's name, not empty
 * @param weight its weight, {@code 0.01 .. 100}, usually 1
 * @since 0.1.0
 */
public record Member(String name, double weight) {
  private static final double LEAST_WEIGHT = 0.01;
  private static final double MOST_WEIGHT = 100;

  /** Rejects an empty name and a weight out of range. */
  public Member {
    requireNonNull(name, "name");
    if (name.isEmpty()) {
      throw new IllegalArgumentException("name: \"\" (expected: not empty)");
    }
    if (!(weight >= LEAST_WEIGHT && weight <= MOST_WEIGHT)) { // NaN is out of range too
      throw new IllegalArgumentException("weight: " + weight + " (expected: 0.01 .. 100)");
    }
  }
}
