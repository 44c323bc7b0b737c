package io.dawncache.server.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/**
 * Percent-escaping of groups and keys in paths; any text survives escaping and unescaping.
 *
 * <p>We write every character except RFC 3986's unreserved ones as {@code %XX}, a space too. Every
 * server of the family understands that; they do not all understand a Go client's {@code +} for a
 * space (its own servers read it as a plus).
 */
public final class Escape {
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private Escape() {}

  /**
   * Returns {@code text} as one path segment: its UTF-8 bytes, all except A-Za-z0-9-_.~ escaped.
   */
  public static String path(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (byte b : text.getBytes(UTF_8)) {
      if (isUnreserved(b)) {
        escaped.append((char) b);
      } else {
        escaped.append('%').append(HEX[(b >> 4) & 0xf]).append(HEX[b & 0xf]);
      }
    }
    return escaped.toString();
  }

  /**
   * Returns the text whose escaping is {@code raw}, a piece of a request line with one char per
   * byte.
   *
   * @param plusIsSpace whether a bare {@code +} stands for a space
   * @throws BadRequestException if a {@code %} is not followed by two hex digits, or the bytes are
   *     not UTF-8
   */
  static String unescape(String raw, boolean plusIsSpace) throws BadRequestException {
    return isPlain(raw, plusIsSpace) ? raw : unescapeSpecial(raw, plusIsSpace);
  }

  /** Returns whether nothing is escaped, as in most keys. */
  private static boolean isPlain(String raw, boolean plusIsSpace) {
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%' || c >= 0x80 || (c == '+' && plusIsSpace)) {
        return false;
      }
    }
    return true;
  }

  private static String unescapeSpecial(String raw, boolean plusIsSpace)
      throws BadRequestException {
    byte[] bytes = new byte[raw.length()];
    int length = 0;
    boolean ascii = true;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      int b = c;
      if (c == '%') {
        b = escapedByte(raw, i);
        i += 2;
      } else if (c == '+' && plusIsSpace) {
        b = ' ';
      }
      ascii &= b < 0x80;
      bytes[length++] = (byte) b;
    }
    return ascii ? new String(bytes, 0, length, UTF_8) : utf8(bytes, length);
  }

  private static int escapedByte(String raw, int percent) throws BadRequestException {
    if (percent + 2 < raw.length()) {
      int high = Character.digit(raw.charAt(percent + 1), 16);
      int low = Character.digit(raw.charAt(percent + 2), 16);
      if (high >= 0 && low >= 0) {
        return (high << 4) | low;
      }
    }
    String found = raw.substring(percent, Math.min(percent + 3, raw.length()));
    throw new BadRequestException("path: " + found + " (expected: % and two hex digits)");
  }

  private static String utf8(byte[] bytes, int length) throws BadRequestException {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length)).toString();
    } catch (CharacterCodingException e) {
      throw new BadRequestException("path: not UTF-8 (expected: group and key in UTF-8)");
    }
  }

  private static boolean isUnreserved(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || b == '-'
        || b == '_'
        || b == '.'
        || b == '~';
  }
}
