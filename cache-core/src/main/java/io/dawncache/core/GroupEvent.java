package io.dawncache.core;

import org.jspecify.annotations.Nullable;

/**
 * Something that happened in a group, as its listeners hear of it.
 *
 * @param type what happened
 * @param group the group's name
 * @param key whose value it happened to; null where it is the whole group's
 */
public record GroupEvent(Type type, String group, @Nullable String key) {
  /** The kinds of event. */
  public enum Type {
    /** A value left to make room. */
    EVICTED,
    /** A value left because its end had come. */
    EXPIRED,
    /**
     * This node was told to forget the key, by a removal or a put, whether it held it or not; or,
     * without a key, the whole group.
     */
    REMOVED,
    /** A value was loaded anew before its end. */
    REFRESHED,
    /** A get was answered with a value that had expired, for the origin failed. */
    STALE_SERVED,
    /** A get or a load was refused because a bound was reached. */
    OVERLOADED
  }
}
