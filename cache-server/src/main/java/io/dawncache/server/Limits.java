package io.dawncache.server;

import java.time.Duration;

/**
 * How much a node accepts from a socket, as a server and as a client.
 *
 * @param maxRequestLineBytes the length of a request line, or of a status line
 * @param maxHeaderBytes the length of all headers of one message
 * @param maxValueBytes the length of a value
 * @param idleTimeout how long a connection may stay open with nothing in flight, or without taking
 *     any of its answers
 * @param requestTimeout how long a request may take from its first byte to its last
 * @since 0.1.0
 */
public record Limits(
    int maxRequestLineBytes,
    int maxHeaderBytes,
    int maxValueBytes,
    Duration idleTimeout,
    Duration requestTimeout) {
  /** How long a request may take to arrive by default. */
  public static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofMinutes(1);

  /** How much a message's body may hold in addition to the value. */
  private static final int BODY_SLACK_BYTES = 64 << 10;

  /** Refuses limits with which no node could work. */
  public Limits {
    atLeast("maxRequestLineBytes", maxRequestLineBytes, 256);
    atLeast("maxHeaderBytes", maxHeaderBytes, 256);
    atLeast("maxValueBytes", maxValueBytes, 0);
    if (maxValueBytes > Integer.MAX_VALUE - BODY_SLACK_BYTES) {
      throw new IllegalArgumentException(
          "maxValueBytes: "
              + maxValueBytes
              + " (expected: <= "
              + (Integer.MAX_VALUE - BODY_SLACK_BYTES)
              + ")");
    }
    positive("idleTimeout", idleTimeout);
    positive("requestTimeout", requestTimeout);
  }

  /**
   * Makes limits with the default request time-out.
   *
   * @param maxRequestLineBytes the longest request line
   * @param maxHeaderBytes the greatest length of all headers of a message together
   * @param maxValueBytes the longest value
   * @param idleTimeout how long a connection may stay open with nothing in flight
   */
  public Limits(
      int maxRequestLineBytes, int maxHeaderBytes, int maxValueBytes, Duration idleTimeout) {
    this(maxRequestLineBytes, maxHeaderBytes, maxValueBytes, idleTimeout, DEFAULT_REQUEST_TIMEOUT);
  }

  /** {@return the greatest length of a message's body} */
  public int maxBodyBytes() {
    return maxValueBytes + BODY_SLACK_BYTES;
  }

  private static void positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }

  private static void atLeast(String name, int value, int min) {
    if (value < min) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + min + ")");
    }
  }
}
