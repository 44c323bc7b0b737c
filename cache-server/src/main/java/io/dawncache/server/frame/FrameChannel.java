package io.dawncache.server.frame;

import io.dawncache.server.tls.TlsHandler;
import io.dawncache.server.wire.Fatal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One end of a connection of frames. Confined to its event loop. */
public abstract class FrameChannel extends ChannelInboundHandlerAdapter {
  /*
   * Frames are appended to one buffer, `batch`, which goes to the channel when a read is over, with
   * the last task of the loop's present turn, or when it is full. So all frames that one turn
   * writes share a system call and a promise.
   *
   * Large messages wait in `turns` and write one piece each in turn, straight to the channel, while
   * it is writable and there is credit. So they delay small frames by no more than the channel's
   * high-water mark, and hold memory for one piece only. Each frame that is not the last of its
   * message spends credit; a message that fits one frame needs none. The receiver gives credit back
   * as it consumes, half of the first credit at a time. So what was sent and not yet read never
   * exceeds the first credit, however large the values and the sockets' buffers.
   *
   * A side that receives a broken frame reports it in a GO_AWAY and ends the connection: after a
   * broken frame it is unknown where the next one begins.
   */
  private static final int FIRST_BATCH_BYTES = 16 << 10;
  private static final int FULL_BATCH_BYTES = 64 << 10;
  private static final int MAX_DETAIL_CHARS = 512;
  private static final long LINGER_MILLIS = 1000;

  private static final System.Logger LOG = System.getLogger(FrameChannel.class.getName());

  private final FrameReader reader = new FrameReader();
  private final FrameReader.Sink sink = this::frame;
  private final Runnable flushing = this::flushInTask;
  private final ArrayDeque<LargeMessage> turns = new ArrayDeque<>();

  @SuppressWarnings("NullAway.Init") // set when this is added to its pipeline
  private ChannelHandlerContext ctx;

  private @Nullable ByteBuf batch;
  private boolean reading; // a channelReadComplete will follow and flush
  private boolean flushPending; // a flush will follow
  private boolean flushesNow; // flush() is on the stack
  private boolean pongDue;
  private boolean closing; // nothing more is read or written

  private long mayWriteBytes = Frames.FIRST_CREDIT_BYTES; // in pieces
  private long writtenBytes; // in pieces
  private long framesRead;
  private long mayReadBytes = Frames.FIRST_CREDIT_BYTES;
  private int consumedBytes; // and not yet given back

  /** Makes an end that is not connected yet. */
  protected FrameChannel() {}

  // What the two ends do differently.

  /** A read begins. */
  protected void readBegins() {}

  /**
   * Takes a frame of a request or an answer.
   *
   * @throws BrokenFrameException if it may not arrive here
   */
  protected abstract void received(FrameKind kind, int id, boolean more, ByteBuf payload)
      throws BrokenFrameException;

  /** The other side takes no more requests; it answers those that it has. */
  protected abstract void goAwayReceived();

  /** Everything so far has been written; more may be while {@link #mayWrite} holds. */
  protected abstract void writable();

  /** The connection ends or has ended; nothing is read or written any more. Called once. */
  protected abstract void ended();

  // Writing.

  /** Returns the buffer to append whole frames to; they are flushed soon. */
  protected final ByteBuf out() {
    ByteBuf present = batch;
    if (present == null) {
      present = ctx.alloc().ioBuffer(FIRST_BATCH_BYTES);
      batch = present;
    }
    flushSoon();
    return present;
  }

  /**
   * Sends a message in pieces, as far as it is ready; call it again when more of it has arrived.
   */
  protected final void send(LargeMessage message) {
    turns.add(message);
    flushSoon();
  }

  /** Drops the unwritten rest of a message; returns whether there was any. */
  protected final boolean drop(LargeMessage message) {
    return turns.remove(message);
  }

  /** Returns whether frames may be written; if not, {@link #writable} is called when they may. */
  protected final boolean mayWrite() {
    ByteBuf present = batch;
    if (present != null && present.readableBytes() >= FULL_BATCH_BYTES) {
      batch = null;
      ctx.write(present, ctx.voidPromise());
    }
    return !closing && ctx.channel().isWritable();
  }

