package io.dawncache.core;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a fetch ended.
 *
 * @param status what kind of end it was
 * @param value the value if the status is {@link Status#VALUE}, else empty
 * @param ttlNanos how long the value holds from when the peer answered, {@link Long#MAX_VALUE} for
 *     ever; 0 if it has expired already and serves this one answer
 * @param stale whether the value had expired and the peer's origin failed; it is kept nowhere
 * @param minuteQps how often a minute other nodes ask the peer for the key; 0, or any that is no
 *     rate, if it does not tell
 * @param detail for a person: what the peer said or why it could not be asked; may be empty
 * @param causeClass the class of what the peer's getter threw; empty if it threw nothing
 * @param causeMessage the message of what it threw, or why the origin rejected the key; may be
 *     empty. Of both together the first 1,024 bytes of UTF-8 are kept
 */
public record PeerResult(
    Status status,
    ByteView value,
    long ttlNanos,
    boolean stale,
    double minuteQps,
    String detail,
    String causeClass,
    String causeMessage) {
  private static final int MOST_CAUSE_BYTES = 1024;

  /** The ends of a fetch; all but the last two are final. */
  public enum Status {
    /** The peer answered with a value. */
    VALUE,
    /** The peer answered that the origin holds nothing under the key. */
    NOT_FOUND,
    /** The peer answered that the origin rejects the request for the key. */
    REJECTED,
    /** The peer, or its origin, failed; or it had the request and gave no answer in time. */
    FAILED,
    /** The time that the request gave it is over; the peer goes on loading. */
    TIMED_OUT,
    /** The peer has reached a bound and tried nothing. */
    OVERLOADED,
    /**
     * The peer was asked and did not say why it has no value, as Go nodes do: it is loaded here.
     */
    UNCLEAR,
    /**
     * The peer could not be asked, or does not have the group: the next owner is, or at last the
     * value is loaded here.
     */
    NOT_ASKED
  }

  /**
   * Refuses nulls. A TTL below 0 is 0 and a rate below 0 is 0: a peer may name any number, and the
   * sums that are made of it must not overflow.
   */
  public PeerResult {
    ttlNanos = Math.max(0, ttlNanos);
    minuteQps = minuteQps > 0 ? minuteQps : 0; // also of what is no number
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(detail, "detail");
    causeClass = Keys.cut(causeClass, MOST_CAUSE_BYTES / 2);
    causeMessage = Keys.cut(causeMessage, MOST_CAUSE_BYTES - Keys.utf8Bytes(causeClass));
  }

  /** Returns the end with a value that holds for ever. */
  public static PeerResult value(ByteView value) {
    return value(value, Long.MAX_VALUE, false, 0);
  }

  /** Returns the end with a value. */
  public static PeerResult value(ByteView value, long ttlNanos, boolean stale, double minuteQps) {
    return new PeerResult(Status.VALUE, value, ttlNanos, stale, minuteQps, "", "", "");
  }

  /**
   * Returns an end without a value.
   *
   * @throws IllegalArgumentException if {@code status} is {@link Status#VALUE}
   */
  public static PeerResult of(Status status, String detail) {
    return of(status, detail, "", "");
  }

  /** As {@link #of(Status, String)}, and names what the peer's origin did. */
  public static PeerResult of(
      Status status, String detail, String causeClass, String causeMessage) {
    if (status == Status.VALUE) {
      throw new IllegalArgumentException("status: VALUE (expected: an end without a value)");
    }
    return new PeerResult(
        status, ByteView.empty(), Long.MAX_VALUE, false, 0, detail, causeClass, causeMessage);
  }

  /** Returns the end that a node tells its peer of a get that ended here without a value. */
  public static PeerResult of(GetException error) {
    Throwable cause = error.getCause();
    return of(
        statusOf(error),
        error.shortMessage(),
        cause == null ? "" : cause.getClass().getName(),
        error instanceof RejectedException rejected ? rejected.reason() : messageOf(cause));
  }

  /** A user's exception may throw, and those who wait for this end come first. */
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
