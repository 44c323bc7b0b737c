package io.dawncache.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * One axis of a chart: the values that it spans, and its labels.
 *
 * @param log whether equal distances are equal ratios
 */
public record Axis(double from, double to, boolean log, List<Tick> ticks) {
  private static final int TICKS = 6;

  /** A label; a minor one may be left out if there is little room. */
  public record Tick(double value, String label, boolean minor) {}

  /** Returns an axis from 0 to at least {@code most}, with round labels. */
  public static Axis linear(double most, DoubleFunction<String> label) {
    double step = roundStep(Math.max(most, 1e-9) / TICKS);
    int count = (int) Math.max(1, Math.ceil(most / step - 1e-9));
    List<Tick> ticks = new ArrayList<>();
    for (int i = 0; i <= count; i++) {
      ticks.add(new Tick(i * step, label.apply(i * step), i % 2 == 1));
    }
    return new Axis(0, count * step, false, ticks);
  }

  /**
   * Returns an axis of time in seconds from 0 to {@code most}, in whole seconds if they suffice.
   */
  public static Axis seconds(double most) {
    double step = Math.max(1, roundStep(most / TICKS));
    List<Tick> ticks = new ArrayList<>();
    for (int i = 0; i * step <= most + 1e-9; i++) {
      ticks.add(new Tick(i * step, Quantity.count(Math.round(i * step)) + " s", i % 2 == 1));
    }
    return new Axis(0, most, false, ticks);
  }

  /** Returns a logarithmic axis that spans both; labels are at 1, 2 and 5 of each decade. */
  public static Axis log(double least, double most, DoubleFunction<String> label) {
    double from = Math.pow(10, Math.floor(Math.log10(least)));
    List<Double> places = new ArrayList<>();
    for (double decade = from; decade < most * 10; decade *= 10) {
      for (int digit : new int[] {1, 2, 5}) {
        places.add(digit * decade);
      }
    }
    int first = 0;
    while (places.get(first + 1) <= least) {
      first++;
    }
    int last = first + 1;
    while (places.get(last) < most) {
      last++;
    }
    List<Tick> ticks = new ArrayList<>();
    boolean crowded = last - first > 9; // then only the decades are labelled
    for (int i = first; i <= last; i++) {
      boolean decade = i % 3 == 0;
      if (decade || !crowded) {
        ticks.add(new Tick(places.get(i), label.apply(places.get(i)), !decade));
      }
    }
    return new Axis(places.get(first), places.get(last), true, ticks);
  }

  /**
   * Returns the axis of percentiles on which each nine takes the same room, 0, 90, 99, 99.9 %: the
   * value is the number of nines.
   */
  static Axis nines(double most) {
    String[] labels = {"0 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %", "99.9999 %"};
    List<Tick> ticks = new ArrayList<>();
    for (int i = 0; i < labels.length && i <= most; i++) {
      ticks.add(new Tick(i, labels[i], false));
      double half = Math.log10(2); // 50 %
      if (i == 0 && most >= half) {
        ticks.add(new Tick(half, "50 %", true));
      }
    }
    return new Axis(0, most, false, ticks);
  }

  private static double roundStep(double step) {
    double unit = Math.pow(10, Math.floor(Math.log10(step)));
    double digit = step / unit;
    return unit * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
  }

  /** Returns the place of a value: 0 at the start, 1 at the end, and never beyond. */
  double place(double value) {
    double place =
        log
            ? (Math.log(Math.max(value, from)) - Math.log(from)) / (Math.log(to) - Math.log(from))
            : (value - from) / (to - from);
    return Math.max(0, Math.min(1, place));
  }
}
