package io.dawncache.core.lru;

/** Measures strings in UTF-8 without encoding them. */
final class Utf8 {
  private Utf8() {}

  /**
   * Returns the length of {@code text.getBytes(UTF_8)}. A surrogate without its partner counts one
   * byte, for it is encoded as {@code ?}.
   */
  static long length(String text) {
    int chars = text.length();
    long bytes = chars;
    for (int i = 0; i < chars; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        continue;
      }
      if (c < 0x800) {
        bytes += 1;
      } else if (!Character.isSurrogate(c)) {
        bytes += 2;
      } else if (i + 1 < chars && Character.isSurrogatePair(c, text.charAt(i + 1))) {
        bytes += 2; // four bytes for two chars
        i++;
      }
    }
    return bytes;
  }
}
