package io.dawncache.core;

import java.util.List;
import java.util.Objects;

/**
 * How it ended that a peer was asked to {@linkplain PeerGetter#forget forget} or to {@linkplain
 * PeerGetter#coordinate coordinate}.
 *
 * @param status what kind of end it was
 * @param unreached the members, by URL, that the peer could not tell
 * @param otherLists the nodes, by URL, that hold another member list than the peer
 * @param detail for a person; may be empty
 */
public record OperationResult(
    Status status, List<String> unreached, List<String> otherLists, String detail) {
  /** The ends of an operation. */
  public enum Status {
    /** The peer has done what it was asked to, all but telling the members it names. */
    DONE,
    /** The peer has changed its own memory and tells nobody, as Go nodes do. */
    DONE_ALONE,
    /** The peer could not be asked: it has done nothing. */
    NOT_ASKED,
    /** The peer knows no such message, as Go nodes: it has done nothing and never will. */
    NOT_UNDERSTOOD,
    /** The peer was asked, and no answer came or one that it failed: it may have been done. */
    UNKNOWN
  }

  private static final OperationResult WITHOUT_TEXT =
      of(Status.UNKNOWN, "failed, and the reason could not be put into words");

  /** Refuses nulls. */
  public OperationResult {
    Objects.requireNonNull(status, "status");
    unreached = List.copyOf(unreached);
    otherLists = List.copyOf(otherLists);
    Objects.requireNonNull(detail, "detail");
  }

  /** Returns the end of what was done but for these members. */
  public static OperationResult done(List<String> unreached) {
    return done(unreached, List.of());
  }

  /** Returns the end of what was done while these nodes held other member lists. */
  public static OperationResult done(List<String> unreached, List<String> otherLists) {
    return new OperationResult(Status.DONE, unreached, otherLists, "");
  }

  /** Returns an end that leaves no member unreached, or nothing done. */
  public static OperationResult of(Status status, String detail) {
    return new OperationResult(status, List.of(), List.of(), detail);
  }

  /** Returns the end of a change of which it is not known whether it was made. */
  static OperationResult unknown(String detail) {
    return of(Status.UNKNOWN, detail);
  }

  /** Returns the end of a change that ran into an exception; never throws. */
  static OperationResult unknown(Throwable thrown) {
    try {
      return unknown(thrown.toString());
    } catch (Throwable t) { // no memory, or an exception of a user's whose text cannot be had
      return WITHOUT_TEXT;
    }
  }
}
