package io.dawncache.core;

import java.util.List;
import java.util.Objects;

/**
 * A peer's result when it was asked to {@linkplain PeerGetter#forget forget} or to {@linkplain
 * PeerGetter#coordinate coordinate}.
 *
 * @param status the kind of result
 * @param unreached the URLs of the members that the peer could not reach
 * @param otherLists the URLs of the nodes that hold another member list than the peer
 * @param detail for a person; may be empty
 * @since 0.1.0
 */
public record OperationResult(
    Status status, List<String> unreached, List<String> otherLists, String detail) {
  /** The kinds of result. */
  public enum Status {
    /** The peer has done what it was asked, except for the unreached members. */
    DONE,
    /** The peer has changed only its own memory and sends nothing on, as Go nodes do. */
    DONE_ALONE,
    /** The peer could not be asked: it has done nothing. */
    NOT_ASKED,
    /** The peer does not know such messages, like Go nodes: it has done nothing and never will. */
    NOT_UNDERSTOOD,
    /** The peer was asked, but its answer was lost or was a failure: it may have done it. */
    UNKNOWN
  }

  private static final OperationResult WITHOUT_TEXT =
      of(Status.UNKNOWN, "failed, and the reason could not be put into words");

  /** Rejects nulls. */
  public OperationResult {
    Objects.requireNonNull(status, "status");
    unreached = List.copyOf(unreached);
    otherLists = List.copyOf(otherLists);
    Objects.requireNonNull(detail, "detail");
  }

  /**
   * {@return the result of a change that these members did not receive}
   *
   * @param unreached the URLs of the members that did not receive the change
   */
  public static OperationResult done(List<String> unreached) {
    return done(unreached, List.of());
  }

  /**
   * {@return the result of a change that was made while these nodes held other member lists}
   *
   * @param unreached the URLs of the members that did not receive the change
   * @param otherLists the URLs of the members that have another member list
   */
  public static OperationResult done(List<String> unreached, List<String> otherLists) {
    return new OperationResult(Status.DONE, unreached, otherLists, "");
  }

  /**
   * {@return a result with no unreached members, or one of a change that was not made}
   *
   * @param status how it ended
   * @param detail why, for the log and the caller
   */
  public static OperationResult of(Status status, String detail) {
    return new OperationResult(status, List.of(), List.of(), detail);
  }

  /** Returns the result of a change that may or may not have been made. */
  static OperationResult unknown(String detail) {
    return of(Status.UNKNOWN, detail);
  }

  /** Returns the result of a change that ended with an exception; never throws. */
  static OperationResult unknown(Throwable thrown) {
    try {
      return unknown(thrown.toString());
    } catch (Throwable t) { // out of memory, or the user's exception throws from getMessage
      return WITHOUT_TEXT;
    }
  }
}
