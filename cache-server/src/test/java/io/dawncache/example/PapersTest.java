package io.dawncache.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.Membership;
import io.dawncache.core.consistenthash.Ring;
import io.dawncache.core.consistenthash.Scheme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the papers show holds: their Java stands in a source that compiles, their keys are owned so.
 */
class PapersTest {
  private static final Path ROOT = Path.of(System.getProperty("dawncache.root"));
  private static final String HERE = "cache-server/src/test/java/io/dawncache/example/";
  private static final List<String> METRICS = List.of("NodeMeters", "GroupMeters");
  private static final Pattern EXAMPLE =
      Pattern.compile("```java\n(?!import )(.*?)```", Pattern.DOTALL);

  @Test
  void theExamplesOfTheReadmeCompile() throws IOException {
    String embedding = "cache-core/src/test/java/io/dawncache/example/EmbeddingExample.java";
    assertShown("README.md", bare(read(embedding)) + bare(read(HERE + "FleetExample.java")));
  }

  @Test
  void theExamplesOfTheSemanticsCompile() throws IOException {
    assertShown("docs/semantics.md", bare(read(HERE + "SemanticsExample.java")));
  }

  @Test
  void theExamplesOfTheTestingPageCompile() throws IOException {
    String examples = "integrations/dawncache-test/src/test/java/io/dawncache/example/";
    assertShown("docs/testing.md", bare(read(examples + "TestingExampleIT.java")));
  }

  /** As three nodes that {@code scripts/cluster start} starts divide them. */
  @Test
  void theReadmeNamesTheOwnersOfItsKeys() throws IOException {
    String readme = read("README.md");
    List<String> members =
        IntStream.rangeClosed(8001, 8003).mapToObj(port -> "http://127.0.0.1:" + port).toList();
    Ring ring = Ring.of(Scheme.NATIVE, Membership.REPLICAS, members);
    Pattern owner = Pattern.compile("`([^`]+)` (?:belongs )?to (\\d{4})|(\\d{4}) owns (\\w+)");
    List<MatchResult> named = owner.matcher(readme).results().toList();

    assertTrue(named.size() >= 4, "named: " + named.size());
    for (MatchResult one : named) {
      String key = one.group(1) != null ? one.group(1) : one.group(4);
      String port = one.group(1) != null ? one.group(2) : one.group(3);
      assertEquals("http://127.0.0.1:" + port, ring.owner(key), key);
    }
    String killed = ring.owner("Tom").replaceAll(".*:800", "run/node-") + ".pid";
    assertTrue(readme.contains("kill -9 $(cut -d' ' -f1 " + killed + ")"), killed);
  }

  /**
   * A row of a table of limits names tests that are there, and keys and metrics that have these
   * names.
   */
  @Test
  void theLimitsNameTestsKeysAndMetricsThatExist() throws IOException {
    String security = read("SECURITY.md");
    String keys = read("docs/configuration.md");
    String metrics = METRICS.stream().map(PapersTest::sourceOf).collect(Collectors.joining());
    List<String> rows =
        security
            .substring(security.indexOf("## Limits"))
            .lines()
            .filter(PapersTest::isRow)
            .toList();

    assertTrue(rows.size() > 20, "rows: " + rows.size());
    for (String row : rows) {
      String[] cells = row.split("\\|", -1);
      for (String key : quoted(cells[3])) {
        assertTrue(keys.contains("`" + key + "`"), row);
      }
      for (String metric : quoted(cells[5])) {
        assertTrue(metrics.contains("\"" + metric + "\""), row);
      }
      List<String> tests = quoted(cells[6]);
      assertFalse(tests.isEmpty(), row);
      for (String test : tests) {
        String[] name = test.split("\\.", 2);
        assertTrue(sourceOf(name[0]).contains(" void " + name[1] + "("), row);
      }
    }
  }

  private static boolean isRow(String line) {
    return line.startsWith("| ") && !line.startsWith("| limit");
  }

  private static List<String> quoted(String cell) {
    return Pattern.compile("`([^`]+)`")
        .matcher(cell)
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  private static String sourceOf(String type) {
    try (Stream<Path> files = Files.find(ROOT, 20, (file, a) -> isSourceOf(type, file))) {
      return Files.readString(
          files.findFirst().orElseThrow(() -> new AssertionError("no source of " + type)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isSourceOf(String type, Path file) {
    return file.endsWith(type + ".java");
  }

  private static void assertShown(String paper, String source) throws IOException {
    List<String> examples =
        EXAMPLE.matcher(read(paper)).results().map((MatchResult found) -> found.group(1)).toList();
    assertFalse(examples.isEmpty(), paper);
    for (String example : examples) {
      for (String paragraph : example.split("\n\\s*\n", -1)) {
        assertTrue(source.contains(bare(paragraph)), () -> paper + " shows:\n" + paragraph);
      }
    }
  }

  private static String bare(String java) {
    return java.replaceAll("(?m)(^|\\s)//.*$", "").replaceAll("\\s+", "");
  }

  private static String read(String file) throws IOException {
    return Files.readString(ROOT.resolve(file));
  }
}
