package io.dawncache.core;

/**
 * How a load ended.
 *
 * @since 0.1.0
 */
public enum LoadOutcome {
  /** The getter answered with a value. */
  VALUE,
  /** The getter answered that the origin has no value for the key. */
  NOT_FOUND,
  /** The origin rejected the request for the key. */
  REJECTED,
  /** The getter threw, was not done in time, or answered what the group does not allow. */
  FAILED,
  /** The getter was not called, or gave up, because a bound was reached. */
  OVERLOADED
}