  /** Flushes what was written when this read is over, or with this turn of the loop. */
  protected final void flushSoon() {
    if (!flushPending) {
      if (!reading) {
        ctx.executor().execute(flushing); // if this throws, the next call tries again
      }
      flushPending = true;
    }
  }

  /** Handles what a flush throws: for a task of the loop nothing else does. */
  private void flushInTask() {
    try {
      flushIfDue();
    } catch (Throwable e) {
      fail(e);
    }
  }

  private void flushIfDue() {
    if (flushPending) {
      flush();
    }
  }

  private void flush() {
    flushPending = false;
    if (flushesNow || closing) {
      return;
    }
    flushesNow = true;
    try {
      do {
        flushPending = true; // below
        writable();
        flushPending = false;
        writeAll();
        ctx.flush(); // it may have made the channel writable again
      } while (flushPending && mayWrite());
    } finally {
      flushesNow = false;
    }
    afterFlush();
  }

  private void writeAll() {
    if (pongDue && mayWrite()) {
      pongDue = false;
      Frames.write(Frames.NO_ID, FrameKind.PONG, out());
    }
    ByteBuf present = batch;
    if (present != null) {
      batch = null;
      ctx.write(present, ctx.voidPromise());
    }
    flushPending = false;
    while (hasPiece() && ctx.channel().isWritable()) {
      writePiece();
    }
  }

  private boolean hasPiece() {
    return !turns.isEmpty() && mayWriteBytes > 0;
  }

  private void writePiece() {
    LargeMessage next = turns.element(); // it stays there if this throws: end() closes it
    int ready = next.readyBytes();
    if (ready == 0) {
      turns.remove(); // send() adds it again
      return;
    }
    int bytes = (int) Math.min(Math.min(ready, Frames.MAX_PAYLOAD_BYTES), mayWriteBytes);
    boolean last = bytes == ready && next.isWhole();
    ByteBuf piece = piece(next, bytes, last);
    if (last) {
      turns.remove();
      next.close();
    } else {
      mayWriteBytes -= bytes;
      writtenBytes += bytes;
      if (takesTurns()) {
        turns.addLast(turns.remove());
      }
    }
    ctx.write(piece, ctx.voidPromise());
  }

  private ByteBuf piece(LargeMessage message, int bytes, boolean last) {
    ByteBuf piece = ctx.alloc().ioBuffer(Frames.HEAD_BYTES + bytes);
    try {
      Frames.writeHead(bytes, message.id(), message.kind(), !last, piece);
      message.write(bytes, piece);
      return piece;
    } catch (Throwable e) {
      piece.release();
      throw e;
    }
  }

  /** Returns whether large messages take turns, or leave one after the other. */
  protected abstract boolean takesTurns();

  /** Everything that can be flushed has been. */
  protected void afterFlush() {}

  /** Returns whether something waits to be written until the other side gives credit. */
  protected final boolean waitsForCredit() {
    return !turns.isEmpty() && mayWriteBytes == 0;
  }

  /** Returns how many bytes of credit have been spent so far. */
  protected final long sentInPieces() {
    return writtenBytes;
  }

  /** Returns the connection. */
  protected final Channel channel() {
    return ctx.channel();
  }

  /** Returns whether the connection ends or has ended. */
  protected final boolean isClosing() {
    return closing;
  }

