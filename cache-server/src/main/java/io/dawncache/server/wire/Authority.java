package io.dawncache.server.wire;

import java.util.Locale;

/**
 * The host of a request, and perhaps its port, as a client writes them.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2">RFC 3986, section 3.2.2</a>
 */
public final class Authority {
  /** Which characters a name may have, and an address in brackets. */
  private static final boolean[] IN_HOST = new boolean[128];

  static {
    String letters = "abcdefghijklmnopqrstuvwxyz";
    String all = letters + letters.toUpperCase(Locale.ROOT) + "0123456789-._~%!$&'()*+,;=:";
    all.chars().forEach(c -> IN_HOST[c] = true);
  }

  private Authority() {}

  /**
   * Returns whether this is a host, which is not empty, and perhaps a colon and a port. What stands
   * in brackets need not be an address.
   */
  public static boolean isValid(CharSequence text) {
    boolean bracketed = text.length() > 0 && text.charAt(0) == '[';
    int start = bracketed ? 1 : 0;
    int end = start;
    while (end < text.length() && isIn(text, end, bracketed)) {
      end++;
    }
    if (end == start) {
      return false;
    } else if (bracketed) {
      return end < text.length() && text.charAt(end) == ']' && isPort(text, end + 1);
    }
    return isPort(text, end);
  }

  private static boolean isIn(CharSequence text, int at, boolean bracketed) {
    char c = text.charAt(at);
    return c < IN_HOST.length && IN_HOST[c] && (bracketed || (c != ':' && isWhole(text, at, c)));
  }

  /** A percent sign escapes a byte; in brackets it begins the zone of an address. */
  private static boolean isWhole(CharSequence text, int at, char c) {
    return c != '%'
        || (at + 2 < text.length()
            && Character.digit(text.charAt(at + 1), 16) >= 0
            && Character.digit(text.charAt(at + 2), 16) >= 0);
  }

  /** Returns whether nothing follows but a port, which may be empty. */
  private static boolean isPort(CharSequence text, int from) {
    if (from < text.length() && text.charAt(from) != ':') {
      return false;
    }
    for (int i = from + 1; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }
}
