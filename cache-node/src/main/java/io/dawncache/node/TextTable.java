package io.dawncache.node;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows of a table for a terminal: columns of texts to the left, of numbers to the right. What nodes
 * answer cannot break it: control characters in a text are shown as question marks.
 */
final class TextTable {
  private final List<String> head;
  private final int textColumns;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * Makes a table.
   *
   * @param textColumns how many columns, from the left, are texts; at least 1
   */
  TextTable(List<String> head, int textColumns) {
    this.head = List.copyOf(head);
    this.textColumns = textColumns;
    rows.add(this.head);
  }

  /** Adds a row with a cell for each column. */
  void add(List<String> row) {
    rows.add(row.stream().map(TextTable::printable).toList());
  }

  /** Adds a row with a text behind its first cell, across the other columns. */
  void addNote(String first, String note) {
    rows.add(List.of(printable(first), printable(note)));
  }

  /** Returns the lines, head first. */
  List<String> lines() {
    int[] widths = new int[head.size()];
    for (List<String> row : rows) {
      for (int i = 0; row.size() == head.size() && i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
      widths[0] = Math.max(widths[0], row.get(0).length());
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      boolean last = i == row.size() - 1;
      String pad = " ".repeat(Math.max(0, widths[i] - row.get(i).length()));
      if (i < textColumns) {
        line.append(row.get(i)).append(last ? "" : pad);
      } else {
        line.append(pad).append(row.get(i));
      }
      line.append(last ? "" : "  ");
    }
    return line.toString();
  }

  private static String printable(String text) {
    return text.replaceAll("\\p{Cc}", "?");
  }
}
