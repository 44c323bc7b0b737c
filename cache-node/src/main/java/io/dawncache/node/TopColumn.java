package io.dawncache.node;

import java.util.Comparator;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The columns by which {@code dawncache top} sorts, each with the key that chooses it. */
@SuppressWarnings("ImmutableEnumChecker") // the functions have no state
enum TopColumn {
  NODE('m', "NODE", GroupRates::node, Comparator.comparing(GroupRates::node)),
  GROUP('r', "GROUP", GroupRates::group, Comparator.comparing(GroupRates::group)),
  GETS('g', "GETS/S", rates -> rate(rates.gets()), falling(GroupRates::gets)),
  HIT('h', "HIT%", TopColumn::percent, Comparator.comparing(TopColumn::ratio)),
  LOADS('l', "LOADS/S", rates -> rate(rates.loads()), falling(GroupRates::loads)),
  P50('5', "P50 MS", rates -> rate(rates.loadMillisP50()), falling(GroupRates::loadMillisP50)),
  P99('9', "P99 MS", rates -> rate(rates.loadMillisP99()), falling(GroupRates::loadMillisP99)),
  EVICTIONS('e', "EVICT/S", rates -> rate(rates.evictions()), falling(GroupRates::evictions)),
  ENTRIES('n', "ENTRIES", rates -> Long.toString(rates.entries()), falling(GroupRates::entries)),
  BYTES('b', "BYTES", rates -> size(rates.bytes()), falling(GroupRates::bytes));

  private final char key;
  private final String head;
  private final Function<GroupRates, String> text;
  private final Comparator<GroupRates> order;

  TopColumn(
      char key, String head, Function<GroupRates, String> text, Comparator<GroupRates> order) {
    this.key = key;
    this.head = head;
    this.text = text;
    this.order = order;
  }

  /** Returns the column that a key chooses, or null. */
  static @Nullable TopColumn byKey(int key) {
    for (TopColumn column : values()) {
      if (column.key == key) {
        return column;
      }
    }
    return null;
  }

  char key() {
    return key;
  }

  String head() {
    return head;
  }

  /** Returns what stands in the column. */
  String text(GroupRates rates) {
    return text.apply(rates);
  }

  /** Returns the order of rows: names rise, the worst hit ratio comes first, other numbers fall. */
  Comparator<GroupRates> order() {
    return order.thenComparing(GroupRates::group).thenComparing(GroupRates::node);
  }

  private static Comparator<GroupRates> falling(Function<GroupRates, ? extends Number> number) {
    return Comparator.comparingDouble((GroupRates rates) -> number.apply(rates).doubleValue())
        .reversed();
  }

  /** Groups that nobody asks come last. */
  private static double ratio(GroupRates rates) {
    Double ratio = rates.hitRatio();
    return ratio == null ? 2 : ratio;
  }

  private static String percent(GroupRates rates) {
    Double ratio = rates.hitRatio();
    return ratio == null ? "-" : String.format(Locale.ROOT, "%.1f", 100 * ratio);
  }

  private static String rate(double number) {
    return String.format(Locale.ROOT, number < 100 ? "%.1f" : "%.0f", number);
  }

  /** Returns a size in at most 6 characters, in powers of 1024. */
  private static String size(long bytes) {
    double left = bytes;
    String unit = "";
    for (String next : new String[] {"k", "m", "g", "t"}) {
      if (left < 1024) {
        break;
      }
      left /= 1024;
      unit = next;
    }
    return unit.isEmpty() ? Long.toString(bytes) : String.format(Locale.ROOT, "%.1f", left) + unit;
  }
}
