package io.dawncache.server.frame;

import static com.google.protobuf.WireFormat.WIRETYPE_FIXED64;
import static com.google.protobuf.WireFormat.WIRETYPE_LENGTH_DELIMITED;
import static com.google.protobuf.WireFormat.WIRETYPE_VARINT;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.protobuf.InvalidProtocolBufferException;
import io.dawncache.core.ByteView;
import io.dawncache.core.Metadata;
import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.core.TraceContext;
import io.dawncache.server.wire.Freshness;
import io.dawncache.server.wire.GroupcacheCodec;
import io.dawncache.server.wire.KeyAnswers;
import io.dawncache.server.wire.PeerCodec;
import io.dawncache.server.wire.Varints;
import io.dawncache.server.wire.pb.FetchRequest;
import io.dawncache.server.wire.pb.KeyAnswer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.concurrent.FastThreadLocal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one fetch, its request and its answer: written and read without a message object,
 * byte for byte as the generated classes do it. An instance reads the requests of one connection.
 */
public final class FetchFrames {
  /*
   * The two readers here are strict. They read exactly what `writeRequest` and `writeAnswer` write
   * and return null at the first other byte: an unknown field, a long or non-ASCII text, a number
   * in more bytes than it needs. Then the generated class reads the whole message again, so it
   * alone decides what is valid. A reader that continued after a field that it has not consumed
   * would take the bytes of that field for fields.
   *
   * ReadersTest and scripts/fuzz compare these readers with the generated classes.
   * docs/decisions/0012 says what the generated classes would cost here.
   */
  private static final int GROUP_TAG =
      (FetchRequest.GROUP_FIELD_NUMBER << 3) | WIRETYPE_LENGTH_DELIMITED;
  private static final int KEY_TAG =
      (FetchRequest.KEY_FIELD_NUMBER << 3) | WIRETYPE_LENGTH_DELIMITED;
  private static final int TIMEOUT_TAG =
      (FetchRequest.TIMEOUT_MILLIS_FIELD_NUMBER << 3) | WIRETYPE_VARINT;
  private static final int COPY_GETS_TAG =
      (FetchRequest.COPY_GETS_FIELD_NUMBER << 3) | WIRETYPE_VARINT;

  private static final int TRACE_PARENT_TAG =
      (FetchRequest.TRACEPARENT_FIELD_NUMBER << 3) | WIRETYPE_LENGTH_DELIMITED;
  private static final int TRACE_STATE_TAG =
      (FetchRequest.TRACESTATE_FIELD_NUMBER << 3) | WIRETYPE_LENGTH_DELIMITED;

  private static final int VALUE_TAG =
      (KeyAnswer.VALUE_FIELD_NUMBER << 3) | WIRETYPE_LENGTH_DELIMITED;
  private static final int TTL_NANOS_TAG =
      (KeyAnswer.TTL_NANOS_FIELD_NUMBER << 3) | WIRETYPE_VARINT;
  private static final int STALE_TAG = (KeyAnswer.STALE_FIELD_NUMBER << 3) | WIRETYPE_VARINT;
  private static final int MINUTE_QPS_TAG =
      (KeyAnswer.MINUTE_QPS_FIELD_NUMBER << 3) | WIRETYPE_FIXED64;
  private static final int CONTENT_TYPE_TAG =
      (KeyAnswer.CONTENT_TYPE_FIELD_NUMBER << 3) | WIRETYPE_LENGTH_DELIMITED;
  private static final int ETAG_TAG =
      (KeyAnswer.ETAG_FIELD_NUMBER << 3) | WIRETYPE_LENGTH_DELIMITED;

