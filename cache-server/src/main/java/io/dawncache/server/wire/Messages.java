package io.dawncache.server.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.dawncache.core.ByteView;
import io.dawncache.server.wire.pb.Response;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The protobuf messages of {@code proto/}. An answer is written without building a message object,
 * byte for byte as the generated class would write it.
 */
public final class Messages {
  private static final int VALUE_TAG = (Response.VALUE_FIELD_NUMBER << 3) | 2; // length-delimited

  private Messages() {}

  /** Returns how many bytes {@link #encodeResponse} makes of {@code value}. */
  public static int responseBytes(ByteView value) {
    // An empty value is proto3's default and is not written at all.
    return value.isEmpty()
        ? 0
        : CodedOutputStream.computeTagSize(Response.VALUE_FIELD_NUMBER)
            + CodedOutputStream.computeUInt32SizeNoTag(value.length())
            + value.length();
  }

  /** Returns a new buffer, the caller's to release, holding a {@code Response} of {@code value}. */
  public static ByteBuf encodeResponse(ByteView value, ByteBufAllocator allocator) {
    int size = responseBytes(value);
    ByteBuf encoded = allocator.buffer(size, size);
    if (!value.isEmpty()) {
      encoded.writeByte(VALUE_TAG);
      writeVarint(value.length(), encoded);
      value.copyTo(encoded.nioBuffer(encoded.writerIndex(), value.length()));
      encoded.writerIndex(size);
    }
    return encoded;
  }

  /**
   * Returns the value in a {@code Response}, copied once; unknown fields are skipped.
   *
   * @throws IOException if the bytes are not such a message
   */
  public static ByteView decodeResponse(ByteBuffer body) throws IOException {
    // Wrapped and aliased, the message shares the buffer; the view is the one copy of the value.
    CodedInputStream input = UnsafeByteOperations.unsafeWrap(body).newCodedInput();
    input.enableAliasing(true);
    return ByteView.copyOf(Response.parseFrom(input).getValue().asReadOnlyByteBuffer());
  }

  private static void writeVarint(int value, ByteBuf out) {
    int rest = value;
    while (rest > 0x7f) {
      out.writeByte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.writeByte(rest);
  }
}
