package io.dawncache.core;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The result of a fetch.
 *
 * @param status the kind of result
 * @param value the value if the status is {@link Status#VALUE}, else empty
 * @param ttlNanos the value's TTL, from the time of the peer's answer, {@link Long#MAX_VALUE} for
 *     ever; 0 if it has expired already and serves only this answer
 * @param stale whether the value had expired and the peer's origin failed; it is not kept
 * @param minuteQps how many gets per minute other nodes make of the key at the peer; 0 or not a
 *     rate if the peer does not send it
 * @param detail for a person: the peer's message, or why it could not be asked; may be empty
 * @param causeClass the class of the exception that the peer's getter threw; empty if none
 * @param causeMessage the message of that exception, or why the origin rejected the key; may be
 *     empty. Of both together the first 1,024 bytes of UTF-8 are kept
 * @param retryAfter the time after which the peer's origin may answer again, 1 ms to an hour; null
 *     if the peer did not send it
 * @since 0.1.0
 */
public record PeerResult(
    Status status,
    ByteView value,
    long ttlNanos,
    boolean stale,
    double minuteQps,
    String detail,
    String causeClass,
    String causeMessage,
    @Nullable Duration retryAfter) {
  private static final int MOST_CAUSE_BYTES = 1024;

  /** The kinds of result; all except the last two are final. */
  public enum Status {
    /** The peer answered with a value. */
    VALUE,
    /** The peer answered that the origin has no value for the key. */
    NOT_FOUND,
    /** The peer answered that the origin rejects the request for the key. */
    REJECTED,
    /** The peer or its origin failed. */
    FAILED,
    /** The time is over. The peer may still load the value, so no other node is asked. */
    TIMED_OUT,
    /** The peer has reached a bound and tried nothing. */
    OVERLOADED,
    /**
     * The peer was asked and gave no reason for sending no value, as Go nodes do: this node loads
     * it.
     */
    UNCLEAR,
    /**
     * The peer could not be asked, does not have the group, or refuses the request: this node asks
     * the next owner, or at last loads the value itself.
     */
    NOT_ASKED
  }

  /**
   * Rejects nulls. A TTL or rate below 0 becomes 0: a peer may send any number, and sums of these
   * must not overflow.
   */
  public PeerResult {
    ttlNanos = Math.max(0, ttlNanos);
    minuteQps = minuteQps > 0 ? minuteQps : 0; // also for NaN
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(detail, "detail");
    retryAfter = GetFailedException.bounded(retryAfter);
    causeClass = Keys.cut(causeClass, MOST_CAUSE_BYTES / 2);
    causeMessage = Keys.cut(causeMessage, MOST_CAUSE_BYTES - Keys.utf8Bytes(causeClass));
  }

  /**
   * {@return the result of a value that never expires}
   *
   * @param value the value
   */
  public static PeerResult value(ByteView value) {
    return value(value, Long.MAX_VALUE, false, 0);
  }

  /**
   * {@return the result of a value}
   *
   * @param value the value
   * @param ttlNanos the time that the value still lives, in nanoseconds
   * @param stale whether the value is past its end
   * @param minuteQps gets per minute of this key at its owner
   */
  public static PeerResult value(ByteView value, long ttlNanos, boolean stale, double minuteQps) {
    return new PeerResult(Status.VALUE, value, ttlNanos, stale, minuteQps, "", "", "", null);
  }

  /**
   * {@return a result without a value}
   *
   * @param status how it ended
   * @param detail why, for the log and the caller
   * @throws IllegalArgumentException if {@code status} is {@link Status#VALUE}
   */
  public static PeerResult of(Status status, String detail) {
    return of(status, detail, "", "");
  }

  /**
   * As {@link #of(Status, String)}, with the failure of the peer's origin.
   *
   * @param status how it ended
   * @param detail why, for the log and the caller
   * @param causeClass the class of the exception behind it, if there is one
   * @param causeMessage the message of that exception, if it has one
   * @return the result
   */
  public static PeerResult of(
      Status status, String detail, String causeClass, String causeMessage) {
    if (status == Status.VALUE) {
      throw new IllegalArgumentException("status: VALUE (expected: an end without a value)");
    }
    return new PeerResult(
        status, ByteView.empty(), Long.MAX_VALUE, false, 0, detail, causeClass, causeMessage, null);
  }

  /**
   * {@return this result, with the time after which the peer's origin may answer again}
   *
   * @param time any, or null if it is not known
   */
  public PeerResult withRetryAfter(@Nullable Duration time) {
    return time == null
        ? this
        : new PeerResult(
            status, value, ttlNanos, stale, minuteQps, detail, causeClass, causeMessage, time);
  }

  /**
   * {@return the result that a node sends its peer for a get that ended here without a value}
   *
   * @param error the failure of the get
   */
  public static PeerResult of(GetException error) {
    Throwable cause = error.getCause();
    return of(
            statusOf(error),
            error.shortMessage(),
            cause == null ? "" : cause.getClass().getName(),
            error instanceof RejectedException rejected ? rejected.reason() : messageOf(cause))
        .withRetryAfter(error instanceof GetFailedException failed ? failed.retryAfter() : null);
  }

  /** The user's exception may throw here, and must not stop the result for the waiters. */
  private static String messageOf(@Nullable Throwable cause) {
    try {
      String message = cause == null ? null : cause.getMessage();
      return message == null ? "" : message;
    } catch (Throwable t) {
      return "";
    }
  }

  private static Status statusOf(GetException error) {
    if (error instanceof NotFoundException) {
      return Status.NOT_FOUND;
    }
    if (error instanceof RejectedException) {
      return Status.REJECTED;
    }
    if (error instanceof OverloadedException) {
      return Status.OVERLOADED;
    }
    return error instanceof GetTimeoutException ? Status.TIMED_OUT : Status.FAILED;
  }
}
