package io.dawncache.server.inbound;

import io.dawncache.server.wire.FrameKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A request that comes in pieces, put together in memory that grows with what has come. Of one that
 * is too long nothing is kept.
 */
final class LongRequest {
  private final FrameKind kind;
  private final int id;
  private final int maxBytes;
  private @Nullable ByteBuf bytes = Unpooled.buffer();

  LongRequest(FrameKind kind, int id, int maxBytes) {
    this.kind = kind;
    this.id = id;
    this.maxBytes = maxBytes;
  }

  FrameKind kind() {
    return kind;
  }

  int id() {
    return id;
  }

  /** Takes the next piece. */
  void add(ByteBuf piece) {
    ByteBuf present = bytes;
    if (present != null && piece.readableBytes() <= maxBytes - present.readableBytes()) {
      present.writeBytes(piece);
    } else {
      bytes = null;
    }
  }

  /** Returns what has come, on the heap; null if it is too long. */
  @Nullable ByteBuf bytes() {
    return bytes;
  }
}
