package io.dawncache.server.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/** Reads what Go's {@code strconv.Quote} wrote. */
final class GoQuoted {
  private GoQuoted() {}

  /** Returns the bytes that {@code quoted}, quotation marks included, stands for. */
  static byte[] bytes(String quoted) {
    int end = quoted.length() - 1;
    if (end < 1 || quoted.charAt(0) != '"' || quoted.charAt(end) != '"') {
      throw new IllegalArgumentException(quoted + " (expected: quotation marks around it)");
    }
    var bytes = new ByteArrayOutputStream();
    int i = 1;
    while (i < end) {
      int c = quoted.codePointAt(i);
      i += Character.charCount(c);
      if (c != '\\') {
        bytes.writeBytes(Character.toString(c).getBytes(UTF_8));
        continue;
      }
      char escape = quoted.charAt(i++);
      int digits = "xuU".indexOf(escape) < 0 ? 0 : escape == 'x' ? 2 : escape == 'u' ? 4 : 8;
      int number = digits == 0 ? 0 : Integer.parseInt(quoted, i, i + digits, 16);
      i += digits;
      switch (escape) {
        case 'a' -> bytes.write(0x07);
        case 'b' -> bytes.write('\b');
        case 't' -> bytes.write('\t');
        case 'n' -> bytes.write('\n');
        case 'v' -> bytes.write(0x0b);
        case 'f' -> bytes.write('\f');
        case 'r' -> bytes.write('\r');
        case '"', '\\' -> bytes.write(escape);
        case 'x' -> bytes.write(number); // a byte
        case 'u', 'U' -> bytes.writeBytes(Character.toString(number).getBytes(UTF_8)); // a rune
        default -> throw new IllegalArgumentException(quoted + ": \\" + escape + " is no escape");
      }
    }
    return bytes.toByteArray();
  }
}
