package io.dawncache.node.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * docs/configuration.md has the tables of the keys as the program has them. {@code mvn
 * -Ddawncache.write.docs=true} writes them anew.
 */
class KeyPageTest {
  private static final Path PAGE =
      Path.of(System.getProperty("dawncache.root"), "docs/configuration.md");

  /** Returns the table of {@code name} in the page, as a part of it. */
  private static List<String> between(List<String> page, String name) {
    int begin = page.indexOf("<!-- keys of a " + name + " -->");
    int end = page.indexOf("<!-- end of the keys of a " + name + " -->");
    assertTrue(begin >= 0 && end > begin, PAGE + ": the marks of the keys of a " + name);
    return page.subList(begin + 1, end);
  }

  private static void write(String name, List<String> table) throws IOException {
    List<String> page = new ArrayList<>(Files.readAllLines(PAGE));
    List<String> former = between(page, name);
    former.clear();
    former.add("");
    former.addAll(table);
    former.add("");
    Files.write(PAGE, page);
  }

  @Test
  void thePageHasTheTablesOfTheProgram() throws Exception {
    if (Boolean.getBoolean("dawncache.write.docs")) {
      write("node", KeyPage.node());
      write("group", KeyPage.group());
    }
    List<String> page = Files.readAllLines(PAGE);

    assertEquals(text(KeyPage.node()), text(between(page, "node")).strip());
    assertEquals(text(KeyPage.group()), text(between(page, "group")).strip());
  }

  private static String text(List<String> lines) {
    return String.join("\n", lines);
  }
}
