package io.dawncache.server.wire;

import io.netty.buffer.ByteBuf;

/**
 * A message that is longer than a frame, or of which not all has come: it goes out in pieces, each
 * made when its turn comes. Lives on one event loop.
 */
public interface LargeMessage {
  /** Returns the id of its frames. */
  int id();

  /** Returns the kind of its frames. */
  FrameKind kind();

  /** Returns how many bytes can be written now; 0 while what follows has not come. */
  int readyBytes();

  /** Returns whether the bytes that can be written now are the last. */
  boolean isWhole();

  /**
   * Appends the next bytes to {@code out}, which has room for them.
   *
   * @param bytes at most {@link #readyBytes}
   */
  void write(int bytes, ByteBuf out);

  /** It is all written, or will not be: called once. */
  void close();
}
