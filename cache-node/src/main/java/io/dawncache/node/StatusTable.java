package io.dawncache.node;

import io.dawncache.operations.page.StatsPage.OfGroup;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The rows of {@link StatusMain}, with sums at the end. */
final class StatusTable {
  private final TextTable table =
      new TextTable(
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
              "BYTES"),
          2);
  private final Map<String, long[]> sums = new TreeMap<>();
  private int nodes;

  /** Adds a node's groups. */
  void add(String node, Map<String, OfGroup> groups) {
    nodes++;
    groups.forEach(
        (name, group) -> {
          long[] counts = counts(group);
          table.add(row(node, name, counts));
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
    table.addNote(node, what);
  }

  /** Adds the sums, if there are several nodes, and returns the lines, head first. */
  List<String> lines() {
    if (nodes > 1) {
      sums.forEach((group, counts) -> table.add(row("sum", group, counts)));
    }
    return table.lines();
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
    return Stream.concat(Stream.of(node, group), Arrays.stream(counts).mapToObj(Long::toString))
        .toList();
  }
}
