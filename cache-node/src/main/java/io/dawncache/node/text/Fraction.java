package io.dawncache.node.text;

import java.util.regex.Pattern;

/**
 * A fraction of one, as people write it: {@code 0.1}.
 *
 * @param value 0 to 1
 */
public record Fraction(double value) {
  private static final Pattern FORM = Pattern.compile("0|1|[01]?\\.[0-9]+");

  /**
   * Reads a fraction.
   *
   * @throws IllegalArgumentException if it has another form, or is more than 1
   */
  public static Fraction parse(String text) {
    double value = FORM.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
    if (value >= 0 && value <= 1) {
      return new Fraction(value);
    }
    throw new IllegalArgumentException(text + " (expected: 0 to 1, such as 0.1)");
  }
}
