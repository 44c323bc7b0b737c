package io.dawncache.core;

/** Which of the values that other nodes own a node keeps a short-lived copy of. */
public enum HotPolicy {
  /** Those that the fleet asks for most often by the owners' measure, best first. */
  RATE,
  /** One in ten of what is fetched, by dice, as groupcache does; there to compare with. */
  DICE
}
