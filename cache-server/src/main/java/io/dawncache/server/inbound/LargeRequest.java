package io.dawncache.server.inbound;

import io.dawncache.core.ByteAccount;
import io.dawncache.server.frame.FrameKind;
import io.dawncache.server.wire.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A request that arrives in pieces, put together in memory that grows with what has arrived. If it
 * is too long, or if there is no room for it, nothing of it is kept.
 */
final class LargeRequest implements AutoCloseable {
  private final FrameKind kind;
  private final int id;
  private final int maxBytes;
  private final ByteAccount.Holder holder;
  private @Nullable ByteBuf bytes = Unpooled.buffer();
  private boolean overloaded;

  /**
   * Expects the first piece.
   *
   * @param maxBytes how long it may be
   * @param holder of what has arrived
   */
  LargeRequest(FrameKind kind, int id, int maxBytes, ByteAccount.Holder holder) {
    this.holder = holder;
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
    if (present == null || piece.readableBytes() > maxBytes - present.readableBytes()) {
      drop();
      return;
    }
    holder.moved();
    int roomier = present.readableBytes() + piece.readableBytes();
    if (roomier > present.capacity()) {
      // It doubles, as the buffer does.
      overloaded = !holder.add(Math.max(roomier, 2L * present.capacity()) - present.capacity());
    }
    if (overloaded) {
      drop();
    } else {
      present.writeBytes(piece);
    }
  }

  private void drop() {
    bytes = null;
    holder.close();
  }

  /** Returns why nothing of it is kept; null if it is. */
  @Nullable Refusal fault() {
    return bytes != null
        ? null
        : overloaded ? Refusal.tooMuchInFlight() : Refusal.tooLong("message", maxBytes);
  }

  /** Releases what has arrived: it has been served, or will not be. */
  @Override
  public void close() {
    drop();
  }

  /** Returns what has arrived, on the heap; null if nothing of it is kept. */
  @Nullable ByteBuf bytes() {
    return bytes;
  }
}
