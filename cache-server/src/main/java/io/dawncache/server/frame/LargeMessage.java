package io.dawncache.server.frame;

import io.netty.buffer.ByteBuf;

/**
 * A message that is longer than a frame, or of which not all has arrived. It leaves in pieces, each
 * made when its turn comes. Confined to one event loop.
 */
public interface LargeMessage {
  /** Returns the id of its frames. */
  int id();

  /** Returns the kind of its frames. */
  FrameKind kind();

  /** Returns how many bytes can be written now; 0 until more has arrived. */
  int readyBytes();

  /** Returns whether the bytes that can be written now are the last. */
  boolean isWhole();

  /**
   * Appends the next bytes to {@code out}, which has room for them.
   *
   * @param bytes at most {@link #readyBytes}
   */
  void write(int bytes, ByteBuf out);

  /** Called once, when all is written or nothing more will be. */
  void close();
}
