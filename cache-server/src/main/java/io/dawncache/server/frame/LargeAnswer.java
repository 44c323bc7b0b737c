package io.dawncache.server.frame;

import io.dawncache.core.ByteView;
import io.dawncache.server.wire.Freshness;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** The answer to a fetch whose value is longer than a frame. */
public final class LargeAnswer implements LargeMessage {
  private static final int BESIDE_BYTES = 64; // tags, a length, a Freshness without metadata

  private final int id;
  private final ByteView value;
  private final Runnable onClose;
  private final ByteBuf before = Unpooled.buffer(BESIDE_BYTES);
  private final ByteBuf behind = Unpooled.buffer(BESIDE_BYTES);
  private int written; // bytes of the value

  /**
   * Takes an answer that is about to be written.
   *
   * @param onClose run when it is written or dropped
   */
  public LargeAnswer(int id, ByteView value, Freshness freshness, Runnable onClose) {
    this.id = id;
    this.value = value;
    this.onClose = onClose;
    FetchFrames.writeBefore(value, before);
    FetchFrames.writeBehind(freshness, behind);
  }

  @Override
  public int id() {
    return id;
  }

  @Override
  public FrameKind kind() {
    return FrameKind.FETCHED;
  }

  @Override
  public int readyBytes() {
    return before.readableBytes() + (value.length() - written) + behind.readableBytes();
  }

  @Override
  public boolean isWhole() {
    return true;
  }

  @Override
  public void write(int bytes, ByteBuf out) {
    int first = Math.min(bytes, before.readableBytes());
    out.writeBytes(before, first);
    int ofValue = Math.min(bytes - first, value.length() - written);
    FetchFrames.write(value, written, written + ofValue, out);
    written += ofValue;
    out.writeBytes(behind, bytes - first - ofValue);
  }

  @Override
  public void close() {
    onClose.run();
  }
}
