package io.dawncache.bench;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** A table in Markdown that also reads as plain text: text columns left, numbers right. */
public final class TextTable {
  private final int textColumns;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * Makes a table with this head and no rows.
   *
   * @param textColumns how many of its columns hold text
   */
  public TextTable(int textColumns, List<String> head) {
    this.textColumns = textColumns;
    rows.add(List.copyOf(head));
  }

  /** Adds a row, with as many cells as the head. */
  public void add(List<String> cells) {
    rows.add(List.copyOf(cells));
  }

  public void printTo(PrintWriter out) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (int i = 0; i < rows.size(); i++) {
      out.println(line(rows.get(i), widths));
      if (i == 0) {
        out.println(rule(widths));
      }
    }
  }

  private String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder("|");
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(widths[i] - row.get(i).length());
      line.append(' ');
      line.append(i < textColumns ? row.get(i) + padding : padding + row.get(i));
      line.append(" |");
    }
    return line.toString();
  }

  private String rule(int[] widths) {
    StringBuilder rule = new StringBuilder("|");
    for (int i = 0; i < widths.length; i++) {
      rule.append("-".repeat(widths[i] + 1)).append(i < textColumns ? "-|" : ":|");
    }
    return rule.toString();
  }
}
