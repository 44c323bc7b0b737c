package io.dawncache.node.origin;

import java.time.Duration;

/**
 * How an origin is protected: a bound on the loads at a time, and a circuit that opens when the
 * place is down, so that one load a second asks it instead of all.
 *
 * @param maxConcurrent the loads at a time, at least 1; a load of many keys counts as one
 * @param maxWait how long a load waits until fewer run, at least 0; then it fails
 * @param circuit whether there is a circuit
 * @since 0.1.0
 */
public record Guard(int maxConcurrent, Duration maxWait, boolean circuit) {
  /** No bound and no circuit: for a place that is always there. */
  public static final Guard NONE = new Guard(Integer.MAX_VALUE, Duration.ZERO, false);

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public Guard {
    if (maxConcurrent < 1) {
      throw new IllegalArgumentException("maxConcurrent: " + maxConcurrent + " (expected: >= 1)");
    }
    if (maxWait.isNegative()) {
      throw new IllegalArgumentException("maxWait: " + maxWait + " (expected: >= 0)");
    }
  }
}
