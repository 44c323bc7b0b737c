package io.dawncache.core;

import java.util.Objects;

/**
 * How a fetch ended.
 *
 * @param status what kind of end it was
 * @param value the value if the status is {@link Status#VALUE}, else empty
 * @param lifeNanos how long the value holds from when the peer answered, {@link Long#MAX_VALUE} for
 *     ever; 0 if it has expired already and serves this one answer
 * @param stale whether the value had expired and the peer's origin failed; it is kept nowhere
 * @param minuteQps how often a minute other nodes ask the peer for the key; 0, or any that is no
 *     rate, if it does not tell
 * @param detail for a person: what the peer said or why it could not be asked; may be empty
 */
public record PeerResult(
    Status status, ByteView value, long lifeNanos, boolean stale, double minuteQps, String detail) {
  /** The ends of a fetch; all but the last two are final. */
  public enum Status {
    /** The peer answered with a value. */
    VALUE,
    /** The peer answered that the origin holds nothing under the key. */
    NOT_THERE,
    /** The peer answered that the origin rejects the request for the key. */
    REJECTED,
    /** The peer, or its origin, failed; or it had the request and gave no answer in time. */
    FAILED,
    /** The time that the request gave it is over; the peer goes on loading. */
    LATE,
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
   * Refuses nulls. A life below 0 is 0 and a rate below 0 is 0: a peer may name any number, and the
   * sums that are made of it must not overflow.
   */
  public PeerResult {
    lifeNanos = Math.max(0, lifeNanos);
    minuteQps = minuteQps > 0 ? minuteQps : 0; // also of what is no number
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(detail, "detail");
  }

  /** Returns the end with a value that holds for ever. */
  public static PeerResult value(ByteView value) {
    return value(value, Long.MAX_VALUE, false, 0);
  }

  /** Returns the end with a value. */
  public static PeerResult value(ByteView value, long lifeNanos, boolean stale, double minuteQps) {
    return new PeerResult(Status.VALUE, value, lifeNanos, stale, minuteQps, "");
  }

  /**
   * Returns an end without a value.
   *
   * @throws IllegalArgumentException if {@code status} is {@link Status#VALUE}
   */
  public static PeerResult of(Status status, String detail) {
    if (status == Status.VALUE) {
      throw new IllegalArgumentException("status: VALUE (expected: an end without a value)");
    }
    return new PeerResult(status, ByteView.empty(), Long.MAX_VALUE, false, 0, detail);
  }
}
