package io.dawncache.server.wire;

import com.google.protobuf.CodedOutputStream;
import io.netty.buffer.ByteBuf;

/** Protobuf's varints, seven bits per byte, in Netty's buffers. */
public final class Varints {
  private static final int MAX_BITS = 63; // of a number that is not negative

  /** Marks bytes that are not such a number. */
  public static final long NONE = -1;

  private Varints() {}

  /** Returns how many bytes a number takes, 0 or more. */
  public static int bytes(long value) {
    return CodedOutputStream.computeUInt64SizeNoTag(value);
  }

  /** Appends a number, 0 or more. */
  public static void write(long value, ByteBuf out) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.writeByte((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.writeByte((int) rest);
  }

  /**
   * Reads a number of 0 or more that is written in as few bytes as it needs. Protobuf's own readers
   * disagree about longer forms, so this does not read them.
   *
   * @return the number; {@link #NONE} if there is none, if it is negative, or in a longer form
   */
  public static long read(ByteBuf in) {
    long value = 0;
    for (int shift = 0; shift < MAX_BITS && in.isReadable(); shift += 7) {
      byte next = in.readByte();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return next == 0 && shift > 0 ? NONE : value;
      }
    }
    return NONE;
  }

  /**
   * Reads the length of a field that the buffer holds in whole.
   *
   * @return the length; {@link #NONE} if there is no such length, or the buffer holds fewer bytes
   */
  public static int readLength(ByteBuf in) {
    long length = read(in);
    return length <= in.readableBytes() ? (int) length : (int) NONE;
  }
}
