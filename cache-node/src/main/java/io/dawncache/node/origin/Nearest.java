package io.dawncache.node.origin;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** The known name that an unknown one was probably meant to be. */
public final class Nearest {
  /** The edits that a slip of the fingers takes. */
  private static final int MAX_EDITS = 3;

  private Nearest() {}

  /**
   * {@return the known name with the fewest edits from {@code name}, or all of them, in order, if
   * none is near}
   *
   * @param name an unknown name
   * @param known at least one
   */
  public static String of(String name, Collection<String> known) {
    List<String> sorted = known.stream().sorted().toList();
    return sorted.stream()
        .filter(each -> edits(name, each) <= Math.min(MAX_EDITS, each.length() / 2))
        .min(Comparator.comparingInt(each -> edits(name, each)))
        .orElseGet(() -> sorted.isEmpty() ? "nothing" : "one of " + String.join(", ", sorted));
  }

  /** The distance of Levenshtein: characters inserted, removed or replaced. */
  private static int edits(String one, String other) {
    int[] above = new int[other.length() + 1];
    for (int j = 0; j < above.length; j++) {
      above[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int[] row = new int[above.length];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = above[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
      }
      above = row;
    }
    return above[other.length()];
  }
}
