package io.dawncache.bench.load;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes of values from {@code leastBytes} to {@code mostBytes}, both included. */
record SizeRange(int leastBytes, int mostBytes) {
  private static final int MAX_BYTES = 16 << 20;
  private static final Pattern FORM =
      Pattern.compile("([0-9]{1,9})([km]?)(?:-([0-9]{1,9})([km]?))?");

  /**
   * Reads one size or two: {@code 100}, {@code 64k}, {@code 100-10k}.
   *
   * @throws IllegalArgumentException if it has another form, or is above 16 MiB
   */
  static SizeRange parse(String text) {
    Matcher form = FORM.matcher(text.toLowerCase(Locale.ROOT));
    if (form.matches()) {
      long least = bytes(form.group(1), form.group(2));
      long most = form.group(3) == null ? least : bytes(form.group(3), form.group(4));
      if (least <= most && most <= MAX_BYTES) {
        return new SizeRange((int) least, (int) most);
      }
    }
    throw new IllegalArgumentException(
        text + " (expected: BYTES or LEAST-MOST, such as 100, 64k or 100-10k, at most 16m)");
  }

  private static long bytes(String number, String unit) {
    return Long.parseLong(number)
        << switch (unit) {
          case "k" -> 10;
          case "m" -> 20;
          default -> 0;
        };
  }

  @Override
  public String toString() {
    return leastBytes == mostBytes
        ? Quantity.bytes(leastBytes)
        : Quantity.bytes(leastBytes) + " to " + Quantity.bytes(mostBytes);
  }
}
