package io.dawncache.server.wire;

import com.google.protobuf.CodedOutputStream;
import io.netty.buffer.ByteBuf;

/** Protobuf's numbers of seven bits a byte, in Netty's buffers. */
final class Varints {
  private static final int MAX_BYTES = 10;

  /** What no length and no number that we write is: the bytes are no varint. */
  static final long NONE = -1;

  private Varints() {}

  static int bytes(long value) {
    return CodedOutputStream.computeUInt64SizeNoTag(value);
  }

  static void write(long value, ByteBuf out) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.writeByte((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.writeByte((int) rest);
  }

  /**
   * Reads a number of 0 or more.
   *
   * @return the number; {@link #NONE} if there is none, or a negative one
   */
  static long read(ByteBuf in) {
    long value = 0;
    for (int i = 0; i < MAX_BYTES && in.isReadable(); i++) {
      byte next = in.readByte();
      value |= (long) (next & 0x7f) << (7 * i);
      if (next >= 0) {
        return value < 0 ? NONE : value;
      }
    }
    return NONE;
  }

  /**
   * Reads the length of something that is there whole.
   *
   * @return the length; {@link #NONE} if there is no such length, or less than it says
   */
  static int readLength(ByteBuf in) {
    long length = read(in);
    return length <= in.readableBytes() ? (int) length : (int) NONE;
  }
}
