package io.dawncache.core;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Checks keys, and shows them in messages. */
final class Keys {
  private static final int SHOWN_CHARS = 80;

  private Keys() {}

  /**
   * Rejects a key that is empty, holds a lone surrogate, or is longer than {@code maxBytes} of
   * UTF-8. A lone surrogate has no UTF-8 form, so two such keys would be the same on the wire.
   */
  static void check(String key, int maxBytes) {
    if (key.isEmpty()) {
      throw new IllegalArgumentException("key is required");
    }
    long bytes = 0;
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if (c < 0x80) {
        bytes++;
      } else if (c < 0x800) {
        bytes += 2;
      } else if (!Character.isSurrogate(c)) {
        bytes += 3;
      } else if (Character.isHighSurrogate(c)
          && i + 1 < key.length()
          && Character.isLowSurrogate(key.charAt(i + 1))) {
        bytes += 4;
        i++;
      } else {
        throw new IllegalArgumentException(
            String.format(
                "key: lone surrogate U+%04X at index %d (expected: well-formed UTF-16)",
                (int) c, i));
      }
    }
    if (bytes > maxBytes) {
      throw new IllegalArgumentException(
          "key: " + bytes + " bytes of UTF-8 (expected: <= " + maxBytes + ")");
    }
  }

  /** Returns how many bytes {@code text} has in UTF-8. */
  static int utf8Bytes(String text) {
    return text.getBytes(UTF_8).length;
  }

  /**
   * Returns {@code text}, or the longest beginning of it that fits in {@code maxBytes} of UTF-8.
   */
  static String cut(String text, int maxBytes) {
    int bytes = 0;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int point = text.codePointAt(i);
      bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      if (bytes > maxBytes) {
        return text.substring(0, i);
      }
    }
    return text;
  }

  /** Returns {@code group/key} for a message: cut to a readable length, control characters as ?. */
  static String shown(String group, String key) {
    return shown(group) + "/" + shown(key);
  }

  /** Returns {@code text} for a message, shown like a key by {@link #shown(String, String)}. */
  static String shown(String text) {
    StringBuilder shown = new StringBuilder(Math.min(text.length(), SHOWN_CHARS) + 1);
    text.codePoints()
        .limit(SHOWN_CHARS)
        .forEach(c -> shown.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    if (text.codePointCount(0, text.length()) > SHOWN_CHARS) {
      shown.append('…');
    }
    return shown.toString();
  }
}