  private static final int SHORT_TEXT_BYTES = 1024;
  private static final FastThreadLocal<byte[]> SHORT_TEXT =
      new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
          return new byte[SHORT_TEXT_BYTES];
        }
      };

  // The last request's group and time-out: most often the next request has the same.
  private byte[] groupBytes = {};
  private String group = "";
  private Duration timeout = Duration.ZERO;
  private long timeoutMillis;

  /** Makes a reader of requests. */
  public FetchFrames() {}

  // Requests.

  /** Returns the length of the request's message. */
  public static int requestBytes(PeerRequest fetch, long leftMillis) {
    int bytes = textBytes(fetch.group()) + textBytes(fetch.key()) + 1 + Varints.bytes(leftMillis);
    if (fetch.copyGets() != 0) {
      bytes += 1 + Varints.bytes(fetch.copyGets());
    }
    TraceContext trace = fetch.trace();
    if (trace != null) {
      bytes += textBytes(trace.traceparent());
      bytes += trace.tracestate() == null ? 0 : textBytes(trace.tracestate());
    }
    return bytes;
  }

  private static int textBytes(String text) {
    int bytes = ByteBufUtil.utf8Bytes(text);
    return 1 + Varints.bytes(bytes) + bytes;
  }

  /**
   * Appends the request's message.
   *
   * @param leftMillis how long the sender waits for the answer, more than 0
   */
  public static void writeRequest(PeerRequest fetch, long leftMillis, ByteBuf out) {
    writeText(GROUP_TAG, fetch.group(), out);
    writeText(KEY_TAG, fetch.key(), out);
    out.writeByte(TIMEOUT_TAG);
    Varints.write(leftMillis, out);
    if (fetch.copyGets() != 0) {
      out.writeByte(COPY_GETS_TAG);
      Varints.write(fetch.copyGets(), out);
    }
    TraceContext trace = fetch.trace();
    if (trace != null) {
      writeText(TRACE_PARENT_TAG, trace.traceparent(), out);
      if (trace.tracestate() != null) {
        writeText(TRACE_STATE_TAG, trace.tracestate(), out);
      }
    }
  }

  private static void writeText(int tag, String text, ByteBuf out) {
    out.writeByte(tag);
    Varints.write(ByteBufUtil.utf8Bytes(text), out);
    ByteBufUtil.writeUtf8(out, text);
  }

  /**
   * Reads a request's message.
   *
   * @throws BrokenFrameException if it is not such a message, or a number is out of its range
   */
  public PeerRequest readRequest(ByteBuf payload) throws BrokenFrameException {
    int start = payload.readerIndex();
    PeerRequest plain = readPlain(payload);
    return plain != null ? plain : readAny(payload.readerIndex(start));
  }

  /** Returns null at the first byte that {@link #writeRequest} would not write. */
  private @Nullable PeerRequest readPlain(ByteBuf in) {
    String name = null;
    String key = null;
    long millis = 0;
    long copyGets = 0;
    String traceparent = "";
    String tracestate = "";
    while (in.isReadable()) {
      switch (in.readByte()) {
        case GROUP_TAG -> {
          name = readGroup(in);
          if (name == null) {
            return null;
          }
        }
        case KEY_TAG -> {
          key = readText(in);
          if (key == null) {
            return null;
          }
        }
        case TIMEOUT_TAG -> {
          millis = Varints.read(in);
          if (millis == Varints.NONE) {
            return null;
          }
        }
        case COPY_GETS_TAG -> {
          copyGets = Varints.read(in);
          if (copyGets == Varints.NONE) {
            return null;
          }
        }
        case TRACE_PARENT_TAG -> {
          traceparent = readText(in);
          if (traceparent == null) {
            return null;
          }
        }
        case TRACE_STATE_TAG -> {
          tracestate = readText(in);
          if (tracestate == null) {
            return null;
          }
        }
        default -> {
          return null;
        }
      }
    }
    return name == null || key == null || millis == 0
        ? null
        : new PeerRequest(name, key, duration(millis), copyGets, trace(traceparent, tracestate));
  }

  private @Nullable String readGroup(ByteBuf in) {
    int length = Varints.readLength(in);
    if (length <= 0) {
      return null;
    }
    if (!isGroup(in, length)) {
      int start = in.readerIndex();
      String read = readShortAscii(in, length);
      if (read == null) {
        return null;
      }
      group = read;
      groupBytes = ByteBufUtil.getBytes(in, start, length);
      return read;
    }
    in.skipBytes(length);
    return group;
  }

  private boolean isGroup(ByteBuf in, int length) {
    if (length != groupBytes.length) {
      return false;
    }
    int start = in.readerIndex();
    for (int i = 0; i < length; i++) {
      if (in.getByte(start + i) != groupBytes[i]) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable String readText(ByteBuf in) {
    int length = Varints.readLength(in);
    return length <= 0 ? null : readShortAscii(in, length);
  }

  private static @Nullable String readShortAscii(ByteBuf in, int length) {
    if (length > SHORT_TEXT_BYTES) {
      return null;
    }
    byte[] bytes = SHORT_TEXT.get();
    in.readBytes(bytes, 0, length);
    int all = 0;
    for (int i = 0; i < length; i++) {
      all |= bytes[i];
    }
    return all < 0 ? null : new String(bytes, 0, length, ISO_8859_1);
  }

  private Duration duration(long millis) {
    if (millis != timeoutMillis) {
      timeout = Duration.ofMillis(millis);
      timeoutMillis = millis;
    }
    return timeout;
  }

  private static PeerRequest readAny(ByteBuf payload) throws BrokenFrameException {
    FetchRequest request = Frames.parse(FrameKind.FETCH, FetchRequest.parser(), payload);
    if (request.getGroup().isEmpty()
        || request.getKey().isEmpty()
        || request.getTimeoutMillis() <= 0
        || request.getCopyGets() < 0) {
      throw new BrokenFrameException(
          "FETCH: group or key empty, or timeout_millis: "
              + request.getTimeoutMillis()
              + " or copy_gets: "
              + request.getCopyGets()
              + " (expected: > 0 and >= 0)");
    }
    return new PeerRequest(
        request.getGroup(),
        request.getKey(),
        Duration.ofMillis(request.getTimeoutMillis()),
        request.getCopyGets(),
        trace(request.getTraceparent(), request.getTracestate()));
  }

  /** Most requests have none, and then nothing is read. */
  private static @Nullable TraceContext trace(String traceparent, String tracestate) {
    return traceparent.isEmpty() ? null : PeerCodec.trace(traceparent, tracestate);
  }

  // Answers.

  /** Returns the length of the message of an answer with a value. */
  public static long answerBytes(ByteView value, Freshness freshness) {
    return (long) beforeBytes(value) + value.length() + behindBytes(freshness);
  }

  /** Appends the message of an answer with a value. */
  public static void writeAnswer(ByteView value, Freshness freshness, ByteBuf out) {
    writeBefore(value, out);
    write(value, 0, value.length(), out);
    writeBehind(freshness, out);
  }

  private static int beforeBytes(ByteView value) {
    return value.isEmpty() ? 0 : 1 + Varints.bytes(value.length());
  }

  /** Appends what precedes the value; an empty value is not written at all. */
  static void writeBefore(ByteView value, ByteBuf out) {
    if (!value.isEmpty()) {
      out.writeByte(VALUE_TAG);
      Varints.write(value.length(), out);
    }
  }

  /** Appends a part of the value. */
  static void write(ByteView value, int from, int to, ByteBuf out) {
    ByteView part = from == 0 && to == value.length() ? value : value.slice(from, to);
    int length = part.length();
    out.ensureWritable(length);
    part.copyTo(out.internalNioBuffer(out.writerIndex(), length));
    out.writerIndex(out.writerIndex() + length);
  }

  private static int behindBytes(Freshness freshness) {
    int bytes = freshness.hasMinuteQps() ? 1 + Double.BYTES : 0;
    if (freshness.ttlNanos() != Long.MAX_VALUE) {
      bytes += 1 + Varints.bytes(freshness.ttlNanos());
    }
    Metadata metadata = freshness.metadata();
    if (metadata != null) {
      bytes += GroupcacheCodec.bytes(CONTENT_TYPE_TAG, metadata.contentType());
      bytes += GroupcacheCodec.bytes(ETAG_TAG, metadata.etag());
    }
    return freshness.stale() ? bytes + 2 : bytes;
  }

  /** Appends what follows the value. */
  static void writeBehind(Freshness freshness, ByteBuf out) {
    if (freshness.ttlNanos() != Long.MAX_VALUE) {
      out.writeByte(TTL_NANOS_TAG);
      Varints.write(freshness.ttlNanos(), out);
    }
    if (freshness.stale()) {
      out.writeByte(STALE_TAG);
      out.writeByte(1);
    }
    if (freshness.hasMinuteQps()) {
      out.writeByte(MINUTE_QPS_TAG);
      out.writeLongLE(Double.doubleToRawLongBits(freshness.minuteQps()));
    }
    Metadata metadata = freshness.metadata();
    if (metadata != null) {
      GroupcacheCodec.write(CONTENT_TYPE_TAG, metadata.contentType(), out);
      GroupcacheCodec.write(ETAG_TAG, metadata.etag(), out);
    }
  }

  /** Appends the frame of an answer without a value. */
  public static void writeEnd(PeerResult end, int id, ByteBuf out) {
    KeyAnswer.Builder answer = KeyAnswers.builder(end);
    Frames.write(id, FrameKind.FETCHED, answer.build(), out);
  }

  /** Reads an answer's message and copies the value once. Anything else is read as a failure. */
  public static PeerResult readAnswer(ByteBuf payload) {
    int start = payload.readerIndex();
    PeerResult value = readValue(payload);
    if (value != null) {
      return value;
    }
    ByteBuf all = payload.readerIndex(start);
    try {
      return KeyAnswers.result(Frames.parse(FrameKind.FETCHED, KeyAnswer.parser(), all));
    } catch (BrokenFrameException | InvalidProtocolBufferException e) {
      return PeerResult.of(PeerResult.Status.FAILED, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Returns null at the first byte that {@link #writeAnswer} would not write, and so for every
   * answer without a value.
   */
  private static @Nullable PeerResult readValue(ByteBuf in) {
    int valueStart = 0;
    int valueLength = 0;
    long ttlNanos = Long.MAX_VALUE;
    boolean stale = false;
    double minuteQps = 0;
    String contentType = "";
    String etag = "";
    while (in.isReadable()) {
      switch (in.readByte()) {
        case VALUE_TAG -> {
          valueLength = Varints.readLength(in);
          if (valueLength <= 0) {
            return null;
          }
          valueStart = in.readerIndex();
          in.skipBytes(valueLength);
        }
        case TTL_NANOS_TAG -> {
          ttlNanos = Varints.read(in);
          if (ttlNanos == Varints.NONE) {
            return null;
          }
        }
        case STALE_TAG -> {
          stale = true;
          if (Varints.read(in) != 1) {
            return null;
          }
        }
        case MINUTE_QPS_TAG -> {
          if (in.readableBytes() < Double.BYTES) {
            return null;
          }
          minuteQps = Double.longBitsToDouble(in.readLongLE());
        }
        case CONTENT_TYPE_TAG -> {
          contentType = readText(in);
          if (contentType == null) {
            return null;
          }
        }
        case ETAG_TAG -> {
          etag = readText(in);
          if (etag == null) {
            return null;
          }
        }
        default -> {
          return null;
        }
      }
    }
    try {
      ByteView value =
          copy(in, valueStart, valueLength)
              .withMetadata(GroupcacheCodec.metadata(contentType, etag));
      return PeerResult.value(value, ttlNanos, stale, minuteQps);
    } catch (InvalidProtocolBufferException e) {
      return null; // the other reader says what is wrong
    }
  }

  private static ByteView copy(ByteBuf in, int start, int length) {
    if (length == 0) {
      return ByteView.empty();
    }
    return in.nioBufferCount() == 1
        ? ByteView.copyOf(in.internalNioBuffer(start, length))
        : ByteView.copyOf(in.nioBuffers(start, length));
  }
}
