package io.dawncache.core;

/**
 * A key that is asked for often at its owner, by clients and by all other nodes together.
 *
 * @param key the key
 * @param minuteGets how many gets per minute there are of it, at least; an estimate over about the
 *     last minute, from a sample of one get in 64
 * @param minuteError how many more there may be of it than {@code minuteGets}
 * @param share {@code minuteGets} against those of all keys that this node owns, 0 to 1
 * @since 0.1.0
 */
public record HotKey(String key, double minuteGets, double minuteError, double share) {}
