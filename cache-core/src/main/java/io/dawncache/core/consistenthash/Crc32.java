package io.dawncache.core.consistenthash;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.zip.CRC32;

/** CRC-32 with the IEEE polynomial: the JDK's for arrays and long texts, a table for short ones. */
final class Crc32 {
  /*
   * The JDK's takes an array and is made for long ones. A text of few ASCII characters is its own
   * UTF-8, and is hashed sooner as it stands, by a table's look-up for each. From some 16 on the
   * JDK's is faster, its array included.
   */
  private static final int SHORT_LENGTH = 15;

  private static final int REFLECTED_POLYNOMIAL = 0xEDB88320;
  private static final int[] TABLE = new int[1 << Byte.SIZE]; // by the byte that is shifted out

  static {
    Arrays.setAll(TABLE, Crc32::remainder);
  }

  private static int remainder(int bits) {
    int remainder = bits;
    for (int i = 0; i < Byte.SIZE; i++) {
      remainder = remainder >>> 1 ^ ((remainder & 1) == 0 ? 0 : REFLECTED_POLYNOMIAL);
    }
    return remainder;
  }

  private Crc32() {}

  /** Returns the checksum of {@code bytes}, in {@code 0 .. 0xFFFFFFFFL}. */
  static long of(byte[] bytes) {
    var crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }

  /** Returns the checksum of the UTF-8 encoding of {@code text}. */
  static long of(String text) {
    if (text.length() > SHORT_LENGTH) {
      return of(text.getBytes(UTF_8));
    }
    int crc = ~0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) { // more than one byte
        return of(text.getBytes(UTF_8));
      }
      crc = TABLE[(crc ^ c) & 0xff] ^ crc >>> Byte.SIZE;
    }
    return Integer.toUnsignedLong(~crc);
  }
}
