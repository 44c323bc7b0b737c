package io.dawncache.server.inbound;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.dawncache.core.ByteView;
import io.dawncache.server.wire.Dialect;
import io.dawncache.server.wire.Freshness;
import io.dawncache.server.wire.Headers;
import io.dawncache.server.wire.Messages;
import io.netty.buffer.ByteBuf;
import java.util.EnumMap;
import java.util.Map;

/**
 * What an answer with a value looks like in HTTP: the one that hits are answered with, so it is
 * written straight into the outgoing buffer, without a response object or a map of headers.
 */
final class Values {
  /** Room for a head, and for all of a message but its value. */
  static final int AROUND_VALUE_BYTES = 256;

  private static final Map<Dialect, byte[]> STARTS = new EnumMap<>(Dialect.class);
  private static final byte[] STALE = ascii("\r\n" + Headers.STALE + ": true");
  private static final byte[] CLOSE = ascii("\r\nconnection: close");
  private static final byte[] END = ascii("\r\n\r\n");

  static {
    for (Dialect dialect : Dialect.values()) {
      String contentType = "content-type: " + dialect.contentType();
      STARTS.put(dialect, ascii("HTTP/1.1 200 OK\r\n" + contentType + "\r\ncontent-length: "));
    }
  }

  private Values() {}

  /** Writes the whole response to a get. */
  static void write(
      ByteView value,
      Freshness freshness,
      boolean stale,
      Dialect dialect,
      boolean last,
      Outbox out) {
    ByteBuf buffer = out.room(AROUND_VALUE_BYTES + value.length());
    writeHead(value, freshness, stale, dialect, last, buffer);
    Messages.writeResponse(value, freshness, buffer);
    out.written();
  }

  /** Writes the response's head alone, as it is with a body and as HEAD is answered. */
  static void writeHead(
      ByteView value,
      Freshness freshness,
      boolean stale,
      Dialect dialect,
      boolean last,
      ByteBuf out) {
    out.writeBytes(STARTS.get(dialect));
    writeDecimal(Messages.responseBytes(value, freshness), out);
    if (stale) {
      out.writeBytes(STALE);
    }
    if (last) {
      out.writeBytes(CLOSE);
    }
    out.writeBytes(END);
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
