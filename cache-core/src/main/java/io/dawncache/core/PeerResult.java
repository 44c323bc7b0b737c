package io.dawncache.core;

import java.util.Objects;

/**
 * How a fetch ended.
 *
 * @param status what kind of end it was
 * @param value the value if the status is {@link Status#VALUE}, else empty
 * @param detail for a person: what the peer said or why it could not be asked; may be empty
 */
public record PeerResult(Status status, ByteView value, String detail) {
  /** The ends of a fetch; all but the last two are final. */
  public enum Status {
    /** The peer answered with a value. */
    VALUE,
    /** The peer answered that the origin holds nothing under the key. */
    NOT_THERE,
    /** The peer, or its origin, failed; or it had the request and gave no answer in time. */
    FAILED,
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

  /** Refuses nulls. */
  public PeerResult {
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(detail, "detail");
  }

  /** Returns the end with a value. */
  public static PeerResult value(ByteView value) {
    return new PeerResult(Status.VALUE, value, "");
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
    return new PeerResult(status, ByteView.empty(), detail);
  }
}
