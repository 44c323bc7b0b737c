package io.dawncache.server.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of a connection into frames, in place. It copies only the beginning of a frame
 * whose rest has not arrived, and never holds more than one frame. Confined to one event loop.
 */
public final class FrameReader {
  /** Takes frames. */
  @FunctionalInterface
  public interface Sink {
    /**
     * Takes a frame.
     *
     * @param id 0 or more
     * @param more whether the message continues in a later frame
     * @param payload its readable bytes are the payload; valid until this returns, unless retained
     * @throws BrokenFrameException if it may not arrive here
     */
    void frame(FrameKind kind, int id, boolean more, ByteBuf payload) throws BrokenFrameException;
  }

  private @Nullable ByteBuf held; // the first bytes of a frame
  private boolean reading;
  private boolean closed;

  /** Makes a reader that holds nothing. */
  public FrameReader() {}

  /**
   * Passes the frames that {@code bytes} complete to {@code sink}; releases the bytes.
   *
   * @throws BrokenFrameException if the bytes are not frames, or if the sink throws it; then this
   *     must be {@linkplain #close closed}
   */
  public void read(ByteBuf bytes, ByteBufAllocator allocator, Sink sink)
      throws BrokenFrameException {
    if (closed) {
      bytes.release();
      return;
    }
    ByteBuf in = behindHeld(bytes, allocator);
    held = in;
    reading = true;
    try {
      while (!closed && cut(in, sink)) {
        // the next one
      }
    } finally {
      reading = false;
      held = rest(in, allocator);
    }
  }

  private ByteBuf behindHeld(ByteBuf bytes, ByteBufAllocator allocator) {
    ByteBuf before = held;
    if (before == null) {
      return bytes;
    }
    try {
      int length = before.readableBytes() + bytes.readableBytes();
      if (before.refCnt() == 1 && before.isWritable(bytes.readableBytes())) {
        return before.writeBytes(bytes);
      }
      ByteBuf both = allocator.buffer(length);
      both.writeBytes(before).writeBytes(bytes);
      before.release();
      return both;
    } finally {
      bytes.release();
    }
  }

  /** Copies what is left, the beginning of a frame, into a buffer that has room for the rest. */
  private @Nullable ByteBuf rest(ByteBuf in, ByteBufAllocator allocator) {
    int length = in.readableBytes();
    if (closed || length == 0) {
      in.release();
      return null;
    }
    int whole = Frames.HEAD_BYTES;
    if (length >= Integer.BYTES) {
      whole += Math.max(0, Math.min(in.getInt(in.readerIndex()), Frames.MAX_PAYLOAD_BYTES));
    }
    if (in.refCnt() == 1 && in.writableBytes() >= whole - length) {
      return in;
    }
    ByteBuf moved = allocator.buffer(Math.max(whole, length)).writeBytes(in);
    in.release();
    return moved;
  }

  private static boolean cut(ByteBuf in, Sink sink) throws BrokenFrameException {
    if (in.readableBytes() < Frames.HEAD_BYTES) {
      return false;
    }
    int start = in.readerIndex();
    int length = in.getInt(start);
    int id = in.getInt(start + 4);
    int kindByte = in.getByte(start + 8);
    if (length < 0 || length > Frames.MAX_PAYLOAD_BYTES) {
      throw new BrokenFrameException(
          "frame: "
              + Integer.toUnsignedString(length)
              + " bytes (expected: <= "
              + Frames.MAX_PAYLOAD_BYTES
              + ")");
    }
    boolean more = (kindByte & Frames.MORE) != 0;
    FrameKind kind = check(kindByte & ~Frames.MORE & 0xff, id, more);
    if (more && length == 0) { // they spend no credit, so any number could be sent
      throw new BrokenFrameException(kind + " in pieces: 0 bytes (expected: > 0)");
    }
    int payloadStart = start + Frames.HEAD_BYTES;
    int end = payloadStart + length;
    int written = in.writerIndex();
    if (written < end) {
      return false;
    }
    in.readerIndex(payloadStart).writerIndex(end); // the payload is what is readable
    try {
      sink.frame(kind, id, more, in);
    } finally {
      in.writerIndex(written).readerIndex(end);
    }
    return true;
  }

  private static FrameKind check(int number, int id, boolean more) throws BrokenFrameException {
    FrameKind kind = FrameKind.of(number);
    if (kind == null) {
      throw new BrokenFrameException(
          "frame of kind " + number + " (expected: 1 to " + FrameKind.GREATEST + ")");
    }
    boolean ofConnection = kind.isOfConnection();
    if (ofConnection ? id != Frames.NO_ID : id < 1 || id > Frames.MAX_ID) {
      throw new BrokenFrameException(
          kind
              + " of id "
              + Integer.toUnsignedString(id)
              + " (expected: "
              + (ofConnection ? "0)" : "1 to " + Frames.MAX_ID + ")"));
    }
    if (more && (ofConnection || kind == FrameKind.CANCEL)) {
      throw new BrokenFrameException(kind + " in pieces (expected: one frame)");
    }
    return kind;
  }

  /** Returns how many bytes are held of a frame that has arrived in part. */
  public int heldBytes() {
    return held == null ? 0 : held.capacity();
  }

  /** Returns whether the first bytes of a frame have arrived and its last have not. */
  public boolean isWithinFrame() {
    return held != null;
  }

  /** Releases what is held; takes no more. */
  public void close() {
    closed = true;
    ByteBuf rest = held;
    if (rest != null && !reading) {
      held = null;
      rest.release();
    }
  }
}
