package io.dawncache.node.origin;

import java.util.Map;

/**
 * What the loads of one origin came to since it was opened.
 *
 * @param byOutcome all outcomes
 * @since 0.1.0
 */
public record OriginCounts(Map<Outcome, Count> byOutcome) {
  /** How a load ended. */
  public enum Outcome {
    /** With a value, or with the answers for many keys. */
    VALUE,
    /** The origin has no value. */
    NOT_FOUND,
    /** The origin rejects the request. */
    REJECTED,
    /** The origin gave no answer, or an answer that is no value. */
    FAILED,
    /** Not asked, because the circuit is open. */
    REFUSED,
    /** The node had no room: too many loads ran, or too many bytes were in flight. */
    OVERLOADED
  }

  /**
   * Loads with one outcome.
   *
   * @param loads how many, a load of many keys counting as one
   * @param keys of how many keys
   * @param nanos the time of all of them together, waits included
   */
  public record Count(long loads, long keys, long nanos) {}

  /** Copies the map. */
  public OriginCounts {
    byOutcome = Map.copyOf(byOutcome);
  }
}
