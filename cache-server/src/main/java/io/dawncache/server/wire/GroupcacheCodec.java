package io.dawncache.server.wire;

import static com.google.protobuf.WireFormat.WIRETYPE_FIXED64;
import static com.google.protobuf.WireFormat.WIRETYPE_LENGTH_DELIMITED;
import static com.google.protobuf.WireFormat.WIRETYPE_VARINT;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.dawncache.core.ByteView;
import io.dawncache.core.Metadata;
import io.dawncache.core.PeerResult;
import io.dawncache.server.wire.pb.Response;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The protobuf messages of {@code proto/groupcache.proto}. An answer is written without building a
 * message object, byte for byte as the generated class would write it.
 */
public final class GroupcacheCodec {
  private static final int VALUE_TAG =
      (Response.VALUE_FIELD_NUMBER << 3) | WIRETYPE_LENGTH_DELIMITED;
  private static final int MINUTE_QPS_TAG =
      (Response.MINUTE_QPS_FIELD_NUMBER << 3) | WIRETYPE_FIXED64;
  private static final int EXPIRE_TAG = (Response.EXPIRE_FIELD_NUMBER << 3) | WIRETYPE_VARINT;
  private static final int TTL_NANOS_TAG = (Response.TTL_NANOS_FIELD_NUMBER << 3) | WIRETYPE_VARINT;
  private static final int STALE_TAG = (Response.STALE_FIELD_NUMBER << 3) | WIRETYPE_VARINT;
  private static final int CONTENT_TYPE_TAG =
      (Response.CONTENT_TYPE_FIELD_NUMBER << 3) | WIRETYPE_LENGTH_DELIMITED;
  private static final int ETAG_TAG = (Response.ETAG_FIELD_NUMBER << 3) | WIRETYPE_LENGTH_DELIMITED;

  private GroupcacheCodec() {}

  /** Returns how long a {@code Response} with {@code value} alone is. */
  public static int responseBytes(ByteView value) {
    return responseBytes(value, Freshness.NONE);
  }

  /** Returns how long a {@code Response} with these is. */
  public static int responseBytes(ByteView value, Freshness freshness) {
    int bytes = 0;
    if (!value.isEmpty()) { // an empty value is proto3's default and is not written at all
      bytes += Varints.bytes(VALUE_TAG) + Varints.bytes(value.length()) + value.length();
    }
    return bytes + bytesFromValueOn(freshness);
  }

  /** Returns how much follows the value's bytes in a {@code Response}. */
  public static int bytesFromValueOn(Freshness freshness) {
    int bytes = 0;
    if (freshness.hasMinuteQps()) {
      bytes += Varints.bytes(MINUTE_QPS_TAG) + Double.BYTES;
    }
    if (freshness.expireUnixNanos() != 0) {
      bytes += Varints.bytes(EXPIRE_TAG) + Varints.bytes(freshness.expireUnixNanos());
    }
    if (freshness.ttlNanos() != Long.MAX_VALUE) {
      bytes += Varints.bytes(TTL_NANOS_TAG) + Varints.bytes(freshness.ttlNanos());
    }
    if (freshness.stale()) {
      bytes += Varints.bytes(STALE_TAG) + 1;
    }
    Metadata metadata = freshness.metadata();
    if (metadata != null) {
      bytes += bytes(CONTENT_TYPE_TAG, metadata.contentType()) + bytes(ETAG_TAG, metadata.etag());
    }
    return bytes;
  }

  /** Returns how long a field of {@link Metadata} is; 0 for null, which is not written. */
  public static int bytes(int tag, @Nullable String ascii) {
    return ascii == null ? 0 : Varints.bytes(tag) + Varints.bytes(ascii.length()) + ascii.length();
  }

  /** Returns a new buffer with a {@code Response} of {@code value}; the caller releases it. */
  public static ByteBuf encodeResponse(ByteView value, ByteBufAllocator allocator) {
    return encodeResponse(value, Freshness.NONE, allocator);
  }

  /** As {@link #encodeResponse(ByteView, ByteBufAllocator)}, with more than the value. */
  public static ByteBuf encodeResponse(
      ByteView value, Freshness freshness, ByteBufAllocator allocator) {
    int size = responseBytes(value, freshness);
    ByteBuf encoded = allocator.buffer(size, size);
    writeResponse(value, freshness, encoded);
    return encoded;
  }

  /** Writes a {@code Response} into {@code out}, which has room for it. */
  public static void writeResponse(ByteView value, Freshness freshness, ByteBuf out) {
    writeUpToValue(value, out);
    writeValue(value, out);
    writeFromValueOn(freshness, out);
  }

