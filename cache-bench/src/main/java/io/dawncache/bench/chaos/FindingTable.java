package io.dawncache.bench.chaos;

import io.dawncache.bench.TextTable;
import java.io.PrintWriter;
import java.util.List;

/** What was found in each part of a run, beside its bars and with verdicts, in Markdown. */
public final class FindingTable {
  private final TextTable table;

  /**
   * Makes a table without a row.
   *
   * @param part what the parts of the run are called, such as {@code row}
   */
  public FindingTable(String part) {
    List<String> head = List.of(part, "finding", "reached", "bar", "verdict");
    table = new TextTable(head.size(), head);
  }

  /** Adds a part: its title with the worst verdict, then a line for each finding. */
  public void add(String name, String title, List<Finding> findings) {
    String worst = Finding.worst(findings).label();
    table.add(List.of("**" + name + "**", "**" + title + "**", "", "", "**" + worst + "**"));
    for (Finding finding : findings) {
      table.add(
          List.of("", finding.what(), finding.reached(), finding.bar(), finding.verdict().label()));
    }
  }

  public void printTo(PrintWriter out) {
    table.printTo(out);
  }
}
