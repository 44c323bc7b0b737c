package io.dawncache.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.server.Dialect;
import io.dawncache.server.wire.Escape;
import io.dawncache.server.wire.Headers;
import io.dawncache.server.wire.MessageKind;
import io.dawncache.server.wire.NodeUrl;
import io.netty.buffer.ByteBuf;
import java.util.SplittableRandom;

/**
 * The requests to one target, put together from prepared bytes. Immutable.
 *
 * <p>A get is what any client sends. Only mailgun's dialect has a put for clients, PUT with a
 * {@code SetRequest}. In the other dialects this sends what a node sends to the key's owner, the
 * message "coordinate" of {@code proto/peer.proto}. Both have the same body bytes: group, key and
 * value under the same numbers.
 */
final class Requests {
  /* Protobuf: a field's tag is its number, then 3 bits that say that a length and bytes follow. */
  private static final byte GROUP_TAG = (1 << 3) | 2;
  private static final byte KEY_TAG = (2 << 3) | 2;
  private static final byte VALUE_TAG = (3 << 3) | 2;
  private static final int VARINT_BITS = 7;
  private static final int END_OF_HEAD = 0x0d0a0d0a; // CR LF CR LF

  private final Keys keys;
  private final byte[] getStart;
  private final byte[] getEnd;
  private final byte[] putStart;
  private final boolean putNamesKey;
  private final byte[] putMiddle;
  private final byte[] putGroup;
  private final byte[] value;

  /**
   * Prepares the requests.
   *
   * @param basePath the path of all groups, with a slash at both ends
   */
  Requests(NodeUrl target, Dialect dialect, String basePath, String group, Keys keys) {
    this.keys = keys;
    String groupPath = basePath + Escape.path(group) + "/";
    String host = " HTTP/1.1\r\nHost: " + target.authority() + "\r\n";
    getStart = ascii("GET " + groupPath);
    getEnd = ascii(host + "\r\n");
    putNamesKey = dialect.putsAndDeletes();
    if (putNamesKey) {
      putStart = ascii("PUT " + groupPath);
      putMiddle = ascii(host + "Content-Length: ");
    } else {
      putStart = ascii("POST " + basePath);
      putMiddle =
          ascii(
              host
                  + (Headers.PEER + ": http://load.invalid\r\n")
                  + (Headers.MESSAGE + ": " + MessageKind.COORDINATE.label() + "\r\n")
                  + "Content-Length: ");
    }
    putGroup = group.getBytes(UTF_8);
    value = new byte[mostValueBytes(keys)];
    new SplittableRandom(1).nextBytes(value); // the same in every run, and no zeros to compress
  }

  private static int mostValueBytes(Keys keys) {
    int most = 0;
    for (int key = 0; key < keys.count(); key++) {
      most = Math.max(most, keys.valueBytes(key));
    }
    return most;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }

  /** Writes the request for a key. */
  void writeGet(int key, ByteBuf out) {
    out.writeBytes(getStart).writeBytes(keys.path(key)).writeBytes(getEnd);
  }

  /** Writes the request to put a key's value. */
  void writePut(int key, ByteBuf out) {
    byte[] text = keys.text(key);
    int valueBytes = keys.valueBytes(key);
    out.writeBytes(putStart);
    if (putNamesKey) {
      out.writeBytes(keys.path(key));
    }
    out.writeBytes(putMiddle);
    writeDecimal(
        fieldBytes(putGroup.length) + fieldBytes(text.length) + fieldBytes(valueBytes), out);
    out.writeInt(END_OF_HEAD);
    writeField(GROUP_TAG, putGroup, putGroup.length, out);
    writeField(KEY_TAG, text, text.length, out);
    writeField(VALUE_TAG, value, valueBytes, out);
  }

  private static int fieldBytes(int length) {
    int bytes = 2 + length;
    for (int rest = length >>> VARINT_BITS; rest > 0; rest >>>= VARINT_BITS) {
      bytes++;
    }
    return bytes;
  }

  private static void writeField(byte tag, byte[] bytes, int length, ByteBuf out) {
    out.writeByte(tag);
    int rest = length;
    while (rest > 0x7f) {
      out.writeByte((rest & 0x7f) | 0x80);
      rest >>>= VARINT_BITS;
    }
    out.writeByte(rest).writeBytes(bytes, 0, length);
  }

  private static void writeDecimal(int number, ByteBuf out) {
    int unit = 1;
    while (number / unit >= 10) {
      unit *= 10;
    }
    for (; unit > 0; unit /= 10) {
      out.writeByte('0' + (number / unit) % 10);
    }
  }
}
