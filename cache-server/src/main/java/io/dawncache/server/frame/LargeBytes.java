package io.dawncache.server.frame;

import io.netty.buffer.ByteBuf;

/** A message that is ready in a buffer, which it releases. */
public final class LargeBytes implements LargeMessage {
  private final int id;
  private final FrameKind kind;
  private final ByteBuf bytes;
  private final Runnable onClose;
  private boolean begun;

  /**
   * Takes a message that is about to be written.
   *
   * @param bytes the message, which this now owns
   * @param onClose run when it is written or dropped
   */
  public LargeBytes(int id, FrameKind kind, ByteBuf bytes, Runnable onClose) {
    this.id = id;
    this.kind = kind;
    this.bytes = bytes;
    this.onClose = onClose;
  }

  @Override
  public int id() {
    return id;
  }

  @Override
  public FrameKind kind() {
    return kind;
  }

  @Override
  public int readyBytes() {
    return bytes.readableBytes();
  }

  @Override
  public boolean isWhole() {
    return true;
  }

  /** Returns whether any of it has been written. */
  public boolean isBegun() {
    return begun;
  }

  @Override
  public void write(int bytes, ByteBuf out) {
    begun = true;
    out.writeBytes(this.bytes, bytes);
  }

  @Override
  public void close() {
    bytes.release();
    onClose.run();
  }
}
