package io.dawncache.server.peer;

import io.dawncache.core.PeerResult.Status;
import io.dawncache.server.wire.FrameKind;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import java.io.IOException;
import java.time.Duration;

/**
 * What one exchange asks of a peer: the request to write, in HTTP or in a frame, and what becomes
 * of the answer. It ends once, by an answer or without one; any of its methods may throw, and then
 * {@link #broken} follows. Lives on one event loop.
 */
interface Question {
  /** Returns how long the answer is waited for. */
  Duration timeout();

  /**
   * Returns the request, a new one each time: it may have to be sent twice.
   *
   * @param left what is left of the time-out
   */
  FullHttpRequest request(Duration left);

  /** Ends with an answer that came whole; its reference count is the caller's. */
  void answered(FullHttpResponse answer);

  /**
   * Writes the request in a frame, or in several.
   *
   * @param leftMillis what is left of the time-out, more than 0
   */
  void send(FrameConnection connection, int id, long leftMillis);

  /** Returns whether a frame of that kind is an answer to this. */
  boolean isAnsweredBy(FrameKind kind);

  /** Ends with the message of an answer that came whole; its reference count is the caller's. */
  void answered(FrameKind kind, ByteBuf message);

  /** Returns whether the answer may come in pieces, each to be taken as it comes. */
  default boolean takesPieces() {
    return false;
  }

  /**
   * Takes a piece of the answer; its reference count is the caller's.
   *
   * @throws IOException if it is no part of an answer
   */
  default void received(ByteBuf piece) throws IOException {
    throw new IOException("an answer in pieces (expected: a whole one)");
  }

  /**
   * Ends without an answer, or without the rest of one.
   *
   * @param status how it would have ended for a fetch
   * @param sent whether the peer may have the request all the same
   */
  void unanswered(Status status, String detail, boolean sent);

  /**
   * Tells whoever has not been told yet that the exchange has failed. Called after another method
   * has thrown, perhaps for want of memory, so it allocates nothing.
   *
   * @param sent whether the peer may have the request
   */
  void broken(boolean sent);
}
