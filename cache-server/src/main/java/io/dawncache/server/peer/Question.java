package io.dawncache.server.peer;

import io.dawncache.core.PeerResult.Status;
import io.dawncache.server.frame.FrameKind;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import java.io.IOException;
import java.time.Duration;

/**
 * What one exchange asks a peer: the request to write, in HTTP or in a frame, and what to do with
 * the answer. It ends once, with an answer or without one. Any of its methods may throw; then
 * {@link #broken} is called. Confined to one event loop.
 */
interface Question {
  /** Returns how long the exchange waits for the answer. */
  Duration timeout();

  /**
   * Returns the request, a new one each time: it may have to be sent twice.
   *
   * @param left how much of the time-out is left
   */
  FullHttpRequest request(Duration left);

  /** Ends with an answer that arrived whole; the caller releases it. */
  void answered(FullHttpResponse answer);

  /**
   * Returns whether a caller waits for the answer. If no caller waits, a failure to reach the peer
   * does not count against it; it may only be starting.
   */
  default boolean isWaitedFor() {
    return true;
  }

  /** Returns the kind of the frames that hold the request. */
  FrameKind kind();

  /**
   * Returns the message of those frames; the caller releases it.
   *
   * @param leftMillis how much of the time-out is left, more than 0
   */
  ByteBuf message(long leftMillis);

  /** Returns whether a frame of this kind is an answer to this. */
  boolean isAnsweredBy(FrameKind kind);

  /** Ends with the message of an answer that arrived whole; the caller releases it. */
  void answered(FrameKind kind, ByteBuf message);

  /** Returns whether the answer may arrive in pieces, each to be taken as it arrives. */
  default boolean takesPieces() {
    return false;
  }

  /**
   * Takes a piece of the answer; the caller releases it.
   *
   * @throws IOException if it is not a part of an answer
   */
  default void received(ByteBuf piece) throws IOException {
    throw new IOException("an answer in pieces (expected: a whole one)");
  }

  /**
   * Ends without an answer, or without the rest of one.
   *
   * @param status the result's status, if this is a fetch
   * @param sent whether the peer may have received the request
   */
  void unanswered(Status status, String detail, boolean sent);

  /**
   * Ends every callback that is still to be called: the exchange has failed. Called after another
   * method has thrown, perhaps for want of memory, so it allocates nothing.
   *
   * @param sent whether the peer may have the request
   */
  void broken(boolean sent);
}
