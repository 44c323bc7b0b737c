package io.dawncache.server.inbound;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import io.dawncache.core.ByteView;
import io.dawncache.server.Dialect;
import io.dawncache.server.wire.Freshness;
import io.dawncache.server.wire.GroupcacheCodec;
import io.dawncache.server.wire.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What an answer with a value looks like in HTTP. Every hit is answered so; therefore it is written
 * straight into the outgoing buffer, without a response object or a map of headers.
 */
final class Values {
  /** Room for a head, and for a message without its value and metadata. */
  static final int AROUND_VALUE_BYTES = 256;

  /*
   * The head of a small value without TTL or other fields depends on its length alone, except for
   * the date. So everything that follows the date, up to the value in the message, is made once and
   * then copied in one piece: a hit formats no digits and no varints. At most SMALL_VALUE_BYTES
   * heads per dialect are ever held.
   *
   * Two threads may make the same head concurrently; both make the same bytes, and either may stay.
   * The array is an atomic one so that a thread that finds a head sees all of its bytes.
   */
  private static final int SMALL_VALUE_BYTES = 1 << 10;

  private static final Map<Dialect, AtomicReferenceArray<byte[]>> SMALL_HEADS =
      new EnumMap<>(Dialect.class); // by the value's length

  private static final Map<Dialect, byte[]> HEADERS = new EnumMap<>(Dialect.class);
  private static final byte[] STALE = ascii("\r\n" + Headers.STALE + ": true");
  private static final byte[] LINE_END = ascii("\r\n");

  static {
    for (Dialect dialect : Dialect.values()) {
      String contentType = "content-type: " + dialect.contentType();
      // Go nodes recognise a value by its content type; our own nodes require a status as well.
      String ours = dialect.isOurs() ? "\r\n" + Headers.STATUS + ": " + Headers.VALUE : "";
      HEADERS.put(dialect, ascii(contentType + ours + "\r\ncontent-length: "));
      SMALL_HEADS.put(dialect, new AtomicReferenceArray<>(SMALL_VALUE_BYTES));
    }
  }

  private Values() {}

  /** Writes the whole response to a get. */
  static void write(
      ByteView value,
      Freshness freshness,
      boolean stale,
      Dialect dialect,
      Persistence persistence,
      Outbox out) {
    if (isSmall(value)
        && freshness.equals(Freshness.NONE)
        && !stale
        && persistence == Persistence.DEFAULT) {
      ByteBuf buffer = out.room(AROUND_VALUE_BYTES + value.length());
      out.date().writeOkAndDate(buffer);
      buffer.writeBytes(smallHead(value, dialect));
      GroupcacheCodec.writeValue(value, buffer);
    } else {
      int messageBytes = GroupcacheCodec.responseBytes(value, freshness);
      ByteBuf buffer = out.room(AROUND_VALUE_BYTES + messageBytes);
      writeHead(value, freshness, stale, dialect, persistence, out.date(), buffer);
      GroupcacheCodec.writeResponse(value, freshness, buffer);
    }
    out.written();
  }

  private static boolean isSmall(ByteView value) {
    return value.length() < SMALL_VALUE_BYTES;
  }

  private static byte[] smallHead(ByteView value, Dialect dialect) {
    AtomicReferenceArray<byte[]> heads = requireNonNull(SMALL_HEADS.get(dialect));
    byte[] known = heads.get(value.length());
    if (known != null) {
      return known;
    }
    ByteBuf written = Unpooled.buffer(AROUND_VALUE_BYTES);
    writeHeaders(value, Freshness.NONE, false, dialect, Persistence.DEFAULT, written);
    GroupcacheCodec.writeUpToValue(value, written);
    byte[] head = ByteBufUtil.getBytes(written);
    heads.set(value.length(), head);
    return head;
  }

  /** Writes the response's head alone: the same before a body and in answer to HEAD. */
  static void writeHead(
      ByteView value,
      Freshness freshness,
      boolean stale,
      Dialect dialect,
      Persistence persistence,
      AnswerDates.Second date,
      ByteBuf out) {
    date.writeOkAndDate(out);
    writeHeaders(value, freshness, stale, dialect, persistence, out);
  }

  /** Writes all that follows the date. */
  private static void writeHeaders(
      ByteView value,
      Freshness freshness,
      boolean stale,
      Dialect dialect,
      Persistence persistence,
      ByteBuf out) {
    out.writeBytes(HEADERS.get(dialect));
    writeDecimal(GroupcacheCodec.responseBytes(value, freshness), out);
    if (stale) {
      out.writeBytes(STALE);
    }
    out.writeBytes(LINE_END);
    ByteBufUtil.writeAscii(out, persistence.line());
    out.writeBytes(LINE_END);
  }

  private static void writeDecimal(int number, ByteBuf out) {
    int power = 1;
    while (number / power >= 10) {
      power *= 10;
    }
    for (; power > 0; power /= 10) {
      out.writeByte('0' + number / power % 10);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
