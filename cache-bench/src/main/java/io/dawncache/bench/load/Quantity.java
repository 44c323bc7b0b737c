package io.dawncache.bench.load;

import java.util.Locale;

/** Figures as people read them: three significant digits and a unit. */
public final class Quantity {
  private Quantity() {}

  /** Returns a length of time: 850 ns, 92.3 µs, 4.07 ms, 12.0 s. */
  public static String time(long nanos) {
    return nanos < 1e3
        ? three((double) nanos) + " ns"
        : nanos < 999_500
            ? three(nanos / 1e3) + " µs"
            : nanos < 999_500_000 ? three(nanos / 1e6) + " ms" : three(nanos / 1e9) + " s";
  }

  /** Returns an amount of bytes: 100 B, 1.46 kB, 12.0 MB; a kB is 1,000 B. */
  public static String bytes(long bytes) {
    return bytes < 1e3
        ? three((double) bytes) + " B"
        : bytes < 999_500
            ? three(bytes / 1e3) + " kB"
            : bytes < 999_500_000 ? three(bytes / 1e6) + " MB" : three(bytes / 1e9) + " GB";
  }

  /** Returns a number of things: 1,234,567. */
  public static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** Returns a number of things per second. */
  public static String rate(double rate) {
    return rate < 100 ? three(rate) + "/s" : count(Math.round(rate)) + "/s";
  }

  /** Returns a number of seconds without needless digits: 10 s, 0.5 s, 9.87 s. */
  public static String seconds(long nanos) {
    String text = String.format(Locale.ROOT, "%,.2f", nanos / 1e9);
    return text.replaceFirst("\\.?0+$", "") + " s";
  }

  private static String three(double value) {
    String form = value >= 99.95 || (value == Math.rint(value) && value >= 10) ? "%,.0f" : "%.1f";
    return String.format(
            Locale.ROOT, value < 9.995 && value != Math.rint(value) ? "%.2f" : form, value)
        .replaceFirst("^([0-9])\\.0$", "$1");
  }
}
