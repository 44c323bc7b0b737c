package io.dawncache.core;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A node's request to another node.
 *
 * @param group the group's name, never empty
 * @param key the key, never empty
 * @param timeout how long the requesting node waits for the answer; sent with the request
 * @param copyGets how many gets the requesting node's copies of the key have answered since its
 *     last request, at least 0
 * @param trace what the get belongs to, to be passed on; null if it belongs to no known trace
 * @since 0.1.0
 */
public record PeerRequest(
    String group, String key, Duration timeout, long copyGets, @Nullable TraceContext trace) {
  /** Rejects nulls and a negative count. */
  public PeerRequest {
    Objects.requireNonNull(group, "group");
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(timeout, "timeout");
    if (copyGets < 0) {
      throw new IllegalArgumentException("copyGets: " + copyGets + " (expected: >= 0)");
    }
  }

  /**
   * Makes a request without a trace.
   *
   * @param group the name of a group
   * @param key the key, not empty
   * @param timeout how long the caller still waits
   * @param copyGets how many gets its copies have answered, at least 0
   */
  public PeerRequest(String group, String key, Duration timeout, long copyGets) {
    this(group, key, timeout, copyGets, null);
  }

  /**
   * Makes a request of a node that holds no copy, without a trace.
   *
   * @param group the name of a group
   * @param key the key, not empty
   * @param timeout how long the caller still waits
   */
  public PeerRequest(String group, String key, Duration timeout) {
    this(group, key, timeout, 0);
  }

  PeerRequest withTimeout(Duration left) {
    return new PeerRequest(group, key, left, copyGets, trace);
  }
}
