package io.dawncache.core;

/** Which of other nodes' values a node keeps as short-lived copies. */
public enum HotPolicy {
  /** Those that the fleet asks for most often by their owners' measure, the most popular first. */
  RATE,
  /** One in ten fetched values, by dice, as groupcache does; for comparison. */
  DICE
}
