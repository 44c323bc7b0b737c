package io.dawncache.core;

import java.time.Duration;
import java.util.Objects;

/**
 * What one node asks another.
 *
 * @param group the group's name, never empty
 * @param key the key, never empty
 * @param timeout how long the asking node waits for the answer; it travels with the question
 * @param copyGets how many gets the asking node's copies of the key have answered since it last
 *     asked, at least 0
 */
public record PeerRequest(String group, String key, Duration timeout, long copyGets) {
  /** Refuses nulls and a negative count. */
  public PeerRequest {
    Objects.requireNonNull(group, "group");
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(timeout, "timeout");
    if (copyGets < 0) {
      throw new IllegalArgumentException("copyGets: " + copyGets + " (expected: >= 0)");
    }
  }

  /** A request of a node that holds no copy. */
  public PeerRequest(String group, String key, Duration timeout) {
    this(group, key, timeout, 0);
  }

  PeerRequest withTimeout(Duration left) {
    return new PeerRequest(group, key, left, copyGets);
  }
}
