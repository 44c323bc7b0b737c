package io.dawncache.node;

import io.dawncache.operations.page.StatsPage;
import io.dawncache.server.wire.NodeUrl;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What {@code dawncache top} shows of two looks at a fleet: as a table, or as an object. */
final class TopPage {
  private final FleetLook now;
  private final List<GroupRates> sums = new ArrayList<>();
  private final List<GroupRates> rates = new ArrayList<>();

  /**
   * Makes a page.
   *
   * @param earlier the look before, or null
   */
  TopPage(@Nullable FleetLook earlier, FleetLook now) {
    this.now = now;
    Map<String, GroupRates> byGroup = new TreeMap<>();
    now.pages()
        .forEach(
            (node, page) -> {
              StatsPage before = earlier == null ? null : earlier.pages().get(node);
              for (String group : page.groups().keySet()) {
                GroupRates of = GroupRates.of(group, before, page);
                rates.add(of);
                byGroup.merge(group, of.ofAll(), GroupRates::plus);
              }
            });
    if (now.pages().size() > 1) {
      sums.addAll(byGroup.values());
    }
  }

  /** Returns the lines: the fleet, what is wrong, and the table, sums first. */
  List<String> lines(TopColumn sort) {
    List<String> lines = new ArrayList<>();
    lines.add(
        now.pages().size()
            + " of "
            + (now.pages().size() + now.faults().size())
            + " nodes answer, sorted by "
            + sort.head()
            + draining());
    TextTable table =
        new TextTable(Arrays.stream(TopColumn.values()).map(TopColumn::head).toList(), 2);
    for (List<GroupRates> rows : List.of(sums, rates)) {
      rows.stream()
          .sorted(sort.order())
          .map(row -> Arrays.stream(TopColumn.values()).map(column -> column.text(row)).toList())
          .forEach(table::add);
    }
    now.faults().forEach((node, fault) -> table.addNote(node.text(), fault));
    now.listFaults()
        .forEach((node, faults) -> faults.forEach(fault -> table.addNote(self(node), fault)));
    now.leaving().forEach(node -> table.addNote(node, FleetLook.LEAVING));
    lines.addAll(table.lines());
    return lines;
  }

  private String self(NodeUrl asked) {
    StatsPage page = now.pages().get(asked);
    return page == null ? asked.text() : page.self();
  }

  private String draining() {
    String draining =
        now.pages().values().stream()
            .filter(StatsPage::draining)
            .map(StatsPage::self)
            .collect(Collectors.joining(", "));
    return draining.isEmpty() ? "" : ", draining: " + draining.replaceAll("\\p{Cc}", "?");
  }

  /** Returns the same for programs. */
  Map<String, Object> json() {
    Map<String, String> faults = new LinkedHashMap<>();
    for (Map.Entry<NodeUrl, String> fault : now.faults().entrySet()) {
      faults.put(fault.getKey().text(), fault.getValue());
    }
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("nodes", now.pages().values().stream().map(StatsPage::self).toList());
    page.put("faults", faults);
    page.put("groups", rates.stream().map(TopPage::json).toList());
    page.put("sums", sums.stream().map(TopPage::json).toList());
    return page;
  }

  private static Map<String, Object> json(GroupRates rates) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("node", rates.node());
    row.put("group", rates.group());
    row.put("getsPerSecond", rates.gets());
    row.put("hitRatio", rates.hitRatio());
    row.put("loadsPerSecond", rates.loads());
    row.put("loadMillisP50", rates.loadMillisP50());
    row.put("loadMillisP99", rates.loadMillisP99());
    row.put("evictionsPerSecond", rates.evictions());
    row.put("entries", rates.entries());
    row.put("bytes", rates.bytes());
    return row;
  }
}
