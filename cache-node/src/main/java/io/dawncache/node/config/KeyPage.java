package io.dawncache.node.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tables of keys in the documentation. */
public final class KeyPage {
  private KeyPage() {}

  /** Returns the table of a node's keys as lines of Markdown. */
  public static List<String> node() {
    return page(NodeKeys.TABLE, "");
  }

  /** Returns the table of a group's keys as lines of Markdown. */
  public static List<String> group() {
    return page(GroupKeys.TABLE, "groups.NAME.");
  }

  private static <B> List<String> page(KeyTable<B> table, String path) {
    List<String> lines = new ArrayList<>();
    lines.add("| key | value | default | flag | variable | |");
    lines.add("|---|---|---|---|---|---|");
    for (Key<B, ?> key : table.keys()) {
      lines.add(
          "| `"
              + key.path()
              + "` | "
              + cell(key.word())
              + " | "
              + cell(key.fallback())
              + " | "
              + cell(key.flag())
              + " | "
              + cell(ConfigReader.variable(path + key.path()))
              + " | "
              + key.description()
              + " |");
    }
    return lines;
  }

  private static String cell(@Nullable String text) {
    return text == null ? "" : "`" + text.replace("|", "\\|") + "`";
  }
}
