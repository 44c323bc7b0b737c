package io.dawncache.server.frame;

import org.jspecify.annotations.Nullable;

/** What a frame carries; the numbers are {@code FrameKind}'s of {@code proto/peer.proto}. */
public enum FrameKind {
  /** Asks for a key. */
  FETCH(1),
  /** How the fetch of a key ended; also how a fetch of many ended, if all ended the same way. */
  FETCHED(2),
  /** Asks for many keys. */
  GET_ALL(3),
  /** Results of many keys. */
  RESULTS(4),
  /** Asks to forget keys. */
  FORGET(5),
  /** Asks the owner to make a change. */
  COORDINATE(6),
  /** How an operation ended. */
  OPERATED(7),
  /** The answer is no longer wanted; also the confirmation of that. */
  CANCEL(8),
  /** Asks whether the other side is alive. */
  PING(9),
  /** The answer to PING. */
  PONG(10),
  /** How many more bytes may be sent in pieces. */
  CREDIT(11),
  /** Asks for no more requests on this connection. */
  GO_AWAY(12),
  /** The sender's member list. */
  MEMBERS(13),
  /** Looks for a key in the memory of the other side, which loads nothing for it. */
  PEEK(14),
  /** Keys of values that the other side, which owns them next, may look for. */
  OFFER(15),
  /** Changes that the other side is to remember in place of the sender. */
  HAND_OVER(16);

  /** The greatest number of a kind; all from 1 on are in use. */
  static final int GREATEST = values().length;

  private static final @Nullable FrameKind[] BY_NUMBER = byNumber();

  private final int number;

  FrameKind(int number) {
    this.number = number;
  }

  private static @Nullable FrameKind[] byNumber() {
    @Nullable FrameKind[] kinds = new FrameKind[1 << 7];
    for (FrameKind kind : values()) {
      kinds[kind.number] = kind;
    }
    return kinds;
  }

  /** Returns the number in the frame's head. */
  public int number() {
    return number;
  }

  /** Returns the version of frames from which on this kind is understood. */
  public int version() {
    return number >= PEEK.number ? FrameUpgrade.WITH_PEEK : 1;
  }

  /** Returns whether it concerns the connection, not a request on it. */
  boolean isOfConnection() {
    return number >= PING.number && number <= GO_AWAY.number;
  }

  /** Returns the kind with this number, 0 to 127, or null. */
  public static @Nullable FrameKind of(int number) {
    return BY_NUMBER[number];
  }
}
