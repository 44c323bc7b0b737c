package io.dawncache.node;

import io.dawncache.operations.page.StatsPage.OfGroup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The rows of {@link StatusMain}: texts to the left, numbers to the right, sums at the end. */
final class StatusTable {
  private static final int TEXT_COLUMNS = 2;
  private static final List<String> HEAD =
      List.of(
          "NODE",
          "GROUP",
          "GETS",
          "HITS",
          "LOADS",
          "FETCHES",
          "ANSWERED",
          "ENTRIES",
          "HOT",
          "BYTES");

  private final List<List<String>> rows = new ArrayList<>(List.of(HEAD));
  private final Map<String, long[]> sums = new TreeMap<>();
  private int nodes;

  /** Adds a node's groups. */
  void add(String node, Map<String, OfGroup> groups) {
    nodes++;
    groups.forEach(
        (name, group) -> {
          long[] counts = counts(group);
          rows.add(row(node, name, counts));
          sums.merge(name, counts, StatusTable::sum);
        });
  }

  /** Adds a node that did not answer, with the reason. */
  void addUnreachable(String node, String why) {
    nodes++;
    addNote(node, why);
  }

  /** Adds a line about a node. */
  void addNote(String node, String what) {
    rows.add(List.of(node, what));
  }

  /** Returns the lines, head first. */
  List<String> lines() {
    List<List<String>> all = new ArrayList<>(rows);
    if (nodes > 1) {
      sums.forEach((group, counts) -> all.add(row("sum", group, counts)));
    }
    int[] widths = new int[HEAD.size()];
    for (List<String> row : all) {
      for (int i = 0; row.size() == HEAD.size() && i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
      widths[0] = Math.max(widths[0], row.get(0).length());
    }
    return all.stream().map(row -> line(row, widths)).toList();
  }

  private static long[] counts(OfGroup group) {
    return new long[] {
      group.gets(),
      group.cacheHits(),
      group.getterRuns(),
      group.fetchesMade(),
      group.serverRequests(),
      group.mainCache().items(),
      group.hotCache().items(),
      group.heldBytes()
    };
  }

  private static long[] sum(long[] left, long[] right) {
    long[] sum = left.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += right[i];
    }
    return sum;
  }

  private static List<String> row(String node, String group, long[] counts) {
    return Stream.concat(
            Stream.of(node, printable(group)), Arrays.stream(counts).mapToObj(Long::toString))
        .toList();
  }

  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      boolean last = i == row.size() - 1;
      String pad = " ".repeat(Math.max(0, widths[i] - row.get(i).length()));
      if (i < TEXT_COLUMNS) {
        line.append(row.get(i)).append(last ? "" : pad);
      } else {
        line.append(pad).append(row.get(i));
      }
      line.append(last ? "" : "  ");
    }
    return line.toString();
  }
}
