package io.dawncache.server.frame;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.dawncache.server.wire.GroupcacheCodec;
import io.dawncache.server.wire.pb.Credit;
import io.dawncache.server.wire.pb.GoAway;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * How frames are laid out, and the frames that concern their connection; docs/frames.md has the
 * whole protocol.
 */
public final class Frames {
  /** The head of a frame: the payload's length (4 bytes), id (4), kind (1); big-endian. */
  public static final int HEAD_BYTES = 9;

  /** The longest payload; a longer message is sent in pieces. */
  public static final int MAX_PAYLOAD_BYTES = 64 << 10;

  /** Requests have ids from 1 to this; an id is free again when its request is answered. */
  public static final int MAX_ID = 4096;

  /** The id of frames that concern no request. */
  public static final int NO_ID = 0;

  /** How many bytes each side may send in pieces before it receives more credit. */
  public static final int FIRST_CREDIT_BYTES = 1 << 20;

  static final int MORE = 0x80;

  private Frames() {}

  /** Appends the head of a frame. */
  public static void writeHead(
      int payloadBytes, int id, FrameKind kind, boolean more, ByteBuf out) {
    out.ensureWritable(HEAD_BYTES + payloadBytes);
    out.writeInt(payloadBytes);
    out.writeInt(id);
    out.writeByte(more ? kind.number() | MORE : kind.number());
  }

  /** Appends a frame without a payload. */
  public static void write(int id, FrameKind kind, ByteBuf out) {
    writeHead(0, id, kind, false, out);
  }

  /** Appends a frame that gives credit. */
  public static void writeCredit(long bytes, ByteBuf out) {
    write(NO_ID, FrameKind.CREDIT, Credit.newBuilder().setBytes(bytes).build(), out);
  }

  /**
   * Returns how much credit a frame gives.
   *
   * @throws BrokenFrameException if it is not a frame that gives credit
   */
  public static long credit(ByteBuf payload) throws BrokenFrameException {
    long bytes = parse(FrameKind.CREDIT, Credit.parser(), payload).getBytes();
    if (bytes <= 0) {
      throw new BrokenFrameException("credit: " + bytes + " bytes (expected: > 0)");
    }
    return bytes;
  }

  /**
   * Appends a GO_AWAY: no more requests are taken.
   *
   * @param broken whether the connection ends at once
   */
  public static void writeGoAway(boolean broken, String detail, ByteBuf out) {
    GoAway.Reason reason = broken ? GoAway.Reason.BROKEN : GoAway.Reason.STOPPING;
    write(
        NO_ID,
        FrameKind.GO_AWAY,
        GoAway.newBuilder().setReason(reason).setDetail(detail).build(),
        out);
  }

  /**
   * Returns what the other side has found broken, or the empty string if it only stops.
   *
   * @throws BrokenFrameException if it is not such a frame
   */
  public static String whatIsBroken(ByteBuf payload) throws BrokenFrameException {
    GoAway goAway = parse(FrameKind.GO_AWAY, GoAway.parser(), payload);
    boolean stops = goAway.getReason() == GoAway.Reason.STOPPING;
    return stops ? "" : goAway.getReason() + ", " + goAway.getDetail();
  }

  static void write(int id, FrameKind kind, MessageLite message, ByteBuf out) {
    int size = message.getSerializedSize();
    writeHead(size, id, kind, false, out);
    CodedOutputStream into = CodedOutputStream.newInstance(out.nioBuffer(out.writerIndex(), size));
    try {
      message.writeTo(into);
      into.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // the buffer has room for all of it
    }
    out.writerIndex(out.writerIndex() + size);
  }

  /** Reads a message as {@link GroupcacheCodec#parse} does. */
  static <M extends Message> M parse(FrameKind kind, Parser<M> parser, ByteBuf payload)
      throws BrokenFrameException {
    try {
      return GroupcacheCodec.parse(
          parser, UnsafeByteOperations.unsafeWrap(payload.nioBuffer()).newCodedInput());
    } catch (IOException e) {
      throw new BrokenFrameException(kind + ": not its protobuf message, " + e.getMessage());
    }
  }
}
