package io.dawncache.core;

import org.jspecify.annotations.Nullable;

/**
 * An event in a group, as its listeners receive it.
 *
 * @param type what happened
 * @param group the group's name
 * @param key the key, or null if the event concerns the whole group
 * @since 0.1.0
 */
public record GroupEvent(Type type, String group, @Nullable String key) {
  /** The kinds of event. */
  public enum Type {
    /** A value left to make room. */
    EVICTED,
    /** A value left because it had expired. */
    EXPIRED,
    /**
     * This node forgot the key because of a removal or a put, whether it held it or not; or,
     * without a key, the whole group.
     */
    REMOVED,
    /** A value was loaded again before its end. */
    REFRESHED,
    /** A get was answered with an expired value because the origin failed. */
    STALE_SERVED,
    /** A get or a load was refused because a bound was reached. */
    OVERLOADED
  }
}
