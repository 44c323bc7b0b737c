package io.dawncache.node.text;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A length of time as people write it: {@code 500ms}, {@code 10s}, {@code 5m}, {@code 1h}, {@code
 * 7d}.
 *
 * @param duration never negative
 */
public record TimeSpan(Duration duration) {
  private static final Pattern FORM = Pattern.compile("([0-9]+)(ms|s|m|h|d)");

  /**
   * Reads a length of time.
   *
   * @throws IllegalArgumentException if it has another form, or no duration holds it
   */
  public static TimeSpan parse(String text) {
    Matcher form = FORM.matcher(text.toLowerCase(Locale.ROOT));
    if (form.matches()) {
      try {
        return new TimeSpan(unit(form.group(2)).multipliedBy(Long.parseLong(form.group(1))));
      } catch (ArithmeticException | NumberFormatException e) {
        // Longer than a duration can be: refused like any other wrong text.
      }
    }
    throw new IllegalArgumentException(
        text + " (expected: a number and its unit, such as 500ms, 10s, 5m, 1h or 7d)");
  }

  private static Duration unit(String letters) {
    return switch (letters) {
      case "ms" -> Duration.ofMillis(1);
      case "s" -> Duration.ofSeconds(1);
      case "m" -> Duration.ofMinutes(1);
      case "h" -> Duration.ofHours(1);
      default -> Duration.ofDays(1);
    };
  }

  /**
   * {@return how people write {@code duration}, in the largest unit that it has a whole number of}
   *
   * @param duration whole milliseconds, not negative
   */
  public static String text(Duration duration) {
    long millis = duration.toMillis();
    for (String letters : new String[] {"d", "h", "m", "s"}) {
      long unitMillis = unit(letters).toMillis();
      if (millis >= unitMillis && millis % unitMillis == 0) {
        return millis / unitMillis + letters;
      }
    }
    return millis + "ms";
  }
}
