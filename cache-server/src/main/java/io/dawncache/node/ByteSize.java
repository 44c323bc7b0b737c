package io.dawncache.node;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes as people write it: {@code 500k}, {@code 64m}, {@code 1g}, or plain.
 *
 * @param bytes the number, never negative; a k is 1024
 */
record ByteSize(long bytes) {
  private static final Pattern FORM = Pattern.compile("([0-9]+)([kmg]?)");

  /**
   * Reads a size.
   *
   * @throws IllegalArgumentException if it has another form, or a long does not hold it
   */
  static ByteSize parse(String text) {
    Matcher form = FORM.matcher(text.toLowerCase(Locale.ROOT));
    if (form.matches()) {
      try {
        return new ByteSize(Math.multiplyExact(Long.parseLong(form.group(1)), unit(form.group(2))));
      } catch (ArithmeticException | NumberFormatException e) {
        // More than a long holds: as wrong as any other text.
      }
    }
    throw new IllegalArgumentException(
        text + " (expected: bytes, such as 500k, 64m, 1g or 1000000; 0 for no bound)");
  }

  private static long unit(String letter) {
    return switch (letter) {
      case "k" -> 1L << 10;
      case "m" -> 1L << 20;
      case "g" -> 1L << 30;
      default -> 1;
    };
  }
}
