package io.dawncache.server.inbound;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * What a connection is about to send. Answers are written one after another into one buffer, so the
 * pipelined hits of one read leave as one write.
 *
 * <p>Belongs to the connection's event loop.
 */
final class Outbox {
  /*
   * The channel does not count bytes that are still gathered here; its water marks see them when
   * they are handed over, at the latest with a full buffer. So at most one full buffer exceeds what
   * the marks bound.
   *
   * A buffer begins with room for what the last one held and one answer more. So a connection that
   * pipelines does not grow its buffers, and one that asks for small values one by one holds small
   * buffers.
   *
   * The clock is read once for each buffer: what is gathered in one leaves in the same turn of the
   * event loop, so its answers have one date.
   */
  private static final int FULL_BYTES = 64 << 10;

  private final ChannelHandlerContext ctx;
  private final AnswerDates dates;
  private AnswerDates.Second date;
  private @Nullable ByteBuf gathered;
  private int lastBytes;
  private boolean unflushed;
  private long handedOverBytes;

  Outbox(ChannelHandlerContext ctx, AnswerDates dates) {
    this.ctx = ctx;
    this.dates = dates;
    this.date = dates.now();
  }

  /** Returns the buffer to write the next {@code bytes} into, after what it holds already. */
  ByteBuf room(int bytes) {
    ByteBuf buffer = gathered;
    if (buffer != null && buffer.readableBytes() + bytes > FULL_BYTES) {
      handOver();
      buffer = null;
    }
    if (buffer == null) {
      buffer = ctx.alloc().ioBuffer(Math.max(bytes, Math.min(lastBytes + bytes, FULL_BYTES)));
      gathered = buffer;
    }
    if (!buffer.isReadable()) {
      date = dates.now();
    }
    return buffer.ensureWritable(bytes);
  }

  /** Returns the date of an answer that is written into {@link #room}. */
  AnswerDates.Second date() {
    return date;
  }

  /** Returns how many bytes have been written into it. */
  long writtenBytes() {
    return handedOverBytes + (gathered == null ? 0 : gathered.readableBytes());
  }

  /** Hands what is gathered to the channel if it is enough for a write of its own. */
  void written() {
    ByteBuf buffer = gathered;
    if (buffer != null && buffer.readableBytes() >= FULL_BYTES) {
      handOver();
    }
  }

  private void handOver() {
    if (gathered != null && gathered.isReadable()) {
      unflushed = true;
      ctx.write(take(), ctx.voidPromise());
    }
  }

  private ByteBuf take() {
    ByteBuf taken = gathered;
    if (taken == null) {
      return Unpooled.EMPTY_BUFFER;
    }
    gathered = null;
    lastBytes = taken.readableBytes();
    handedOverBytes += lastBytes;
    return taken;
  }

  /** Sends everything. */
  void flush() {
    handOver();
    if (unflushed) {
      unflushed = false;
      ctx.flush();
    }
  }

  /** Sends everything; the future completes when that is done or has failed. */
  ChannelFuture flushAndNotify() {
    unflushed = false;
    return ctx.writeAndFlush(take());
  }

  /** Drops what is gathered: the connection has closed. */
  void clear() {
    take().release();
  }
}
