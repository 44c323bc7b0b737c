package io.dawncache.core;

import java.time.Duration;

/**
 * The last load of a key at this node.
 *
 * @param outcome how it ended
 * @param age how long ago it ended
 * @param time from its place in the queue to its end
 * @param error why it brought no value: at most 200 characters of the exception's message; empty if
 *     the getter answered
 * @since 0.1.0
 */
public record LastLoad(LoadOutcome outcome, Duration age, Duration time, String error) {}
