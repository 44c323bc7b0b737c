package io.dawncache.server.inbound;

import io.dawncache.server.frame.FrameKind;
import io.dawncache.server.frame.LargeMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/**
 * The results of a get of many keys as a message of frames: a large one, since not all has arrived.
 */
final class LargeResults implements LargeMessage {
  private final int id;
  private final ResultStream stream;
  private final ByteBufAllocator allocator;
  private final Runnable onClose;
  private ByteBuf taken = Unpooled.EMPTY_BUFFER;
  private boolean waits = true; // for results, not for its turn

  LargeResults(int id, ResultStream stream, ByteBufAllocator allocator, Runnable onClose) {
    this.id = id;
    this.stream = stream;
    this.allocator = allocator;
    this.onClose = onClose;
  }

  /** Returns whether to send it: results have arrived, and it is not in the queue. True once. */
  boolean takeTurn() {
    boolean takes = waits;
    waits = false;
    return takes;
  }

  @Override
  public int id() {
    return id;
  }

  @Override
  public FrameKind kind() {
    return FrameKind.RESULTS;
  }

  @Override
  public int readyBytes() {
    if (!taken.isReadable() && stream.hasNext()) {
      taken = allocator.buffer();
      stream.write(taken);
    }
    waits = !taken.isReadable();
    return taken.readableBytes();
  }

  @Override
  public boolean isWhole() {
    return stream.isOver();
  }

  @Override
  public void write(int bytes, ByteBuf out) {
    out.writeBytes(taken, bytes);
    if (!taken.isReadable()) {
      release(); // perhaps nothing more arrives, and nothing closes a message without a turn
    }
  }

  /** As {@link #close}, for a connection that has ended. */
  void drop() {
    release();
    stream.close();
  }

  @Override
  public void close() {
    drop();
    onClose.run();
  }

  private void release() {
    taken.release();
    taken = Unpooled.EMPTY_BUFFER;
    stream.left();
  }
}