  // Reading.

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    this.ctx = ctx;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (closing || !(message instanceof ByteBuf bytes)) {
      ReferenceCountUtil.release(message);
      return;
    }
    if (!reading) {
      reading = true;
      readBegins();
    }
    try {
      reader.read(bytes, ctx.alloc(), sink);
    } catch (BrokenFrameException e) {
      closeWithError(String.valueOf(e.getMessage()));
    }
  }

  /** Returns the number of the frame that has arrived in part, from -1 down; 0 if there is none. */
  protected final long incompleteFrame() {
    return reader.isWithinFrame() ? -1 - framesRead : 0;
  }

  /** Returns how many bytes are held of a frame that has arrived in part. */
  protected final int heldBytes() {
    return reader.heldBytes();
  }

  private void frame(FrameKind kind, int id, boolean more, ByteBuf payload)
      throws BrokenFrameException {
    framesRead++;
    if (closing) {
      return;
    }
    if (more) {
      consume(payload.readableBytes());
    }
    switch (kind) {
      case PING -> {
        pongDue = true;
        flushSoon();
      }
      case PONG -> {}
      case CREDIT -> earn(Frames.credit(payload));
      case GO_AWAY -> goAway(Frames.whatIsBroken(payload));
      default -> received(kind, id, more, payload);
    }
  }

  private void consume(int bytes) throws BrokenFrameException {
    if (bytes > mayReadBytes) {
      throw new BrokenFrameException(
          "a piece of " + bytes + " bytes (expected: <= the credit, " + mayReadBytes + ")");
    }
    mayReadBytes -= bytes;
    consumedBytes += bytes;
    if (consumedBytes >= Frames.FIRST_CREDIT_BYTES / 2) {
      mayReadBytes += consumedBytes;
      Frames.writeCredit(consumedBytes, out());
      consumedBytes = 0;
    }
  }

  private void earn(long bytes) throws BrokenFrameException {
    if (bytes > Frames.FIRST_CREDIT_BYTES - mayWriteBytes) {
      throw new BrokenFrameException(
          "credit: "
              + bytes
              + " bytes on top of "
              + mayWriteBytes
              + " (expected: <= "
              + Frames.FIRST_CREDIT_BYTES
              + " together)");
    }
    mayWriteBytes += bytes;
    flushSoon();
  }

  private void goAway(String broken) {
    if (broken.isEmpty()) {
      goAwayReceived();
    } else {
      LOG.log(
          Level.WARNING, "connection with {0} ended: {1}", ctx.channel().remoteAddress(), broken);
      closeAtOnce();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    reading = false;
    flushIfDue();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      flushSoon();
    } else {
      afterFlush();
    }
  }

  // The end.

  /** Asks the other side to send no more requests; what is in flight is still answered. */
  protected final void sendGoAway(String why) {
    Frames.writeGoAway(false, clipped(why), out());
  }

  /** Reports the error to the other side, and ends the connection. */
  protected final void closeWithError(String why) {
    if (!closing) {
      ByteBuf last = Objects.requireNonNullElseGet(batch, () -> ctx.alloc().ioBuffer());
      batch = null;
      Frames.writeGoAway(true, clipped(why), last);
      ctx.writeAndFlush(last);
      closeGently();
    }
  }

  /** Ends the connection at once, without a GO_AWAY: this side has failed. */
  protected final void closeAtOnce() {
    try {
      end();
    } finally {
      ctx.close();
    }
  }

  private static String clipped(String why) {
    return why.length() <= MAX_DETAIL_CHARS ? why : why.substring(0, MAX_DETAIL_CHARS);
  }

  /**
   * To close with unread bytes would reset the connection, and the other side could lose our last
   * frames. So this ends our side after what has been written, and reads on for a short time, until
   * the other side ends its own.
   */
  protected final void closeGently() {
    end();
    Channel channel = ctx.channel();
    channel.config().setAutoRead(true);
    if (channel instanceof DuplexChannel duplex && channel.isActive()) {
      ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener(written -> TlsHandler.shutdownOutput(duplex));
      channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      channel.close();
    }
  }

  private void end() {
    if (!closing) {
      closing = true;
      reader.close();
      ByteBuf unwritten = batch;
      batch = null;
      if (unwritten != null) {
        unwritten.release();
      }
      for (LargeMessage next = turns.poll(); next != null; next = turns.poll()) {
        next.close();
      }
      ended();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    end();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(cause);
  }

  /**
   * Ends the connection and all that is in flight on it. A broken connection is no fault of this
   * node; anything else is, and is logged.
   */
  protected final void fail(Throwable cause) {
    closeAtOnce();
    Fatal.report(cause);
    if (!(cause instanceof IOException)) {
      LOG.log(Level.ERROR, "connection with " + ctx.channel().remoteAddress() + " closed", cause);
    }
  }
}
