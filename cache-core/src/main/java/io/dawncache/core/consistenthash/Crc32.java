package io.dawncache.core.consistenthash;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * CRC-32 with the IEEE polynomial: by the JDK for arrays and long texts, by a table for short ones.
 */
final class Crc32 {
  /*
   * The JDK's CRC-32 takes an array and is made for long ones. A text of few ASCII characters is
   * its own UTF-8, so a table look-up for each character is faster. From about 16 characters on the
   * JDK is faster, including the array.
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
