package io.dawncache.core;

import java.time.Duration;
import java.util.Objects;

/**
 * What one node asks another.
 *
 * @param group the group's name, never empty
 * @param key the key, never empty
 * @param timeout how long the asking node waits for the answer
 */
public record PeerRequest(String group, String key, Duration timeout) {
  /** Refuses nulls. */
  public PeerRequest {
    Objects.requireNonNull(group, "group");
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(timeout, "timeout");
  }
}
