package io.dawncache.core;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a value beside its bytes, in the words of HTTP: what they are, and which version
 * of them. It goes with the value to every node that holds or answers it, see {@link
 * ByteView#withMetadata}.
 *
 * <p>Both are visible ASCII, with spaces inside only, as header fields allow them, and no longer
 * than 256 bytes together. They are otherwise taken as they are: neither their syntax nor whether
 * they fit the value is checked.
 *
 * @param contentType what the bytes are, for example {@code text/html; charset=utf-8}; null if it
 *     is not known
 * @param etag the version as the header {@code ETag} has it, with its quotes, for example {@code
 *     "v17"} or {@code W/"v17"}; null if it is not known
 * @since 0.1.0
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-8.3">RFC 9110, 8.3 and 8.8.3</a>
 */
public record Metadata(@Nullable String contentType, @Nullable String etag) {
  /** How many bytes content type and ETag may have together. */
  public static final int MAX_BYTES = 256;

  /**
   * Checks both.
   *
   * @throws IllegalArgumentException if one is empty or has characters other than visible ASCII and
   *     inner spaces, or if they are longer than {@link #MAX_BYTES} together
   */
  public Metadata {
    check("contentType", contentType);
    check("etag", etag);
    int bytes = length(contentType) + length(etag);
    if (bytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          "contentType and etag: " + bytes + " bytes together (expected: <= " + MAX_BYTES + ")");
    }
  }

  /** Returns whether neither is known, which is the same as no metadata. */
  boolean isEmpty() {
    return contentType == null && etag == null;
  }

  private static void check(String name, @Nullable String text) {
    if (text == null) {
      return;
    }
    boolean allowed =
        !text.isEmpty() && text.charAt(0) != ' ' && text.charAt(text.length() - 1) != ' ';
    for (int i = 0; i < text.length() && allowed; i++) {
      allowed = text.charAt(i) >= ' ' && text.charAt(i) <= '~';
    }
    if (!allowed) {
      throw new IllegalArgumentException(
          name
              + ": "
              + Keys.shown(text)
              + " (expected: visible ASCII, not empty, with spaces inside only)");
    }
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }
}
