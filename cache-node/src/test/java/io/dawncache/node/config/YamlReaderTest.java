package io.dawncache.node.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class YamlReaderTest {
  private final Mistakes mistakes = new Mistakes();

  private Yaml.Fields read(String text) {
    return YamlReader.read("node.yaml", text, mistakes);
  }

  private void assertMistakes(String text, String... lines) {
    read(text);
    assertEquals(List.of(lines), mistakes.lines());
  }

  @Test
  void mapsListsAndTextsKeepTheirOrderAndPlaces() {
    Yaml.Fields root = read("b: 1\na:\n  - x\n  - 'y z'\n");

    assertEquals(List.of("b", "a"), List.copyOf(root.byName().keySet()));
    assertEquals(Map.of("b", "1", "a", List.of("x", "y z")), root.plain());
    Yaml.Items items = (Yaml.Items) root.byName().get("a").value();
    assertEquals("node.yaml:4:5", items.items().get(1).at().toString());
    assertEquals(List.of(), mistakes.lines());
  }

  @Test
  void anEmptyFileIsAMapOfNothing() {
    for (String empty : List.of("", "# only a comment\n", "---\n", "~\n", "{}")) {
      assertEquals(Map.of(), read(empty).plain(), empty);
    }
    assertEquals(List.of(), mistakes.lines());
  }

  @Test
  void nothingIsNotTheWordNull() {
    Yaml.Fields root = read("a: null\nb: 'null'\nc:\n");

    assertTrue(((Yaml.Text) root.byName().get("a").value()).isNull());
    assertEquals("null", root.byName().get("b").value().plain());
    assertTrue(((Yaml.Text) root.byName().get("c").value()).isNull());
  }

  @Test
  void aKeyThatOccursTwiceIsNamedAtItsSecondPlace() {
    assertMistakes(
        "groups:\n  a: {x: 1}\n  a: {x: 2}\n",
        "node.yaml:3:3: groups.a: twice (expected: once; the first is in line 2)");
  }

  @Test
  void anchorsAndAliasesAreRefusedBeforeTheyGrow() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d]%n".formatted(i, i, i - 1, i - 1));
    }

    read(bomb.toString());

    assertEquals(88, mistakes.lines().size());
    assertEquals(
        "node.yaml:1:5: a0: &a0 (expected: no anchor; write out)", mistakes.lines().get(0));
    assertTrue(
        mistakes
            .lines()
            .contains("node.yaml:2:10: a1[0]: *a0 (expected: no alias, but the value)"));
  }

  @Test
  void tagsAreRefused() {
    assertMistakes(
        "a: !!javax.script.ScriptEngineManager [x]\n",
        "node.yaml:1:4: a: tag:yaml.org,2002:javax.script.ScriptEngineManager (expected: no tag)");
  }

  @Test
  void aSecondDocumentIsRefused() {
    assertMistakes("a: 1\n---\na: 2\n", "node.yaml:2:1: a second document (expected: one)");
  }

  @Test
  void aListAtTheTopIsRefused() {
    assertMistakes(
        "- a\n", "node.yaml:1:1: a list (expected: a map of keys such as listen and groups)");
  }

  @Test
  void aKeyIsAText() {
    assertMistakes("[a, b]: 1\n", "node.yaml:1:1: a list (expected: a text as a key)");
  }

  @Test
  void deepNestingIsRefusedWithoutAnOverflow() {
    read("a: " + "[".repeat(20_000) + "]".repeat(20_000) + "\nb: 1\n");

    assertEquals(1, mistakes.lines().size());
    assertTrue(
        mistakes.lines().get(0).endsWith("nested too deeply (expected: at most 32 levels)"),
        mistakes.lines()::toString);
  }

  @Test
  void whatIsNoYamlIsNamedWithItsPlace() {
    read("a: 1\n b: 2\n");

    assertEquals(1, mistakes.lines().size());
    assertTrue(
        mistakes.lines().get(0).matches("node\\.yaml:2:\\d+: .*\\(expected: YAML\\)"),
        mistakes.lines()::toString);
  }

  @Test
  void controlCharactersAreRefusedOnOneLine() {
    assertNull(read("a: \u0001\u001b[2J\n"));

    assertEquals(1, mistakes.lines().size());
    assertTrue(mistakes.lines().get(0).chars().noneMatch(c -> c < ' '));
  }

  @Test
  void aFileIsInUtf8AndNotHuge(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("node.yaml");
    assertNull(YamlReader.read(file, mistakes));
    assertNull(YamlReader.read(folder, mistakes));
    Files.write(file, "a: \u00e4".getBytes(ISO_8859_1));
    assertNull(YamlReader.read(file, mistakes));
    Files.writeString(file, "a: " + "x".repeat(YamlReader.MOST_BYTES));
    assertNull(YamlReader.read(file, mistakes));

    List<String> lines = mistakes.lines();
    assertEquals(file + ": no such file (expected: a file in YAML)", lines.get(0));
    assertTrue(lines.get(1).startsWith(folder + ": cannot be read, "), lines.get(1));
    assertEquals(file + ": not UTF-8 (expected: a text in UTF-8)", lines.get(2));
    assertEquals(file + ": longer than expected (expected: <= 1048576 bytes)", lines.get(3));

    Files.writeString(file, "a: " + "x".repeat(YamlReader.MOST_BYTES - 3));
    assertNotNull(YamlReader.read(file, mistakes));
  }
}
