package io.dawncache.node.text;

import static java.util.Objects.requireNonNullElse;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes as people write it: {@code 500k}, {@code 64m}, {@code 64MiB}, {@code 1 GB}, or
 * plain. A letter alone and {@code KiB}, {@code MiB}, {@code GiB} count in powers of 1024, as the
 * JVM's own options do; {@code kB}, {@code MB}, {@code GB} in powers of 1000, as disks do. Case
 * makes no difference.
 *
 * @param bytes the number, never negative
 */
public record ByteSize(long bytes) {
  private static final Pattern FORM = Pattern.compile("([0-9]+)(?: ?([kmg])(i?b)?| ?b)?");

  /**
   * Reads a size.
   *
   * @throws IllegalArgumentException if it has another form, or a long does not hold it
   */
  public static ByteSize parse(String text) {
    Matcher form = FORM.matcher(text.toLowerCase(Locale.ROOT));
    if (form.matches()) {
      try {
        long thousand = "b".equals(form.group(3)) ? 1000 : 1024;
        return new ByteSize(
            Math.multiplyExact(
                Long.parseLong(form.group(1)),
                unit(requireNonNullElse(form.group(2), ""), thousand)));
      } catch (ArithmeticException | NumberFormatException e) {
        // More than a long holds: refused like any other wrong text.
      }
    }
    throw new IllegalArgumentException(
        text + " (expected: bytes, such as 500k, 64m, 64MiB, 64MB or 1000000; 0 for no bound)");
  }

  private static long unit(String letter, long thousand) {
    return switch (letter) {
      case "k" -> thousand;
      case "m" -> thousand * thousand;
      case "g" -> thousand * thousand * thousand;
      default -> 1;
    };
  }
}