  /** Writes what precedes the value's bytes in a {@code Response}. */
  public static void writeUpToValue(ByteView value, ByteBuf out) {
    if (!value.isEmpty()) {
      Varints.write(VALUE_TAG, out);
      Varints.write(value.length(), out);
    }
  }

  /** Writes the bytes of {@code value}, or a part of one, into {@code out}, which has room. */
  public static void writeValue(ByteView value, ByteBuf out) {
    int start = out.writerIndex();
    value.copyTo(out.internalNioBuffer(start, value.length()));
    out.writerIndex(start + value.length());
  }

  /** Writes what follows the value's bytes in a {@code Response}. */
  public static void writeFromValueOn(Freshness freshness, ByteBuf out) {
    if (freshness.hasMinuteQps()) {
      Varints.write(MINUTE_QPS_TAG, out);
      out.writeLongLE(Double.doubleToRawLongBits(freshness.minuteQps()));
    }
    if (freshness.expireUnixNanos() != 0) {
      Varints.write(EXPIRE_TAG, out);
      Varints.write(freshness.expireUnixNanos(), out);
    }
    if (freshness.ttlNanos() != Long.MAX_VALUE) {
      Varints.write(TTL_NANOS_TAG, out);
      Varints.write(freshness.ttlNanos(), out);
    }
    if (freshness.stale()) {
      Varints.write(STALE_TAG, out);
      out.writeByte(1);
    }
    Metadata metadata = freshness.metadata();
    if (metadata != null) {
      write(CONTENT_TYPE_TAG, metadata.contentType(), out);
      write(ETAG_TAG, metadata.etag(), out);
    }
  }

  /** Writes a field of {@link Metadata}, unless it is null. */
  public static void write(int tag, @Nullable String ascii, ByteBuf out) {
    if (ascii != null) {
      Varints.write(tag, out);
      Varints.write(ascii.length(), out);
      ByteBufUtil.writeAscii(out, ascii);
    }
  }

  /**
   * Returns the value in a {@code Response}, copied once; skips all else.
   *
   * @throws IOException if the bytes are not such a message
   */
  public static ByteView decodeResponse(ByteBuffer body) throws IOException {
    return value(parse(body));
  }

  /**
   * Returns what a {@code Response} means for the node that asked: our own nodes send how much of
   * the TTL is left, Go nodes the time at which it ends.
   *
   * @throws IOException if the bytes are not such a message
   */
  static PeerResult decodeResult(ByteBuffer body, InstantSource clock) throws IOException {
    Response response = parse(body);
    long ttlNanos = Long.MAX_VALUE;
    if (response.hasTtlNanos()) {
      ttlNanos = response.getTtlNanos();
    } else if (response.getExpire() != 0) {
      ttlNanos = Freshness.ttlNanos(response.getExpire(), clock.instant());
    }
    return PeerResult.value(
        value(response).withMetadata(metadata(response.getContentType(), response.getEtag())),
        ttlNanos,
        response.getStale(),
        response.getMinuteQps());
  }

  /**
   * Returns what a message says of a value; an empty text says nothing.
   *
   * @throws InvalidProtocolBufferException if this is more than the metadata of a value may be
   */
  public static @Nullable Metadata metadata(String contentType, String etag)
      throws InvalidProtocolBufferException {
    if (contentType.isEmpty() && etag.isEmpty()) {
      return null;
    }
    try {
      return new Metadata(contentType.isEmpty() ? null : contentType, etag.isEmpty() ? null : etag);
    } catch (IllegalArgumentException e) {
      throw new InvalidProtocolBufferException(e.getMessage());
    }
  }

  private static Response parse(ByteBuffer body) throws IOException {
    return parse(Response.parser(), UnsafeByteOperations.unsafeWrap(body).newCodedInput());
  }

  /**
   * Reads any message of the wire. It shares the bytes of {@code input}: copy what you keep of it.
   * Unknown fields are skipped: if they were kept, a sender of few bytes could make an event loop
   * allocate many objects.
   *
   * @throws InvalidProtocolBufferException if the bytes are not such a message
   */
  public static <M extends Message> M parse(Parser<M> parser, CodedInputStream input)
      throws InvalidProtocolBufferException {
    input.enableAliasing(true);
    return DiscardUnknownFieldsParser.wrap(parser).parseFrom(input);
  }

  private static ByteView value(Response response) {
    return ByteView.copyOf(response.getValue().asReadOnlyByteBuffer());
  }
}
