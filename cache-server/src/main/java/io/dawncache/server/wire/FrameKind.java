package io.dawncache.server.wire;

import org.jspecify.annotations.Nullable;

/** What a frame carries; the numbers are {@code FrameKind}'s of {@code proto/peer.proto}. */
public enum FrameKind {
  /** Asks for a key. */
  FETCH(1),
  /** How the fetch of a key ended; also, how the fetch of many ended if it was the same for all. */
  FETCHED(2),
  /** Asks for many keys. */
  GET_ALL(3),
  /** Results of many keys. */
  RESULTS(4),
  /** Has keys forgotten. */
  FORGET(5),
  /** Has an owner make a change. */
  COORDINATE(6),
  /** How an operation ended. */
  OPERATED(7),
  /** Nobody waits for the answer any more, and the answer to that. */
  CANCEL(8),
  /** Is anybody there? */
  PING(9),
  /** Yes. */
  PONG(10),
  /** How much more may be sent in pieces. */
  CREDIT(11),
  /** No more requests on this connection. */
  GO_AWAY(12),
  /** The member list of who sends it. */
  MEMBERS(13);

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
  int number() {
    return number;
  }

  /** Returns whether it concerns the connection, and no request on it. */
  boolean isOfConnection() {
    return number >= PING.number && number <= GO_AWAY.number;
  }

  /** Returns the kind of that number, 0 to 127, or null. */
  static @Nullable FrameKind of(int number) {
    return BY_NUMBER[number];
  }
}
