package io.dawncache.example;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the papers show as Java stands in a source that compiles, but for comments and breaks. */
class PapersTest {
  private static final Path ROOT = Path.of(System.getProperty("dawncache.root"));
  private static final String HERE = "cache-server/src/test/java/io/dawncache/example/";
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
